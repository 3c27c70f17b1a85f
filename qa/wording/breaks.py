"""Words that can neither end a sentence nor stand beside each other."""

import re2

BREAKS = re2.compile(
    r"[a-z]{2} (?:The|This|These|Those|There|They|It|Its|Their|An) [a-z]"  # no stop before it
    r"|\b(?i:the|an) (?:of|is|are|was|were|and|has|have|the|an|which|it)(?:[ \n,]|$)"
    r"|\b(?:is are|are is|is has|has is|of of|of is the|and and|with with|to to|by by)\b"
    r"|\b(?i:the|an|and|or|its|their|than|whose|because|every|is being|are being)"
    r"[ \t]{0,2}(?:[.;!?](?:[ \n]|$)|\n[A-Z])"
)
