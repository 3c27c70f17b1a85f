"""Words that lead to the patient, the team or the recording; case matters in them."""

import re2

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
    r"|\b(?:VID|BBP|SBP|[Vv]ideo|[Cc]ase,?|[Rr]ecording|[Cc]lip)[ _-]?(?:(?:no|nr|number|id|ID|"
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
