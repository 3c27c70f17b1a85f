"""Rows for TRL, made when they are asked for: prompt, completion, picture.

Before training every row is looked at once, without its pixels: what cannot be learnt from is
refused with a reason and counted, never silently cut.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from math import prod
from random import Random
from sys import intern
from typing import Any, NamedTuple

from surgchain.schemas import answers, dialects
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import TASKS
from surgchain.trainer import prompts, shards
from surgchain.trainer.prompts import Mode
from surgchain.trainer.shards import Item, Shards

KINDS = ("chains", "own", "questions")
"""What rows are; keys of caps as well."""
TURNS = 40
"""Tokens of the chat template around the words, generously."""


class Pointer(NamedTuple):
    """Where a row is found."""

    file: int
    """Number of its `Shards` in the list."""
    row: int
    question: int
    """Number of the question in a frame's row; -1 for a chain."""
    mode: Mode
    own: bool = False
    """Whether the chain came by a harvest."""
    source: str = ""
    """Which source its frame is of."""
    task: str = ""
    """What is asked."""
    length: int = 0
    """Characters of question and text, by which batches are made alike."""


class Picked(NamedTuple):
    """What may be learnt from."""

    pointers: list[Pointer]
    refused: Counter[str]
    taken: int


class Eye(NamedTuple):
    """How large a model sees a picture."""

    factor: int
    min_pixels: int
    max_pixels: int

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of a picture after Qwen's resize."""
        from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

        h, w = smart_resize(height, width, self.factor, self.min_pixels, self.max_pixels)
        return w, h

    @property
    def tokens(self) -> int:
        """Image tokens at most."""
        return self.max_pixels // self.factor**2


def eye_of(processor: Any) -> Eye:
    """Return how a processor resizes."""
    image = processor.image_processor
    size = image.size
    return Eye(
        image.patch_size * image.merge_size, int(size["shortest_edge"]), int(size["longest_edge"])
    )


class Rows:
    """Rows by number, for `datasets`' lazy transform."""

    def __init__(
        self, files: list[Shards], pointers: list[Pointer], spoken: Spoken, eye: Eye
    ) -> None:
        """Keep the places only."""
        self.files, self.pointers, self.spoken, self.eye = files, pointers, spoken, eye

    def item(self, pointer: Pointer) -> Item:
        """Return the question or chain of a pointer."""
        return read_item(self.files[pointer.file], pointer)

    def picture(self, pointer: Pointer) -> Any:
        """Return the decoded picture of a pointer."""
        stored = self.files[pointer.file].picture(pointer.row)
        assert stored is not None, "rows without a picture are refused before"
        return shards.decoded(stored)

    def learnt(self, number: int) -> dict[str, Any]:
        """Return a row to learn by heart: prompt, completion, images."""
        pointer = self.pointers[number]
        item, picture = self.item(pointer), self.picture(pointer)
        size = self.eye.size(*picture.size)
        text = item.gold if pointer.mode == "direct" else item.text
        return {
            "prompt": prompts.prompt(item.question, pointer.mode),
            "completion": prompts.completion(dialects.to_model(text, self.spoken, size)),
            "images": [picture],
        }

    def asked(self, number: int) -> dict[str, Any]:
        """Return a row to be answered: prompt, images, and what rewards need to know."""
        pointer = self.pointers[number]
        item, picture = self.item(pointer), self.picture(pointer)
        return {
            "prompt": prompts.prompt(item.question, pointer.mode),
            "images": [picture],
            "task": item.task,
            "gold": item.gold,
            "options": list(item.options),
            "scene": self.files[pointer.file].row(pointer.row, ["scene"])["scene"],
            "size": list(self.eye.size(*picture.size)),
        }


def read_item(file: Shards, pointer: Pointer) -> Item:
    """Return the question or chain at a place of a file."""
    if pointer.question < 0:
        columns = ("chain_id", "frame_id", "surgery_id", "source", "task", "question", "text",
                   "answer", "generator")  # fmt: skip
        r = file.row(pointer.row, columns)
        return Item(
            r["frame_id"], r["surgery_id"], r["source"], r["chain_id"], r["task"], r["question"],
            r["answer"], r["text"], r["generator"],
        )  # fmt: skip
    r = file.row(pointer.row, ("frame_id", "surgery_id", "source", "questions"))
    return shards.question_item(r, r["questions"][pointer.question])


def pick(
    file: Shards, number: int, mode: Mode, count: Callable[[str], int], eye: Eye, context: int
) -> Picked:
    """Look at every row of a file once: return what may be learnt from, and why the rest may not.

    `count`: tokens of a text; asked only where its bytes could exceed the `context`.
    """
    refused: Counter[str] = Counter()
    pointers: list[Pointer] = []
    taken = 0
    for pointer, item, ontology, has_picture in _candidates(file, number, mode):
        taken += 1
        reason = _reason(item, ontology, has_picture, file.kind) or (
            "longer than the context" if _too_long(item, count, eye, context) else None
        )
        if reason:
            refused[reason] += 1
        else:
            pointers.append(
                pointer._replace(
                    source=intern(item.source),  # one word for all rows, not one each
                    task=intern(item.task),
                    length=len(item.question) + len(_learnt(item, mode)),
                )
            )
    return Picked(pointers, refused, taken)


def _candidates(file: Shards, number: int, mode: Mode) -> Iterator[tuple[Pointer, Item, str, bool]]:
    pictured = file.pictured()
    scenes = (shards.ontology_of(r["scene"]) for r in file.rows(["scene"]))
    ontology_at = list(scenes)
    found = shards.chain_items(file) if file.kind == "chains" else shards.question_items(file)
    last, question = -1, -1
    for row, item in found:
        question = -1 if file.kind == "chains" else (question + 1 if row == last else 0)
        last = row
        own = bool(item.pathway)
        yield Pointer(number, row, question, mode, own), item, ontology_at[row], pictured[row]


def _reason(item: Item, ontology: str, has_picture: bool, kind: str) -> str | None:
    if not has_picture:
        return "no picture"
    if kind == "chains" and not item.text:
        return "no chain"
    if not item.gold:
        return "no answer known"
    answer = answers.parse(item.gold, item.task, ontologies.load(ontology))
    if answer is None:
        return "answer cannot be read"
    return None if answer.known else "answer outside the ontology"


def _learnt(item: Item, mode: Mode) -> str:
    return item.text if mode == "chain" and item.text else item.gold


def _too_long(item: Item, count: Callable[[str], int], eye: Eye, context: int) -> bool:
    words = item.question + (item.text or item.gold)
    room = context - eye.tokens - TURNS
    # a token is a byte at least, so that short texts need no counting
    return len(words.encode()) > room and count(words) > room


def draw(pointers: list[Pointer], number: int, seed: int) -> list[Pointer]:
    """Return `number` of the pointers, in random order; each again only when all are drawn."""
    rng, drawn = Random(seed), list[Pointer]()
    if number and not pointers:
        raise InputError("no row is left to learn from; see `refused` in the stage's metrics")
    while len(drawn) < number:
        drawn += rng.sample(pointers, len(pointers))
    return drawn[:number]


def draw_mixed(shares: list[tuple[list[Pointer], float]], number: int, seed: int) -> list[Pointer]:
    """Return `number` pointers, of each list its share, in random order; an empty list has none.

    The shares of the others are then raised in proportion.
    """
    there = [(pointers, share) for pointers, share in shares if pointers and share > 0]
    total = sum(share for _, share in there) or 1.0
    drawn: list[Pointer] = []
    for k, (pointers, share) in enumerate(there):
        last = k == len(there) - 1
        wanted = number - len(drawn) if last else round(number * share / total)
        drawn += draw(pointers, wanted, seed + k)
    if number and not drawn:
        raise InputError("no row is left to learn from; see `refused` in the stage's metrics")
    Random(seed).shuffle(drawn)
    return drawn


def by_task(
    pointers: list[Pointer], weights: Mapping[str, float], share: float = 1.0
) -> list[tuple[list[Pointer], float]]:
    """Return the pointers of each task with its part of `share`: rows x weight (1 by default).

    The parts sum to `share`; for `draw_mixed`. A weight is of a task, a source or `source/task`,
    and all that fit a row multiply; where one names a source, lists are of source and task.
    """
    plain = set(weights) <= set(TASKS)
    lists: dict[tuple[str, str], list[Pointer]] = {}
    for pointer in pointers:
        lists.setdefault(("" if plain else pointer.source, pointer.task), []).append(pointer)
    ordered = [(keys_of(lists[at][0])[1:], lists[at]) for at in sorted(lists)]
    parts = [len(of) * prod(weights.get(key, 1.0) for key in keys) for keys, of in ordered]
    total = sum(parts) or 1.0
    return [(of, share * part / total) for (_, of), part in zip(ordered, parts, strict=True)]


def capped(picked: Picked, caps: Mapping[str, int], seed: int) -> Picked:
    """Keep of what a cap names no more rows than it says, drawn at random; refuse the rest.

    A cap's key is `chains` (drafts), `own` (harvested), `questions`, a source, a task, or
    `source/task`; every one that fits a row counts.
    """
    room, kept, refused = dict(caps), list[Pointer](), Counter(picked.refused)
    for pointer in Random(seed).sample(picked.pointers, len(picked.pointers)):
        keys = [key for key in keys_of(pointer) if key in room]
        full = next((key for key in keys if room[key] <= 0), None)
        if full:
            refused[f"over the cap of {full}"] += 1
        else:
            kept.append(pointer)
            room.update({key: room[key] - 1 for key in keys})
    return Picked(sorted(kept), refused, picked.taken)


def keys_of(pointer: Pointer) -> tuple[str, ...]:
    """Return the keys under which a row may be capped."""
    kind = "questions" if pointer.question >= 0 else "own" if pointer.own else "chains"
    return kind, pointer.source, pointer.task, f"{pointer.source}/{pointer.task}"


def alike(drawn: list[Pointer], batch: int, seed: int, pool: int) -> list[Pointer]:
    """Return the same rows so that rows of a batch are of like length, batches in random order.

    Rows move within pools of `pool` batches only: padding falls. Tasks differ in length, so the
    batches of a larger pool hold nearly one task each.
    """
    rng, ordered = Random(seed), list[Pointer]()
    for start in range(0, len(drawn), pool * batch):
        part = sorted(drawn[start : start + pool * batch], key=lambda p: p.length)
        batches = [part[k : k + batch] for k in range(0, len(part), batch)]
        whole, rest = [b for b in batches if len(b) == batch], batches[-1:]
        rng.shuffle(whole)
        ordered += [p for b in whole for p in b]
        ordered += rest[0] if rest and len(rest[0]) < batch else []
    return ordered


class _Transform:
    """Makes the rows of a batch when `datasets` asks for them; holds places only."""

    def __init__(self, make: Callable[[int], dict[str, Any]]) -> None:
        self.make = make

    def __call__(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        made = [self.make(n) for n in batch["number"]]
        return {key: [row[key] for row in made] for key in made[0]}


def lazily(number: int, make: Callable[[int], dict[str, Any]]) -> Any:
    """Return a `datasets.Dataset` of `number` rows that are made when they are read."""
    from datasets import Dataset

    return Dataset.from_dict({"number": list(range(number))}).with_transform(_Transform(make))
