"""Whether the answer follows from the chain's own levels, in [0, 1]; 0 without the form.

    phase, step, action    1 if level 3 names the class of the answer and no other class, else 0
    triplet                part of the answer's triplets whose instrument stands at level 1
    localization           part of the answer's boxes that level 1 gives with the same numbers
    cvs, vqa               1: not judged here

It reads the model's own text only, so it cannot pay for a right answer; GRPO on the answer alone
left a fifth of the chains at odds with their answers (surg-r1.md, section 3).
"""

import re

from surgchain.schemas import answers, boxes, chain_text
from surgchain.schemas.answers import CLASS_FACETS, Answer
from surgchain.schemas.ontology import Ontology, folded
from surgchain.trainer.sampled import Sampled, answer_of


def reward(sampled: Sampled) -> float:
    """Return the part of the answer that the levels carry."""
    said = answer_of(sampled.text)
    choices = sampled.options
    answer = answers.parse(said, sampled.task, sampled.ontology, choices) if said else None
    if answer is None:
        return 0.0
    levels = chain_text.parse(sampled.text).levels
    if sampled.task in CLASS_FACETS:
        return float(_names_only(levels[3].text, answer, sampled.task, sampled.ontology))
    if answer.triplets:
        seen = folded(levels[1].text)
        return _part([_has_word(seen, folded(t[0])) for t in answer.triplets])
    if answer.boxes:
        given = levels[1].text
        return _part([boxes.to_text(box) in given for _, box in answer.boxes])
    return 1.0


def _names_only(text: str, answer: Answer, task: str, ontology: Ontology) -> bool:
    return _named(folded(text), CLASS_FACETS[task], ontology) == {answer.label}


def _named(words: str, facet: str, ontology: Ontology) -> set[str]:
    spellings = {
        folded(spelling): term.name
        for term in ontology.terms(facet)
        for spelling in (*term.synonyms, term.canonical, term.name)
        if spelling
    }
    named: set[str] = set()
    for spelling in sorted(spellings, key=len, reverse=True):
        if _has_word(words, spelling):
            named.add(spellings[spelling])
            # a name within a longer one (`cleaning`) is not said by itself
            words = words.replace(spelling, " ")
    return named


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


def _part(held: list[bool]) -> float:
    return sum(held) / len(held)
