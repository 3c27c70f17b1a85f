"""Questions of a suite with the answers that were given to them: aligned, read, refused where odd.

an answer to no question, two answers to one      refused: the file belongs to another suite
no answer, one that cannot be read, a refusal     wrong, counted, in every denominator
a class outside the ontology, a box inside out    wrong, counted
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from surgchain.qa.metrics.scoring import parsed_gold
from surgchain.schemas import answers
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import Answer
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Task


class Asked(NamedTuple):
    """A question with what scoring needs of its frame."""

    question_id: str
    frame_id: str
    video_id: str
    surgery_id: str
    centre: str
    source: str
    task: Task
    ontology: str
    text: str
    """As asked, with its options."""
    gold: str
    time_s: float = 0.0


class Said(NamedTuple):
    """What a model said to a question."""

    answers: tuple[str | None, ...]
    """The answer's text, greedy first, then further samples; None where none could be found."""
    refused: bool = False


class Group(NamedTuple):
    """The questions of one task about one source, read."""

    source: str
    task: Task
    ontology: Ontology
    asked: list[Asked]
    gold: list[Answer]
    said: list[tuple[Answer | None, ...]]
    """One for each sample; empty where there was no answer at all."""
    refused: list[bool]
    missing: list[bool]

    @property
    def first(self) -> list[Answer | None]:
        """The answer that counts, of each question."""
        return [s[0] if s else None for s in self.said]

    @property
    def name(self) -> str:
        """`source/task`, the key of arena lists."""
        return f"{self.source}/{self.task}"


def aligned(asked: Sequence[Asked], said: Iterable[tuple[str, Said]]) -> list[Said | None]:
    """Return what was said to each question, None where nothing; raise `InputError`."""
    place = {a.question_id: n for n, a in enumerate(asked)}
    if len(place) != len(asked):
        raise InputError("a question stands twice in the suite; mend the suite")
    found: list[Said | None] = [None] * len(asked)
    for question_id, one in said:
        at = place.get(question_id)
        if at is None:
            raise InputError(
                f"an answer to {question_id!r}, which the suite does not ask: of another suite?"
            )
        if found[at] is not None:
            raise InputError(f"two answers to {question_id!r}; keep one")
        found[at] = one
    return found


def groups(asked: Sequence[Asked], said: Sequence[Said | None]) -> list[Group]:
    """Return the questions by source and task, read; raise `InputError` for mixed ontologies."""
    numbers: dict[tuple[str, Task], list[int]] = {}
    for number, one in enumerate(asked):
        numbers.setdefault((one.source, one.task), []).append(number)
    return [
        _group([asked[n] for n in of], [said[n] for n in of]) for _, of in sorted(numbers.items())
    ]


def _group(asked: list[Asked], said: list[Said | None]) -> Group:
    names = {a.ontology for a in asked}
    if len(names) > 1:
        raise InputError(f"{asked[0].source}/{asked[0].task} mixes ontologies: {sorted(names)}")
    ontology, task = ontologies.load(asked[0].ontology), asked[0].task
    reader, golds = _Reader(task, ontology), _Golds(task, ontology)
    return Group(
        asked[0].source,
        task,
        ontology,
        asked,
        [golds[a.gold] for a in asked],
        [tuple(reader[t] for t in s.answers) if s else () for s in said],
        [s is not None and s.refused for s in said],
        [s is None for s in said],
    )


class _Reader(dict[str | None, Answer | None]):
    """Answers by their text; the same words are read once."""

    def __init__(self, task: Task, ontology: Ontology) -> None:
        super().__init__({None: None})
        self.task, self.ontology = task, ontology

    def __missing__(self, text: str) -> Answer | None:
        self[text] = read = answers.parse(text, self.task, self.ontology)
        return read


class _Golds(dict[str, Answer]):
    """Gold answers by their text; one that cannot be read raises."""

    def __init__(self, task: Task, ontology: Ontology) -> None:
        super().__init__()
        self.task, self.ontology = task, ontology

    def __missing__(self, text: str) -> Answer:
        self[text] = read = parsed_gold(text, self.task, self.ontology)
        return read


def majority(asked: Sequence[Asked], known: Sequence[Asked]) -> list[Said]:
    """Return the control that says each task's most frequent answer among `known`.

    `known`: questions of other surgeries, best those of training; or `asked` itself.
    """
    common = most_frequent(((a.source, a.task), a.gold) for a in known)
    fallback = most_frequent((a.task, a.gold) for a in known)
    return [Said((common.get((a.source, a.task)) or fallback.get(a.task),)) for a in asked]


def by_words(asked: Sequence[Asked], known: Sequence[Asked]) -> list[Said]:
    """Return the control that sees the question's words only: their most frequent answer.

    Words that `known` never asks get the answer of the majority.
    """
    common = most_frequent(((a.task, a.text), a.gold) for a in known)
    rest = majority(asked, known)
    return [
        Said((common[a.task, a.text],)) if (a.task, a.text) in common else r
        for a, r in zip(asked, rest, strict=True)
    ]


def most_frequent(pairs: Iterable[tuple[object, str]]) -> Mapping[object, str]:
    """Return the most frequent value of each key, the first in order of those as frequent."""
    counts: dict[object, dict[str, int]] = {}
    for key, value in pairs:
        of_key = counts.setdefault(key, {})
        of_key[value] = of_key.get(value, 0) + 1
    return {k: min(of, key=lambda v: (-of[v], v)) for k, of in counts.items()}
