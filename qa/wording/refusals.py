"""Words that decline a task: `I cannot` before a task, and phrases that need no such lead."""

import re2

CANNOT = re2.compile(
    r"\b(?:(?:i|we)(?:'m| am| are|'re)?[ ,]{1,2}(?:(?:sorry|afraid)\b[^.<\n]{0,30}?\b)?"
    r"(?:unable to|not able to|won't be able to|will not be able to|can't|"
    r"cannot|can not|won't|will not|must decline|decline|refuse|"
    r"do not feel comfortable|am not comfortable|must respectfully|apologi[sz]e|sorry)|sorry)\b"
)
TASK = re2.compile(
    r"[ ,]{1,2}(?:but )?(?:i |we )?(?:can't |cannot |must |to |but )?"
    r"(?:assist|help|comply|decline|continue|(?:fulfil|fulfill|do|process|perform|carry out|"
    r"complete|honou?r) (?:this|that|your|the|so)|"
    r"(?:with|to)? ?(?:this|that|your) (?:request|task)|"
    r"(?:answer|analy[sz]e|interpret|describe|review|judge|discuss|view|evaluate|interpreting|"
    r"analy[sz]ing|describing|comment on|answering|process|read)"
    r" (?:this|that|the (?:image|picture|frame|question|request|scene|content|video|photo|case|"
    r"surgery|operation|task|prompt|above|provided|given|attached)|your|any|such|medical|surgical|"
    r"these|it\b|on (?:this|that|medical|surgical|the (?:image|picture|frame|case))|questions?)|"
    r"(?:provide|give|offer|make) (?:you |any |an |a |the )?(?:\w{1,14} )?(?:advice|"
    r"analysis|answer|interpretation|assessment|description|diagnosis|opinion|help))"
)
DECLINED = re2.compile(
    r"\b(?:no answer (?:can|will) be (?:given|provided)|refuses? to answer|declines? to answer|"
    r"request (?:is )?(?:declined|denied|refused)|unable to (?:assist|comply|help|answer|process)|"
    r"against (?:my|our) (?:policy|guidelines)|outside (?:my|the) (?:scope|remit) of what i|"
    r"(?:not|n't)(?: be)? appropriate (?:for me )?to (?:provide|give|answer|comment|assess|judge)|"
    r"(?:i|we) (?:won't|will not) be (?:giving|providing|answering|describing|doing|commenting|"
    r"making|naming|drawing)|not something (?:i|we)(?:'m| am|'d| would|'ll| will)? (?:can|be|"
    r"prepared|able|willing|"
    r"allowed|"
    r"comfortable|going|in a position|want|wish|care)|"
    r"(?:i'm|i am|we are|we're) not (?:prepared|willing|going|inclined|at liberty|comfortable) to "
    r"(?:comment|answer|discuss|help|assist|engage)|"
    r"not something i can|consult a (?:qualified|medical) professional|"
    r"must be left to a (?:clinician|"
    r"qualified)|this request cannot be|declining (?:to|this)|i (?:would )?rather not|"
    r"i prefer not to|prefer not to answer|cannot be fulfilled|will not be answering|"
    r"not (?:permitted|allowed) to (?:answer|comment|interpret|analy[sz]e|describe)|"
    r"i have to decline|i decline)\b"
)
