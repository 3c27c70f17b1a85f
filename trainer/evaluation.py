"""Held-out questions, answered greedily and scored strictly."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from surgchain.qa.metrics import intervals, scoring
from surgchain.qa.metrics.scoring import Score
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ids import content_id
from surgchain.trainer import answering, shards
from surgchain.trainer.answering import Sampling
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.prompts import Mode
from surgchain.trainer.shards import Item, Shards


class Asked(NamedTuple):
    """A held-out question."""

    row: int
    """Row of its frame in the shards."""
    item: Item
    ontology: str


class Answered(NamedTuple):
    """What was said to it, and how right that was."""

    asked: Asked
    text: str
    """What the model wrote, in canonical form."""
    answer: str | None
    """What was read as its answer; None where there was none."""
    score: Score


def choose(asked: Iterable[Asked], number: int, seed: int) -> list[Asked]:
    """Return `number` questions at most, the same number of each task as far as there are.

    Drawn by content hash, so that every model of a run is asked the same.
    """
    by_task: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.item.gold:
            by_task[one.item.task].append(one)
    ranked = [
        sorted(of_task, key=lambda a: content_id("held", seed, a.item.question_id))
        for _, of_task in sorted(by_task.items())
    ]
    drawn: list[Asked] = []
    for left in range(len(ranked), 0, -1):
        # the smallest task first: what it lacks is shared by the others
        ranked.sort(key=len, reverse=True)
        share = (number - len(drawn)) // left
        drawn += ranked.pop()[:share]
    return sorted(drawn, key=lambda a: (a.row, a.item.question_id))


def answer_of(text: str, mode: Mode) -> str | None:
    """Return what counts as the answer: all of a direct one, the tag's content of a chain."""
    if mode == "direct":
        return text
    if text.count("<answer>") != 1 or not text.rstrip().endswith("</answer>"):
        return None
    part = chain_text.parse(text).answer
    return part.text if part else None


def judged(asked: Asked, text: str, mode: Mode) -> Answered:
    """Score what was written to a question."""
    said = answer_of(text, mode)
    item = asked.item
    ontology = ontologies.load(asked.ontology)
    result = scoring.score(said, item.gold, item.task, ontology, item.options)
    return Answered(asked, text, said, result)


def answered(
    loaded: Loaded, file: Shards, asked: Sequence[Asked], batch: int, max_tokens: int
) -> Iterator[list[Answered]]:
    """Yield what a model answers to the questions, greedily, `batch` of them at a time."""
    how, mode = Sampling(max_tokens=max_tokens), loaded.card.mode
    for numbers in answering.in_batches(len(asked), batch):
        part = [asked[k] for k in numbers]
        pictures = [shards.decoded(file.picture(a.row) or b"") for a in part]
        said = answering.answer(loaded, pictures, [a.item.question for a in part], mode, how)
        yield [judged(a, t[0], mode) for a, t in zip(part, said, strict=True)]


def accuracy(
    loaded: Loaded, file: Shards, asked: Sequence[Asked], batch: int, max_tokens: int
) -> float:
    """Return the part of the questions that a model answers right, greedily."""
    found = answered(loaded, file, asked, batch, max_tokens)
    return _share(a.score.right for part in found for a in part)


def questions(file: Shards) -> list[Asked]:
    """Return the questions of a file whose frames have a picture."""
    ontology_at = [shards.ontology_of(r["scene"]) for r in file.rows(["scene"])]
    pictured = file.pictured()
    found = shards.question_items(file)
    return [Asked(r, item, ontology_at[r]) for r, item in found if pictured[r]]


def summary(answered: Sequence[Answered]) -> dict[str, Any]:
    """Return accuracy with its interval, by task, and beside the majority class."""
    whole = _mean(answered)
    tasks = sorted({a.asked.item.task for a in answered})
    protocols = sorted({a.asked.item.protocol for a in answered}, reverse=True)
    return {
        "accuracy": whole.mean,
        "low": whole.low,
        "high": whole.high,
        "n": whole.n,
        "surgeries": len({a.asked.item.surgery_id for a in answered}),
        "parse_failures": _share(not a.score.parsed for a in answered),
        "majority": majority([a.asked.item for a in answered]),
        "by_protocol": {
            p: _figures([a for a in answered if a.asked.item.protocol == p]) for p in protocols
        },
        "by_task": {t: _of_task([a for a in answered if a.asked.item.task == t]) for t in tasks},
    }


def _figures(answered: Sequence[Answered]) -> dict[str, Any]:
    mean = _mean(answered)
    return {
        "accuracy": mean.mean,
        "low": mean.low,
        "high": mean.high,
        "n": mean.n,
        "score": _share(a.score.value for a in answered),
        "parse_failures": _share(not a.score.parsed for a in answered),
        "majority": majority([a.asked.item for a in answered]),
    }


def _of_task(answered: Sequence[Answered]) -> dict[str, Any]:
    result = _figures(answered)
    for protocol in ("open", "choice"):
        part = [a for a in answered if a.asked.item.protocol == protocol]
        if part:
            mean = _mean(part)
            result[protocol] = {"accuracy": mean.mean, "low": mean.low, "high": mean.high,
                                "n": mean.n}  # fmt: skip
    if answered[0].asked.item.task == "cvs":
        result["criteria"] = _criteria(answered)
    return result


def _criteria(answered: Sequence[Answered]) -> dict[str, float]:
    agree: Counter[str] = Counter()
    for a in answered:
        ontology = ontologies.load(a.asked.ontology)
        said = answers.parse(a.answer or "", "cvs", ontology, a.asked.item.options)
        right = scoring.parsed_gold(a.asked.item.gold, "cvs", ontology, a.asked.item.options)
        for number, name in enumerate(answers.CRITERIA):
            if said and said.criteria and right.criteria:
                agree[name] += said.criteria[number] == right.criteria[number]
    return {name: agree[name] / len(answered) for name in answers.CRITERIA}


def _mean(answered: Sequence[Answered]) -> intervals.Interval:
    return intervals.over_surgeries(
        [float(a.score.right) for a in answered], [a.asked.item.surgery_id for a in answered]
    )


def _share(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def majority(items: Sequence[Item]) -> float:
    """Return the accuracy of saying each task's most frequent gold answer, of these very items."""
    by_task: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        by_task[item.task][item.gold] += 1
    right = sum(counts.most_common(1)[0][1] for counts in by_task.values())
    return right / len(items) if items else 0.0
