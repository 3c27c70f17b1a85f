"""Markup that is no part of a chain: HTML, comments, scripts, tokens of other formats."""

import re2

MARKUP = re2.compile(
    r"(?i)<(?:/?(?:a|abbr|audio|b|body|br|button|center|code|div|em|embed|font|form|h[1-6]|head|"
    r"html|hr|i|"
    r"iframe|img|input|li|link|math|meta|object|ol|p|pre|s|script|section|small|span|strong|style|"
    r"sub|sup|svg|table|tbody|td|th|title|tr|u|ul|video|tool_call|reasoning|answers?|thinking)"
    r"(?:[ /][^<>\n]{0,200})?|!--[^<>\n]{0,200}|!doctype[^<>\n]{0,200}|\?[^<>\n]{0,200}|"
    r"\|[^<>|\n]{0,40}\||[a-z]{1,20} [^<>\n]{0,40}=[^<>\n]{0,160})>",
)
