"""Whether level 3 only reasons with a thing: asks, weighs another phase, tells what one would see.

`For cleaning I'd want suction, and in extraction a port.`   a remark: nothing is claimed
`Is there blood?`                                            a question
`The bed is oozing, so a bipolar would be wise.`             told: what is wished follows it
"""

import re

from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import reach, terms
from surgchain.qa.reading.presence import is_shown
from surgchain.qa.readings import Reading

QUESTION = re.compile(r"[ )\"']{0,2}\?")
WEIGHED = re.compile(
    r"\b(?:would|could|might|may|should|ought|will|won't|wouldn't|couldn't|if|once|when|whenever|"
    r"unless|until|till|usually|typically|typical|normally|often|commonly|ordinarily|sometimes|"
    r"as a rule|in general|generally|in most|every|each|any|either|whether|expect\w{0,3}|imagine|"
    r"suppose|think of|thought of|remember|as \w{3,10} as|same as|looks? like|kind of|sort of|"
    r"what (?:the|one|would|if|else|is there)|how (?:one|to|it)|which phase|need\w{0,2}|wants?|"
    r"lack\w{0,3}|absence|without|missing|nothing|"
    r"nobody|instead of|rather than|unlike|other than)\b|\b\w{1,6}'(?:d|ll)\b|\w{2,6}n't\b"
)
"""What before a thing, in its sentence, leaves it untold."""
FRONTED = re.compile(r"^[ \"'(]*(?:and |but |so |then )?(?:for|in|during|at|by) (?:the )?$")
SIMILE = re.compile(
    r"\bas (?:\w{2,10} )?(?:typical|usual|common|good|much|well|natural) as\b|"
    r"\ban? (?:\w{2,12} ){1,2}(?:that|which) (?:is|are|has|gets?)\b"
)
"""`as typical as a hook for the bed`; `a gallbladder that is carried goes into a bag`."""
OPENED = re.compile(r"\b(?:but|however|yet|because|since|as|and so|therefore|hence|so)\b|[:;]")
AWAY = re.compile(
    r"[^.;,]{0,12}\b(?:on (?:its|their|the) way|outside|out of|coming|next|is how|is what (?:one|"
    r"is)|in the "
    r"beginning|at the (?:start|beginning)|at first|early on|later on|'d\b|would|could|might)"
)
CASES = re.compile(r"\bin (?:\w{3,12} )?(?:cases|patients|people|hands|operations|livers)\b")


def is_remark(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Say whether what stands at an atom is only reasoned with."""
    text, atom = reading.text, sentence.atoms[at]
    if QUESTION.match(text, sentence.end) or CASES.search(text, sentence.start, sentence.end):
        return True
    start = max(text.rfind(mark, 0, sentence.start) for mark in ".;?!\n") + 1
    lead = text[max(start, sentence.start - 60) : atom.start]
    if SIMILE.search(lead) or _weighs_phase(sentence, at, text, start):
        return True
    clause = OPENED.split(lead)[-1]
    return WEIGHED.search(clause) is not None or AWAY.match(text, atom.end) is not None


def _weighs_phase(sentence: Sentence, at: int, text: str, start: int) -> bool:
    """`For cleaning, some suction or bipolar`; `in the preparation there are adhesions`."""
    first = next((a for a in sentence.atoms[:at] if a.kind in (terms.PHASE, terms.STEP)), None)
    return first is not None and FRONTED.match(text[start : first.start]) is not None


def is_present(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Say whether level 3 plainly says that an instrument is there, or acts."""
    lead = sentence.atoms[max(0, at - 2) : at]
    if len(lead) > 1 and lead[0].form == terms.NOUN and lead[1].value in ("with", "by"):
        return False  # `its division with scissors`: how it is done
    acting = any(r.instrument_at == at for r in sentence.relations)
    before = reading.text[max(0, sentence.atoms[at].start - 30) : sentence.atoms[at].start]
    concludes = any(
        a.kind == terms.OTHER_VERB and a.value in reach.CONCLUDING for a in sentence.atoms[at + 1 :]
    ) or TELLS.search(reading.text, sentence.atoms[at].end, sentence.end)
    is_given = GIVEN.search(before) is not None or AT_WORK.match(
        reading.text, sentence.atoms[at].end
    )
    return bool(acting or concludes or is_given or is_shown(sentence.atoms, at))


TELLS = re.compile(r"\b(?:tells?|speaks?|argues?|lets?|makes?) (?:us|me|for|it|this)\b")
AT_WORK = re.compile(r" (?:at work|in action|in use|working|being used)\b")
GIVEN = re.compile(
    r"\b(?:presence of|because of|owing to|due to|given|sight of|see|seen|"
    r"appearance of|introduction of|based on) (?:a |an |the |two |its )?(?:\w{3,12} )?$"
)
