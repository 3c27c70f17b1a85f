"""The rows of a stage: what its shards hold that may be learnt from, by kind."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from surgchain.schemas.errors import InputError
from surgchain.trainer.learning import Learning
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.prompts import Mode
from surgchain.trainer.rows import KINDS, Picked, Pointer, Rows, capped, eye_of, keys_of, pick
from surgchain.trainer.shards import Shards


class Corpus(NamedTuple):
    """The training rows of a folder of shards, as a model can use them."""

    files: list[Shards]
    """The chains where they are looked at, then the frames."""
    chains: Picked
    questions: Picked

    @property
    def teacher_chains(self) -> list[Pointer]:
        """Chains that no harvest brought."""
        return [p for p in self.chains.pointers if not p.own]

    @property
    def own_chains(self) -> list[Pointer]:
        """Chains of a harvest: the model's own, or redrafted where it had none."""
        return [p for p in self.chains.pointers if p.own]

    @property
    def taken(self) -> int:
        """Rows that were looked at."""
        return self.chains.taken + self.questions.taken

    @property
    def refused(self) -> Counter[str]:
        """Why rows may not be learnt from."""
        return self.chains.refused + self.questions.refused


NOTHING = Picked([], Counter(), 0)


def of(
    folder: Path, loaded: Loaded, asked_as: Mode, learning: Learning | None = None, *,
    chains: bool = True,
) -> Corpus:  # fmt: skip
    """Look through the training shards of a folder; questions are asked in the mode given.

    Without `chains` their rows are not looked at; what is over the caps of `learning` is refused.
    """
    files = [Shards(folder, "chains", "train")] if chains else []
    files.append(Shards(folder, "frames", "train"))
    eye, context = eye_of(loaded.processor), loaded.card.settings.context

    backend = loaded.processor.tokenizer.backend_tokenizer  # as it is called half a million times

    def count(text: str) -> int:
        return len(backend.encode(text))

    written = pick(files[0], 0, "chain", count, eye, context) if chains else NOTHING
    questions = pick(files[-1], len(files) - 1, asked_as, count, eye, context)
    found = Corpus(files, written, questions)
    if learning:
        _require_known(found, learning.caps)
        found = found._replace(
            chains=capped(written, learning.caps, learning.seed),
            questions=capped(questions, learning.caps, learning.seed),
        )
    if not found.chains.pointers and not found.questions.pointers:
        reasons = ", ".join(f"{reason} {n}" for reason, n in found.refused.most_common(5))
        raise InputError(f"{folder}: no row is left to learn from; refused: {reasons or 'nothing'}")
    return found


def _require_known(found: Corpus, caps: Mapping[str, int]) -> None:
    rows = [*found.chains.pointers, *found.questions.pointers]
    known = {*KINDS, *(key for p in rows for key in keys_of(p))}
    if strangers := sorted(caps.keys() - known):
        raise InputError(
            f"caps: no row is of {strangers[0]!r}; there are {', '.join(sorted(known))}"
        )


def rows_of(corpus: Corpus, loaded: Loaded, pointers: list[Pointer]) -> Rows:
    """Return the rows at some places of a corpus, in order."""
    return Rows(corpus.files, pointers, loaded.card.spoken, eye_of(loaded.processor))
