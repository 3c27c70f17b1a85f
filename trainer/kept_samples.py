"""Samples of a model in this process, kept batch by batch: a run that was cut goes on where it was.

A batch has a seed of its own, so that what it gives does not depend on what was sampled before it.
"""

import json
from collections.abc import Sequence

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.schemas.ids import sha256_hex
from surgchain.trainer import answering, prompts
from surgchain.trainer.answering import Sampling
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.prompts import Mode
from surgchain.trainer.shards import decoded

SEED_DIGITS = 8


def answer(
    loaded: Loaded, name: str, book: Ledger, pictures: Sequence[bytes], questions: Sequence[str],
    mode: Mode, how: Sampling, seed: int, frame_ids: Sequence[str],
) -> list[list[str]]:  # fmt: skip
    """Return `how.samples` canonical texts for each question, from the ledger where it has them.

    `name`: the content hash of the checkpoint; `pictures`: JPEG or PNG; `frame_ids`: those of the
    pictures, so that what is said of a patient can be found again.
    """
    import transformers

    seen = [sha256_hex(p) for p in pictures]
    asked = [name, seed, list(how), mode, prompts.SYSTEM[mode], list(questions), seen]
    key = sha256_hex(json.dumps(asked).encode())
    kept = [book.get(f"{key}-{n}") for n in range(len(questions))]
    found: list[list[str]] = [json.loads(entry.answer) for entry in kept if entry]
    if len(found) < len(questions):
        transformers.set_seed(int(key[:SEED_DIGITS], 16))
        found = answering.answer(loaded, [decoded(p) for p in pictures], questions, mode, how)
        book.write(
            Entry(f"{key}-{n}", json.dumps(texts), frame_id=frame_id)
            for n, (texts, frame_id) in enumerate(zip(found, frame_ids, strict=True))
        )
    return found
