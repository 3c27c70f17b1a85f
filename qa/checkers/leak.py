"""Whether a chain betrays its sources, its people, what is to come, or its writer.

Passes: `The clips will be cut next, if bleeding is controlled.` (a plan and a condition)
Fails:  `According to the annotation, the hook is present.` (label_leak)
"""

from typing import Any

import re2

from surgchain.qa.checkers import checked
from surgchain.qa.claims import LEVELS
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

NAME = "leak"
LABEL = re2.compile(
    r"\b(?:annotat\w{1,6}|ground[ -]truths?|labell?(?:s|ed|ing)?|"
    r"gold[ -]standard|reference (?:answer|label|solution|triplets?|standard|data)|"
    r"(?:correct|right|expected|intended|known|provided|supplied|given|official) (?:answer|"
    r"label|solution|class)\b|"
    r"answer key|metadata|meta data|raters?\b|the dataset|data ?set|"
    r"(?:we|i) (?:have been|were|was|are|am|had been|'ve been) (?:told|given|informed|"
    r"provided|supplied|handed|shown the)|"
    r"(?:facts?|information|details|data|list|triplets?|boxes|coordinates) (?:that )?(?:(?:i|"
    r"we) (?:was|were|am|are|have been|had been) (?:given|told|provided|supplied|handed)|"
    r"(?:supplied|provided|given|furnished|handed) (?:to|with|by|in|for|above|here|beforehand|"
    r"along))|"
    r"(?:supplied|provided|given|furnished) (?:facts?|information|details|data|list|triplets?|"
    r"boxes|coordinates|tags?|record|ground)|"
    r"as (?:stated|listed|specified|recorded|noted|supplied|provided|"
    r"indicated) in the (?:record|list|facts|file|input|sheet|table|data|notes|description|"
    r"csv|json)|"
    r"according to the (?:record|list|facts|file|input|data|sheet|table|given|notes|tags?|key|"
    r"experts?|reviewers?|description)|"
    r"per the (?:record|list|facts|file|data|sheet|table|notes|key)|"
    r"(?:the|these) facts (?:say|state|list|tell|mention|give|name)|"
    r"bounding box(?:es)? (?:provided|given|supplied)|"
    r"(?:phase|frame|image|class|step|instrument|action) (?:tags?|codes?)\b|tags? (?:attached|"
    r"assigned|given|says|say|reads?)\b|file ?names?|captions?\b|"
    r"(?:from|by|to|per|given) what (?:i|we) (?:was|were|have been|am|are) (?:given|told|shown)|"
    r"answer (?:that )?(?:we|i) (?:were|was|have been) (?:shown|given|told)|"
    r"the reference (?:says|states|lists|has|gives|names|agrees|confirms)|"
    r"(?:description|list|record|sheet|file|text|notes?) (?:that|which) (?:accompan\w{1,5}|"
    r"comes? with|came with|was supplied|is attached)|accompanying (?:description|text|data|"
    r"record|list|notes?|file)|structured description|"
    r"(?:were|was|are|is|been) (?:listed|given|noted|recorded|supplied|stated|marked|"
    r"entered) (?:for|with|alongside|beside|on|under) (?:this|the) (?:image|frame|picture|"
    r"clip|video|scene)|"
    r"(?:disclosed|revealed|made known|communicated|handed) to (?:us|me)|"
    r"tagged as|(?:is|are|was|were) tagged|(?:frame|image|clip|picture)'s tags?|csv|json|"
    r"(?:experts?|readers?|reviewers?|panel) (?:have |had |has )?(?:marked|labell?ed|wrote|"
    r"written|agreed|said|noted|recorded|assigned|decided|put down)|coders? (?:marked|agreed)|"
    r"known (?:beforehand|in advance)|told (?:in advance|beforehand)|cheat ?sheet|"
    r"the solution says|scene description says)"
)
_NAME = r"[A-Z][a-zà-ÿ'’-]{1,20}"
IDENTITY = re2.compile(
    rf"(?:\b(?:Dr|Prof|Professor|Doctor|Mr|Mrs|Ms|Miss|Surgeon|Sister|Nurse)\.?[ ]{{1,2}}{_NAME}"
    rf"|\b(?:[Pp]atient|[Ss]urgeon|[Oo]perator|[Aa]ssistant)(?: named| called|:|,)[ ]{{1,2}}{_NAME}"
    rf"|\b(?:{_NAME}[ -]){{1,4}}(?:Hospital|Clinic|Klinikum|University|Universitätsklinikum|"
    rf"Infirmary|Medical Cent(?:er|re)|Krankenhaus|Spital|Institute)\b"
    r"|\b(?:Hospital|Clinic|University|Klinikum|Hôpital|Inselspital|Charité|"
    r"University Hospital) (?:of|in|at|de|St\.?) [A-Z]\w{1,20}"
    r"|\b(?:Inselspital|Charité|Mayo Clinic|IRCAD|CHU|NHC|Huaxi|Renji|Karolinska|Addenbrooke's)\b"
    r"|\b(?:MRN|NHS|DOB|PID|UHID)\b"
    r"|\b(?:VID|BBP|SBP|[Vv]ideo|[Cc]ase|[Rr]ecording|[Cc]lip)[ _-]?(?:(?:no|nr|number|id|ID|"
    r"No)\.?:?[ ]?|#)?[ ]?\d{1,6}\b"
    r"|\b(?:[Hh]ospital|[Rr]ecord|[Pp]atient|[Mm]edical record|[Ff]ile|[Cc]hart|[Aa]dmission|"
    r"[Oo]peration)[ ](?:(?:number|no|nr|id|ID|No)\.?:?|#)[ ]?[A-Z]{0,3}-?\d{1,12}\b"
    r"|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December) (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d{2}\b"
    r"|\b(?:recorded|operated|performed|filmed|born|operation|surgery|procedure|"
    r"done)(?: \w{1,10}){0,3} (?:in|on|of) (?:[A-Z]\w{2,8} )?(?:19|20)\d{2}\b"
    r"|\b(?:in|of|from|since|during) (?:19[5-9]|20[0-4])\d(?:$|[^\d,\]])"
    r"|\b[A-Z]\w{0,20}(?:spital|klinik|klinikum|krankenhaus|sjukhus)\b"
    r"|\b\d{1,3}[- ]year[- ]old\b)"
)
FUTURE = re2.compile(
    r"\b(?:(?:a (?:few|couple of)|some|two|three|several|five|ten|\d{1,3}) (?:seconds?|"
    r"minutes?|frames?|moments?|steps?) (?:later|after this|from now|on|afterwards)(?:,|:)? "
    r"|later in (?:this|the) (?:operation|video|recording|procedure|case|clip|surgery|film)|"
    r"(?:seconds?|minutes?|moments?|frames?) after (?:this|the (?:present|current)) (?:frame|"
    r"image|picture|moment|shot|scene)|"
    r"in the (?:next|following|subsequent|coming) (?:frames?|seconds?|minutes?|images?|clip|"
    r"moments?|shots?|pictures?)|"
    r"(?:the )?(?:next|following|subsequent) (?:frames?|seconds?|minutes?|images?|shots?|"
    r"pictures?) (?:show|shows|reveal|reveals|see|sees|confirm|confirms|will show)|"
    r"(?:as|which|what) (?:will|would) (?:later|subsequently|soon|eventually) (?:turn|prove|"
    r"become|be (?:seen|shown|clear|confirmed))|"
    r"(?:later|subsequently|eventually|shortly afterwards?|afterwards|soon after|in the end|"
    r"ultimately) (?:\w{1,14} ){0,6}?(?:was|were|bled|bleeds|tore|tears|slipped|slips|"
    r"converted|is (?:converted|torn|injured|perforated|opened|lost|dropped|ruptured)|"
    r"happened|occurred|proved|turned out|ruptures|ruptured|opens accidentally|perforates|"
    r"leaks|leaked)|"
    r"turns? out (?:later|afterwards)|will turn out|goes on to (?:bleed|tear|perforate|"
    r"be converted|leak|rupture)|"
    r"(?:will|is going to) (?:then |soon |later |shortly |subsequently |eventually )?(?:bleed|"
    r"tear|rupture|perforate|be (?:converted|torn|perforated|injured|dropped)|slip off|slip|"
    r"leak|burst|start to bleed|begin to bleed|drop|lose|break|fall|miss|injure|damage|nick|"
    r"convert|abandon|be (?:lost|nicked|opened|abandoned))|"
    r"(?:the )?(?:operation|procedure|case|surgery) (?:was|is|will be|ends up being|"
    r"ended up) (?:later |eventually |finally |subsequently )?convert\w{1,4}|"
    r"ends? (?:without|with(?:out)?) (?:complication|conversion|bleeding|a )|"
    r"(?:we|i) know (?:that )?(?:later|afterwards)|later known|as (?:is|was) seen later|"
    r"(?:is|was|are|were|gets?|got) (?:later|subsequently|eventually|afterwards|"
    r"ultimately) \w{2,15}(?:ed|en|n|t)\b|"
    r"patient (?:went home|recovered|recovers|was discharged|is discharged|died|dies|"
    r"was readmitted)|post-?operative(?:ly)? (?:course|the|a)|"
    r"(?:half an hour|an hour|a (?:minute|second|moment|day|week)|(?:one|two|three|four|five|"
    r"ten|twenty|thirty|\d{1,3}) (?:minutes?|hours?|seconds?|days?|weeks?|frames?)|minutes|"
    r"hours|seconds|days) (?:later|afterwards?|after that|after this|from now)|"
    r"(?:shortly|soon|right|just|immediately|not long) (?:after(?:wards?)?(?: (?:this|that|"
    r"the frame|this frame))?|thereafter),? (?:the|a|an|it|he|she|they|we|there) |"
    r"(?:later|afterwards) (?:the|a|an) \w{1,14} (?:is|are|was|were) )"
)
META = re2.compile(
    r"\b(?:as an? (?:ai|language model|assistant|vision[- ]language model|"
    r"large language model|model|artificial intelligence)|"
    r"(?:i|we) (?:am|are|'m) an? (?:ai|language|model|assistant|large|neural)|language model|"
    r"vision[- ]language|"
    r"the (?:user|prompt|prompter)\b|(?:user|system)'?s? (?:prompt|question|request|asks|"
    r"wants|asked)|"
    r"my (?:instructions?|training|task|output|answer|prompt|response|reasoning|role|"
    r"knowledge|guidelines)|"
    r"(?:the|these|following the) (?:instructions?|output format|required format|"
    r"requested format|response format|answer format|answer tag|answer tags|format (?:asks|"
    r"requires|demands|wants|is|says))|"
    r"(?:i|we) (?:was|were|am|are|have been) (?:asked|instructed|prompted|requested|required|"
    r"told) to\b|"
    r"(?:i|we) (?:must|should|need to|have to|will now|shall|will|'ll|"
    r"now)(?: \w{1,12}){0,2} (?:answer|output|write|respond|reply|produce|follow|format|put|"
    r"wrap|fill|give|state|return|provide)\b|"
    r"let me (?:think|analy[sz]e|look|answer|see|start|begin|now|write|check|consider)|"
    r"the question (?:asks|wants|says|requires|is asking|posed to me|expects|given|put to me)|"
    r"(?:this|the) (?:question|task) (?:asks|requires|wants) (?:me|us|for)|"
    r"in the (?:required|requested|specified|prescribed|desired) format|inside the (?:answer|"
    r"think) tags?|"
    r"(?:think|answer) tags?|answer block|think block|chain[- ]of[- ]thought|step by step|"
    r"tokens?\b|here is (?:my|the) (?:answer|response|output)|"
    r"(?:sure|certainly|of course)[,!] (?:here|i|let)|happy to help|i hope this helps|"
    r"the (?:model|system) (?:is|was) (?:asked|trained|told|instructed|prompted)|"
    r"my (?:own )?(?:training|weights|data)|training data|between the tags|(?:i|we) (?:was|"
    r"were|am|are) asked|(?:trained|designed) to (?:answer|respond|help)|neural network|"
    r"(?:the|my) (?:final )?answer (?:must|should|has to|needs to|shall|will) be|"
    r"as an? (?:model|ai|system|assistant|network)\b|as instructed|as requested|"
    r"as required by the (?:task|prompt|format))"
)
RULES = (("label_leak", LABEL), ("future_leak", FUTURE), ("meta_talk", META))


def check(reading: Reading) -> Check:
    """Judge what should not stand in a chain."""
    thinking = reading.parts.thinking
    start, end = (thinking.start, thinking.end) if thinking else (0, len(reading.text))
    found = []
    for fault, pattern in RULES:
        matches = pattern.finditer(reading.text, start, end)
        match = next((m for m in matches if fault != "future_leak" or _is_told(reading, m)), None)
        if match:
            found.append(_found(reading, fault, match.group(), *match.span()))
    own = reading.chain.text if reading.said.text.places is None else ""
    own = own.encode("utf-8", "replace").decode()  # `?` for half a character: places stay
    match = IDENTITY.search(own, start, end) if own else None
    if match:
        found.append(_found(reading, "identity_leak", match.group(), *match.span()))
    return checked(NAME, len(RULES) + 1, found)


NOT_TOLD = re2.compile(
    r"\b(?:usually|typically|normally|generally|often|commonly|would|might|may|if|should|"
    r"could|plans?|"
    r"planned|expected|as a rule|intends?|likely|routinely|ought|can be|unless|risk|avoid|"
    r"later than)\b"
)


def _is_told(reading: Reading, match: Any) -> bool:
    """Say whether what is to come is told as known: no plan, condition or custom."""
    text = reading.text
    start = max(text.rfind(".", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    stop = text.find(".", match.end())
    return NOT_TOLD.search(text, start, stop if stop >= 0 else len(text)) is None


REASONS = {
    "label_leak": "gives away that the facts were supplied",
    "identity_leak": "leads to the patient, the team or the recording",
    "future_leak": "tells what happens after this frame as known",
    "meta_talk": "the writer speaks of itself, the prompt or the format",
}


def _found(reading: Reading, fault: str, words: str, start: int, end: int) -> Finding:
    level = next(
        (LEVELS[n] for n, s in reading.parts.levels.items() if s.start <= start < s.end), None
    )
    return Finding(
        checker=NAME,
        fault=fault,
        level=level,
        claim=words.strip()[:120],
        reason=REASONS[fault],
        span=reading.said.span(start, end),
    )
