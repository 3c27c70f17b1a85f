"""Words by which level 3 says how a thing is, or what has become of it.

    `The fundus is already hanging free`, `a drain has been placed`, `there are clips on the stump`

The list of things is what an operating room knows; the grammar around them is what is asked for: a
subject, and behind it a predicate of state.
"""

import re

import re2

_ORGAN = (
    r"gall ?bladder|gb|organ|specimen|fundus|infundibulum|neck|hartmann's pouch|gall ?bladder wall"
)
_ANATOMY = {
    "organ": (_ORGAN, r"gall ?bladder|\bgb\b|\borgan\b|specimen\b|fundus|infundib|hartmann|neck\b"),
    "duct": (r"cystic duct|duct", r"duct|pedicle|triangle|calot"),
    "artery": (r"cystic artery|artery", r"arter|vessel|pedicle|triangle|calot"),
    "peritoneum": (
        r"peritoneum|serosa|peritoneal (?:covering|fold|layer|leaf|sheet)",
        r"periton|seros|covering|adhes",
    ),
    "omentum": (r"omentum", r"oment|adhes|fat\b"),
    "bag": (r"(?:specimen |retrieval |endo ?)?bag", r"\bbag|pouch|sac\b|endo ?catch"),
    "bowel": (r"colon|duodenum|stomach|bowel|hepatic flexure", r"colon|duoden|stomach|bowel|gut\b"),
}
"""Group -> words for it, and stems in levels 1 and 2 that speak of it."""
_FOREIGN = {
    "clips": (r"clips?", r"\bclip"),
    "access": (
        r"trocars?|ports?|cannulas?|insufflat\w{2,4}|pneumoperitoneum|veress needle|needle",
        r"trocar|\bport|cannul|insuffl|pneumo|needle",
    ),
    "wound": (r"incision|wound|fascia|umbilicus|skin|port site", r"incis|wound|fasci|umbilic|skin"),
    "catheter": (
        r"catheter|cholangiogram|cholangiography|contrast|stent",
        r"cathe|cholangio|stent",
    ),
    "drain": (r"drains?|drainage tube", r"\bdrain"),
    "thread": (
        r"sutures?|stitch(?:es)?|(?:endo)?loops?|ligatures?|knots?|staples?|stapler",
        r"sutur|stitch|loop|ligat|knot|stapl",
    ),
    "swab": (r"swabs?|gauzes?|sponges?|haemostats?|patch", r"swab|gauz|spong"),
    "stone": (r"(?:gall)?stones?|calculi|sludge", r"stone|calcul|sludge"),
    "node": (r"(?:lymph )?node", r"node"),
    "strand": (r"strands?|stalk|tether|last (?:bit|attachment)", r"strand|stalk|attach|band|strip"),
    "stump": (r"stumps?", r"stump"),
    "bile": (r"bile", r"bile|bilious"),
    "fluid": (
        r"pools?|puddles?|clots?|blood|pus|ascites|haematoma|hematoma",
        r"pool|fluid|clot|blood|bile|pus\b|bleed|ooz|haemorr|hemorr|ascit|suction|aspirat|irrigat",
    ),
    "variant": (
        r"(?:accessory|aberrant|replaced|anomalous|double) (?:\w{2,10} )?(?:duct|artery|vessel)",
        r"accessor|aberran|anomal|double",
    ),
    "cut ends": (r"cut ends?|charred \w{2,10}|burn", r"cut|divid|sever|burn|char|coag|caut"),
    "tear": (r"tears?|holes?|rent|leaks?|defect", r"\btear|\btorn|hole|leak|perfor|defect"),
    "hernia": (r"hernia|cysts?|abscess|mass|tumou?r", r"hernia|cyst\b|absces|mass|tumou?r"),
}
GROUPS = {**_ANATOMY, **_FOREIGN}
_NOUN = "|".join(words for words, _ in GROUPS.values())
KINDS = {
    group: (re2.compile(words), re2.compile(stems)) for group, (words, stems) in GROUPS.items()
}
_ADV = (
    r"(?: (?:already|just|now|still|only|fully|completely|almost|nearly|all|both|partly|freshly|"
    r"clearly|firmly|safely|even|also|then|by now|in the meantime|meanwhile|recently|evidently|"
    r"\w{2,12}ly))*"
)
_DONE = (
    r"(?:\w{2,14}ed|drawn|cut|torn|put|taken|undone|shut|withdrawn|hung|laid|begun|given|left|lost|"
    r"sewn|tied|split|spilt|burst|come|gone|run|broken|fallen|slid|swollen|brought|made|set|let)"
)
_TOLD = (
    r"(?:placed|inserted|introduced|clipped|divided|cut|transected|severed|ligated|tied|sutured|"
    r"opened|widened|enlarged|incised|detached|freed|removed|dilated|distended|swollen|perforated|"
    r"punctured|torn|closed|stripped|peeled|deployed|unfolded|withdrawn|cannulated|left|drawn|"
    r"loaded|bagged|secured|sealed|fixed|stapled|packed)"
)
_HANGS = (
    r"(?:hang|lie|sit|protrude|dangle|leak|drip|ooze|float|bulge|well up|trickle|spill|escape|"
    r"stick out|hold on|remain attached|come away|pour|spurt|gape)s?"
)
_STATE = (
    rf"(?:(?:has|have|had|having|'ve){_ADV} (?:been )?{_DONE}|(?:is|are|"
    rf"'s){_ADV} being{_ADV} {_DONE}|"
    rf"(?:is|are|'s){_ADV} \w{{2,12}}ing|(?:is|are|'s){_ADV} {_TOLD}|(?:was|were){_ADV} {_TOLD}|"
    r"(?:is|are|'s)(?: \w{2,10}ly| already| now| still){0,2} (?:in place|in situ|in the bag|"
    r"off|open|loose|gone|inside|through)|"
    rf"(?:already |now |just |still )?{_HANGS}|"
    r"(?:wells|sticks|holds|comes|stays|gapes|drops) \w{2,6}|"
    rf"(?:already|just|now|freshly) {_TOLD}|"
    r"(?:already |now )?(?:lying|hanging|dangling|protruding|leaking|sticking out|lodged|"
    r"in place|in situ)|"
    r"(?:already |now |just )?(?:keep|leave|cover|stain|fill|hold|cross|bridge|enter)s? "
    r"(?:the|it|a|its))"
)
_STRANGER = "|".join(words for group, (words, _) in _FOREIGN.items() if group != "strand")
_SHOWN = (
    r"(?:(?:is|are)(?: \w{2,10}ly| also){0,2}|can(?: \w{2,10}ly)? be) "
    r"(?:seen|visible|noted|present|apparent|noticed|made out|recogni[sz]ed|found|on view)"
)
_BORNE = (
    r"(?:because of|owing to|due to|in view of|judging (?:by|from)|based on|on account of|"
    r"thanks to|going by|(?:see|sees|notice|notices|note|notes|spot|observe|find|finds|seeing|"
    r"has got|have got|'ve got|carry|carries|bear|bears|we have|has|have))"
)
THERE = re2.compile(
    rf"\b(?:there(?: is| are|'s)|{_BORNE}) (?:\w{{1,12}} ){{0,4}}?({_STRANGER})\b|"
    rf"(?:^|[ (\"'])({_STRANGER})(?: [\w'\[\]-]{{1,16}}){{0,5}}? {_SHOWN}\b"
)
SUBJECT = re2.compile(
    rf"(?:^|[ (\"'])({_NOUN})(?:(?: [\w'\[\]-]{{1,16}}){{0,5}}?){_ADV} {_STATE}\b"
)
ANY = re2.compile(f"{SUBJECT.pattern}|{THERE.pattern}")
"""Either, so that most levels are passed over at one look."""
CLAUSE = re.compile(r"[^.;:\n]{4,300}")
PART = re.compile(
    r"(?:\band\b|,|\bbut\b|\bwhile\b|\bwhilst\b|\bwith\b|\bbecause(?! of)\b|\bsince\b|\bas\b|"
    r"\bgiven\b|\bwhich\b|\bwhere\b|\bso\b|\bhence\b|\btherefore\b|\bthus\b|->|=|\bthat\b|"
    r"\bfor\b|[()])"
)
OPEN = re2.compile(
    r"\b(?:(?:has|have|had|needs?) to|no|not|never|neither|nor|"
    r"without|none|nothing|nowhere|hardly|barely|scarcely|yet|"
    r"cannot|\w{2,8}n't|\w{1,6}'d|would|could|may|might|should|will|shall|can|must|ought|if|once|"
    r"when|"
    r"whenever|before|after|until|till|unless|soon|usually|typically|normally|often|"
    r"commonly|as a rule|customar\w{2}|routinely|generally|always|sometimes|in most|seems?|"
    r"appears?|probably|perhaps|presumably|possibl[ye]|likely|apparently|risk|danger|any|"
    r"were|had it|next|later|ready to|to be|about to|supposed|expected|meant|intended|"
    r"in order|so as|allows?|requires?|presuppos\w{2,4}|means|implies|defin\w{1,3}|"
    r"by definition|behind us|other than|rather than|unlike|instead|whether|earlier|"
    r"previous\w{0,2}|belongs?|phase|stage|missing|lacking|absent|wanting|in progress|"
    r"in keeping|consistent|typical|characteristic)\b"
)
"""What leaves a state untold in its clause: denied, doubted, supposed, general, to come."""
INFERS = re2.compile(
    r"\b(?:so|hence|thus|therefore|means?|meaning|suggest\w{0,3}|impl(?:y|ies|ying)|"
    r"conclud\w{1,3}|conclusion|infer\w{0,4}|indicat\w{1,3}|consequently|accordingly|it follows|"
    r"tells? us|shows?)\b"
)
"""What follows them is drawn from what stands before."""
BECAUSE = re2.compile(r"\b(?:because|since|as|given|for|owing to|due to|seeing|reason)\b")
NAMES = re2.compile(
    r"\bclip[- ]?(?:appli\w{2,6}|forceps)|\bclippers?\b|\bclipping\b|\bspecimen (?:retrieval )?"
)
"""Names of tools that hold the name of another thing."""
CAUSAL = re2.compile(
    r"\b(?:because|since|as|with|given|so|hence|therefore|thus|why|from which)\b|"
    r"[.;\n] {0,2}(?:this|that|these) (?:tell|indicat|mean|mark|show|point|is why|make|place|speak)"
)
CONDITIONS = re2.compile(
    r"\b(?:if|once|when|before|after|until|unless|would|could|might|may|usually|typically|"
    r"normally|as soon as|provided|suppos\w{1,3}|unlike|instead of|phase|stage|demand\w{0,3}|"
    r"require\w{0,3})\b"
)
PAST = re2.compile(
    r"\b(?:has|have|had|having|was|were|already|'ve)\b|\b(?:is|are) (?:\w{2,9} )?"
    r"(?:off|on|out|gone|free|cut|clipped|divided|detached|removed|bagged|secured|freed|placed)\b"
)
CAUSED = re.compile(
    r"\b(?:(?:tends? to|prone to|tendency to|threat of|sources? of|causes? of|worry about|"
    r"means?|fear of|(?:apt|liable|inclined|known) to|invit(?:e|es|ing)|provok(?:e|es|ing)|"
    r"caus(?:e|es|ing)|leads? to|leading to|"
    r"concern about|"
    r"promot(?:e|es|ing)|results? in|resulting in|produc(?:e|es|ing)|brings? (?:about|on)|"
    r"entails?|gives? rise to|ends? in|can|could|may|might|should|would)\b[^.;:]{0,60}|"
    r"(?:whenever|wherever|when|if|where|as soon as|in case|in the event)\b[^.;:,]{0,60})$"
)
"""What stands before an observation that is only what may happen: `straying deep invites ...`."""
SEES = re.compile(
    r"\bcan (?:be |clearly |also |even )?(?:seen?|made out|make out|notice|recognise)\b"
)
"""What stands under no condition though it says `can`."""
CLEARED = re.compile(r"suck|aspirat|clear|remov|evacuat|rins|wash|flush")
