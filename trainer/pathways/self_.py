"""The self pathway: of a question the model gets right only sometimes, one right chain is kept.

A question that is always right teaches nothing new, one that is never right has no chain to keep;
those right in 1-6 of 8 helped where all of them did not (notes-grpo.md, stage 4). A kept chain
must pass
every admitting check; several may be right, and the first that passes is taken.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from surgchain.schemas.records import Verdict

NAME = "self"


class Tried(NamedTuple):
    """What became of the samples of one question."""

    kept: int | None
    """Number of the sample that was kept; None for none."""
    verdicts: dict[int, Verdict]
    """Of the samples that were judged, by number."""
    refused: dict[int, str]
    """Why each of the others was not kept."""
    right: int
    """How many of the samples were right."""


def choose(
    texts: Sequence[str], formed: Sequence[bool], right: Sequence[bool],
    judge: Callable[[int], Verdict], *, most_right: int,
) -> Tried:  # fmt: skip
    """Choose among the samples of one question; `judge` gives the verdict on a sample's number.

    `most_right`: right samples from which on a question counts as known.
    """
    number = sum(right)
    refused: dict[int, str] = {}
    verdicts: dict[int, Verdict] = {}
    kept: int | None = None
    for k, text in enumerate(texts):
        if not formed[k]:
            refused[k] = "breaks the form"
        elif not right[k]:
            refused[k] = "wrong answer"
        elif number > most_right:
            refused[k] = "question is known already"
        elif kept is not None:
            refused[k] = "another of its question was kept"
        elif text in texts[:k]:
            refused[k] = "the same text again"
        else:
            verdicts[k] = judge(k)
            if verdicts[k].passed:
                kept = k
            else:
                refused[k] = f"check: {verdicts[k].findings[0].fault}"
    return Tried(kept, verdicts, refused, number)
