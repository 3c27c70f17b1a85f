"""The words the reader knows, for one ontology.

A lexicon maps a word to the phrases that begin with it, longest first: the text is read word by
word, so that a plain dictionary needs no test of word boundaries.
"""

from collections.abc import Iterable, Iterator

from surgchain.qa.lexicon import (
    anatomy,
    cues,
    function_words,
    instruments,
    measures,
    moods,
    other_verbs,
    phases,
    terms,
    things,
    verbs,
)
from surgchain.qa.lexicon.inflection import noun_forms, plural, verb_forms
from surgchain.qa.lexicon.terms import Term
from surgchain.qa.reading.words import words_of
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ontology import Ontology

_BUILT: "dict[int, Lexicon]" = {}
Phrase = tuple[str, ...]
Entry = tuple[int, dict[Phrase, tuple[Term, ...]]]
"""How many words follow the first, and what each such phrase can stand for, likeliest first."""


class Lexicon:
    """The phrases of one ontology and of English, by their first word."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        found: dict[Phrase, tuple[Term, ...]] = {}
        plain: dict[Phrase, tuple[Term, ...]] = {}
        for phrase, term in _entries(ontology):
            key = words_of(phrase.rstrip("_"))
            if key and not phrase.endswith("_"):
                (plain if term.form == terms.PLAIN else found).setdefault(key, (term,))
        self.first: dict[str, tuple[Entry, ...]] = _by_first_word(
            {k: (*plain.get(k, ()), *found.get(k, ())) for k in (plain | found)}
        )
        """First word -> the phrases that begin with it."""
        self.alone = {
            word: entries[0][1][()][0]
            for word, entries in self.first.items()
            if [size for size, _ in entries] == [0] and _is_one(entries[0][1][()])
        }
        """Word -> what it stands for, where it begins no phrase and means one thing: most words."""
        shared = {
            facet: {t.name: canonical(t) for t in ontology.terms(facet)}
            for facet in ("instruments", "targets")
        }
        self.lawful = frozenset(
            (shared["instruments"].get(i, i), v, shared["targets"].get(t, t))
            for i, v, t in ontology.triplets
        )
        """The lawful triplets by the names all datasets share."""
        self.criteria = bool(ontology.criteria)
        """Whether the dataset knows the critical view of safety."""
        self.names = {
            facet: {canonical(t): t.name for t in ontology.terms(facet)}
            for facet in ("instruments", "structures", "targets", "phases", "steps", "actions")
        }
        """facet -> the shared name -> the class as this ontology writes it."""
        self.shared = {f: {n: c for c, n in names.items()} for f, names in self.names.items()}
        """facet -> the class as this ontology writes it -> the shared name."""
        self.words = frozenset(w for key in found for w in key)


def canonical(term: ontologies.Term) -> str:
    """Return the name that all datasets share for a class."""
    return term.canonical or term.name


def of(ontology: Ontology) -> Lexicon:
    """Return the lexicon of an ontology, built once."""
    known = _BUILT.get(id(ontology))
    if known is None or known.ontology is not ontology:
        known = _BUILT[id(ontology)] = Lexicon(ontology)
    return known


def _is_one(meanings: tuple[Term, ...]) -> bool:
    return len(meanings) == 1 and meanings[0].form != terms.PLAIN


def _by_first_word(found: dict[Phrase, tuple[Term, ...]]) -> dict[str, tuple[Entry, ...]]:
    """Group phrases by their first word, then by how many words follow it, longest first."""
    first: dict[str, dict[int, dict[Phrase, tuple[Term, ...]]]] = {}
    for key, meanings in found.items():
        first.setdefault(key[0], {}).setdefault(len(key) - 1, {})[key[1:]] = meanings
    return {w: tuple(sorted(sizes.items(), reverse=True)) for w, sizes in first.items()}


def _entries(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    """Yield (phrase, term); where two share a phrase, the first one counts."""
    yield from _phases(ontology)
    yield from _steps(ontology)
    yield from _cues()
    yield from _instruments(ontology)
    yield from _anatomy(ontology)
    yield from _verbs(ontology)
    yield from _function_words()


def _phases(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    known = {canonical(t): t for t in ontology.terms("phases")}
    for name, term in known.items():
        for words in (term.name, name, *term.synonyms, *phases.PHASES.get(name, ())):
            spaced = words.replace("_", " ").replace("-", " ")
            form = terms.PLAIN if spaced in phases.ONE_WORD else ""
            if spaced.startswith("other "):
                yield f"the {spaced}", Term(terms.PHASE, name, form)  # before `the other`
            yield spaced, Term(terms.PHASE, name, form)
            yield spaced.replace(" ", ""), Term(terms.PHASE, name, form)


def _steps(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    for facet in ("steps", "actions"):
        for term in ontology.terms(facet):
            name = canonical(term)
            plain = ontologies.without_prefix(term.name)
            for words in (term.name, plain, *term.synonyms):
                spaced = words.replace("_", " ").replace("-", " ")
                form = "" if " " in spaced else terms.PLAIN
                yield spaced, Term(terms.STEP, name, form)


Phrases = tuple[str, ...]


def _cues() -> Iterator[tuple[str, Term]]:
    pairs: tuple[tuple[str, Phrases], ...] = (
        (terms.THING, cues.PSEUDO_NEGATIONS),
        (terms.IDLE, other_verbs.IDLE),
        (terms.ABSENT, cues.ABSENT),
        (terms.SEEN, cues.SEEN),
        (terms.NEGATION, cues.NEGATIONS),
        (terms.CONTRAST, cues.CONTRASTS),
        (terms.CONDITION, moods.CONDITIONS),
        (terms.FUTURE, moods.FUTURES),
        (terms.PAST, moods.PASTS),
        (terms.ENDED, moods.ENDED),
        (terms.GENERAL, moods.GENERALS),
        (terms.HEDGE, moods.HEDGES),
    )
    for kind, phrases in pairs:
        value = "pseudo" if phrases is cues.PSEUDO_NEGATIONS else ""
        yield from ((p, Term(kind, value)) for p in phrases)
    yield from ((p, Term(terms.NEGATION, terms.INVERTED)) for p in cues.INVERTED)
    yield from ((w, Term(terms.NUMBER, str(n))) for w, n in measures.NUMBERS.items())
    for side, phrases in measures.SIDES.items():
        yield from ((p, Term(terms.SIDE, side)) for p in phrases)


def _instruments(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    own = {canonical(t): t for t in ontology.terms("instruments")}
    for name, term in own.items():  # before the general words: a retractor may be a class
        words = (*term.synonyms, term.name, ontologies.folded(term.name))
        yield from _nouns(words, Term(terms.INSTRUMENT, name))
    for name, phrases in instruments.INSTRUMENTS.items():
        yield from _nouns(phrases, Term(terms.INSTRUMENT, name))
    yield from ((w, Term(terms.TOOL)) for w in instruments.TOOLS)
    yield from ((w, Term(terms.OPERATOR)) for w in things.OPERATORS)


def _anatomy(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    for name, phrases in anatomy.OBSERVATIONS.items():
        yield from ((p, Term(terms.OBSERVATION, name)) for p in phrases)
    for name, phrases in anatomy.ANATOMY.items():
        yield from _nouns(phrases, Term(terms.ANATOMY, name))
    for facet in ("structures", "targets"):
        for term in ontology.terms(facet):
            if term.name != ontologies.NULL_TARGET:
                words = (*term.synonyms, term.name)
                yield from _nouns(words, Term(terms.ANATOMY, canonical(term)))
    yield "adhesiolysis", Term(terms.THING, "lyse")
    for thing in things.THINGS:
        value = "clip" if thing.endswith(("clip", "clips", "lok", "hemolok")) else ""
        yield from _nouns((thing,), Term(terms.THING, value))


def _verbs(ontology: Ontology) -> Iterator[tuple[str, Term]]:
    nouns = {(p, v) for v, phrases in verbs.NOUNS.items() for p in phrases}
    plain = {v: list(phrases) for v, phrases in verbs.VERBS.items()}
    for term in ontology.terms("verbs"):
        if term.name in plain:
            plain[term.name] += [s for s in term.synonyms if s not in plain[term.name]]
    for name, phrases in plain.items():
        for phrase in phrases:
            for words, form in verb_forms(phrase):
                if (words, name) not in nouns or form != terms.GERUND:
                    yield words, Term(terms.VERB, name, form)
                else:
                    yield words, Term(terms.VERB, name, terms.GERUND)
    for phrase, name in sorted(nouns):
        yield phrase, Term(terms.VERB, name, terms.NOUN)
    for verb in other_verbs.OTHER_VERBS:
        yield from ((w, Term(terms.OTHER_VERB, verb, f)) for w, f in verb_forms(verb))


def _nouns(phrases: Iterable[str], term: Term) -> Iterator[tuple[str, Term]]:
    for phrase in phrases:
        for words, _ in noun_forms(phrase.replace("_", " ")):
            yield words, term


def _function_words() -> Iterator[tuple[str, Term]]:
    pairs: tuple[tuple[str, Phrases], ...] = (
        (terms.BE, function_words.BES),
        (terms.BY, function_words.BYS),
        (terms.FROM, function_words.FROMS),
        (terms.ON, function_words.ONS),
        (terms.AND, function_words.ANDS),
        (terms.BUT, function_words.BUTS),
        (terms.WHILE, function_words.WHILES),
        (terms.RELATIVE, function_words.RELATIVES),
        (terms.PRONOUN, function_words.PRONOUNS),
        (terms.PHASE_NOUN, function_words.PHASE_NOUNS),
    )
    for kind, phrases in pairs:
        yield from ((p, Term(kind, p)) for p in phrases)
    for colour, phrases in measures.COLOURS.items():
        yield from ((p, Term(terms.COLOUR, colour)) for p in phrases)


__all__ = ["Lexicon", "canonical", "of", "plural"]
