"""Questions of a suite with the answers that were given to them: aligned, read, refused where odd.

an answer to no question, two answers to one      refused: the file belongs to another suite
no answer, one that cannot be read, a refusal     wrong, counted, in every denominator
a class outside the ontology, a box inside out    wrong, counted
open and multiple-choice questions                groups of their own, never averaged together
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from surgchain.qa.metrics.scoring import parsed_gold
from surgchain.schemas import answers
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import Answer
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Task

Protocol = Literal["open", "choice"]
PROTOCOLS: tuple[Protocol, ...] = ("open", "choice")


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
    options: tuple[str, ...] = ()
    """The choices, in the order of their letters; empty for an open question."""

    @property
    def protocol(self) -> Protocol:
        """Whether it is open or multiple choice."""
        return "choice" if self.options else "open"


class Said(NamedTuple):
    """What a model said to a question."""

    answers: tuple[str | None, ...]
    """The answer's text, greedy first, then further samples; None where none could be found."""
    refused: bool = False
    failed: bool = False
    """Whether the request for the first text failed, so that the model said nothing."""
    logprobs: Mapping[str, float] | None = None
    """Class in canonical text -> its log-probability as the answer; None where not asked."""


class Group(NamedTuple):
    """The questions of one task about one source by one protocol, read."""

    source: str
    task: Task
    ontology: Ontology
    asked: list[Asked]
    gold: list[Answer]
    said: list[tuple[Answer | None, ...]]
    """One for each sample; empty where there was no answer at all."""
    refused: list[bool]
    failed: list[bool]
    missing: list[bool]
    logprobs: list[Mapping[str, float] | None]

    @property
    def protocol(self) -> Protocol:
        """How the questions are asked."""
        return self.asked[0].protocol

    @property
    def first(self) -> list[Answer | None]:
        """The answer that counts, of each question."""
        return [s[0] if s else None for s in self.said]

    @property
    def name(self) -> str:
        """`source/task` for open questions, `source/task/choice`: the keys of arena lists."""
        name = f"{self.source}/{self.task}"
        return name if self.protocol == "open" else f"{name}/{self.protocol}"


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
    """Return the questions by source, task and protocol, read; open ones before choices.

    Raise `InputError` for mixed ontologies.
    """
    numbers: dict[tuple[str, Task, int], list[int]] = {}
    for number, one in enumerate(asked):
        key = (one.source, one.task, PROTOCOLS.index(one.protocol))
        numbers.setdefault(key, []).append(number)
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
        [golds[a.gold, a.options] for a in asked],
        [
            tuple(reader[t, a.options] if t else None for t in s.answers) if s else ()
            for a, s in zip(asked, said, strict=True)
        ],
        [s is not None and s.refused for s in said],
        [s is not None and s.failed for s in said],
        [s is None for s in said],
        [s.logprobs if s else None for s in said],
    )


Written = tuple[str, tuple[str, ...]]
"""An answer's text, and the options of its question."""


class _Reader(dict[Written, Answer | None]):
    """Answers by what was written; the same words are read once."""

    def __init__(self, task: Task, ontology: Ontology) -> None:
        super().__init__()
        self.task, self.ontology = task, ontology

    def __missing__(self, written: Written) -> Answer | None:
        text, options = written
        self[written] = read = answers.parse(text, self.task, self.ontology, options)
        return read


class _Golds(dict[Written, Answer]):
    """Gold answers by what is written; one that cannot be read raises."""

    def __init__(self, task: Task, ontology: Ontology) -> None:
        super().__init__()
        self.task, self.ontology = task, ontology

    def __missing__(self, written: Written) -> Answer:
        text, options = written
        self[written] = read = parsed_gold(text, self.task, self.ontology, options)
        return read


def majority(asked: Sequence[Asked], known: Sequence[Asked]) -> list[Said]:
    """Return the control that says each task's most frequent answer among `known`.

    Of a multiple-choice question it takes the option that is most frequent among `known`.
    `known`: questions of other surgeries, best those of training; or `asked` itself.
    """
    counts = counted(((a.source, a.task), a.gold) for a in known)
    fallback = counted((a.task, a.gold) for a in known)

    def said(one: Asked) -> Said:
        of = counts.get((one.source, one.task)) or fallback.get(one.task) or {}
        offered = {o: of.get(o, 0) for o in one.options} if one.options else of
        return Said((_top(offered) if offered else None,))

    return [said(a) for a in asked]


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
    return {k: _top(of) for k, of in counted(pairs).items()}


def counted(pairs: Iterable[tuple[object, str]]) -> Mapping[object, Mapping[str, int]]:
    """Return how often each value occurs with each key."""
    counts: dict[object, dict[str, int]] = {}
    for key, value in pairs:
        of_key = counts.setdefault(key, {})
        of_key[value] = of_key.get(value, 0) + 1
    return counts


def _top(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda v: (-counts[v], v))
