"""What a checkpoint answers behind `vllm serve`: the same texts as answering.py, many at once.

    SURGCHAIN_SAMPLER_URLS   servers of the very checkpoint, under its content hash as name:
                             `vllm serve models/grpo --served-model-name <hash> --dtype float32`;
                             unset: one is started here, in the environment of SURGCHAIN_VLLM

Every text is one request with a seed of its own, so all samples of a question share the server's
prefix cache, and a ledger in the work folder keeps them: a harvest that was cut asks only for what
is missing. The tokens that transformers is forbidden to say (pictures, turns) are forbidden here
by their bias.
"""

import io
import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.annotators.serving import launch, payloads
from surgchain.annotators.serving.client import Client, Limits, RowFailed
from surgchain.annotators.serving.payloads import Payload
from surgchain.annotators.serving.stream import Stream
from surgchain.schemas import dialects
from surgchain.schemas.errors import PartialOutput
from surgchain.schemas.ids import sha256_hex
from surgchain.trainer import model_folder, prompts
from surgchain.trainer.answering import NEVER, Sampling, forbidden
from surgchain.trainer.model_folder import Card
from surgchain.trainer.prompts import Mode
from surgchain.trainer.rows import Eye, eye_of

URLS = "SURGCHAIN_SAMPLER_URLS"
START_S = 900.0
_MARK: str = payloads.picture_part()["image_url"]["url"]
_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Served(NamedTuple):
    """A checkpoint behind a server."""

    name: str
    """Its content hash, the name it is served under: other weights cannot answer for it."""
    addresses: tuple[str, ...]
    card: Card
    eye: Eye
    never: tuple[int, ...]
    """Tokens that may not be said."""


@contextmanager
def served(folder: Path, flags: Sequence[str], work: Path) -> Iterator[Served]:
    """Give a checkpoint behind servers that are there, or behind one that runs for the block."""
    name = model_folder.content_hash(folder)
    told = _read(folder, name)
    if urls := [u for u in os.environ.get(URLS, "").split(",") if u]:
        yield told._replace(addresses=tuple(urls))
        return
    own = flags_of(told.card)
    log = work / "vllm.log"
    with launch.served(str(folder.resolve()), name, [*own, *flags], log, start_s=START_S) as url:
        yield told._replace(addresses=(url,))


def flags_of(card: Card) -> list[str]:
    """Return how `vllm serve` must be started for the answers that transformers gives."""
    settings = card.settings
    return [
        "--dtype", settings.dtype,
        "--generation-config", "vllm",  # no sampling defaults beside ours
        "--limit-mm-per-prompt", '{"image": 1}',
    ]  # fmt: skip


def _read(folder: Path, name: str) -> Served:
    """Read all of a checkpoint but its weights."""
    from transformers import AutoConfig

    card = model_folder.read_card(folder)
    processor = model_folder.processor_of(folder, card)
    vocabulary = AutoConfig.from_pretrained(folder).get_text_config().vocab_size
    never = tuple(forbidden(processor, vocabulary))
    return Served(name, (), card, eye_of(processor), never)


def answer(
    model: Served, ledger: Path, pictures: Sequence[bytes], questions: Sequence[str], mode: Mode,
    how: Sampling, seed: int = 0, in_flight: int = 64, frame_ids: Sequence[str] = (),
) -> list[list[str]]:  # fmt: skip
    """Return `how.samples` canonical texts for each question, its picture being the same number.

    `frame_ids`: those of the pictures, so that the ledger says of whom it speaks; none: not known.
    Raise `PartialOutput` where the server refuses one, or cannot be reached; what was answered is
    in the ledger.
    """
    about = frame_ids or [""] * len(questions)
    jobs = [
        Job(payload(model, picture, question, mode, how, seed * how.samples + k), frame_id)
        for picture, question, frame_id in zip(pictures, questions, about, strict=True)
        for k in range(how.samples)
    ]
    with Ledger(ledger) as book:

        @asynccontextmanager
        async def opened() -> AsyncIterator[_Asker]:
            limits = Limits(most_in_flight=in_flight)
            async with Client(model.addresses, "", limits) as client:
                await client.check(model.name)
                yield _Asker(client, book)

        stream: Stream[Job, str] = Stream(jobs, opened, in_flight * len(model.addresses))
        written = list(stream)
    sizes = [_size(p, model.eye) for p in pictures for _ in range(how.samples)]
    texts = [
        dialects.to_canonical(text.strip(), model.card.spoken, size)
        for text, size in zip(written, sizes, strict=True)
    ]
    return [texts[k : k + how.samples] for k in range(0, len(texts), how.samples)]


class Job(NamedTuple):
    """A request, and the frame it speaks of."""

    payload: Payload
    frame_id: str


class _Asker:
    """Answers jobs from the ledger, and asks for the rest."""

    def __init__(self, client: Client, book: Ledger) -> None:
        self.client, self.book = client, book

    async def __call__(self, job: Job) -> str:
        key = job.payload.key
        entry = self.book.get(key)
        if entry is None:
            try:
                r = await self.client.ask(job.payload.body())
            except RowFailed as error:
                raise PartialOutput(f"a sample cannot be had: {error}") from error
            spent = r.prompt_tokens, r.completion_tokens, r.seconds
            entry = Entry(key, r.text, "", *spent, job.frame_id)
            await self.book.put(entry)
        return entry.answer


def payload(
    model: Served, picture: bytes, question: str, mode: Mode, how: Sampling, seed: int
) -> Payload:
    """Return the request for one text."""
    body: dict[str, Any] = {
        "model": model.name,
        "messages": [_message(m) for m in prompts.prompt(question, mode)],
        "temperature": how.temperature,
        "top_p": 1.0,
        "max_tokens": how.max_tokens,
        "seed": seed,
        "logit_bias": {str(token): NEVER for token in model.never},
    }
    head, _, tail = _dumped(body).partition(_MARK)
    shown = payloads.embedded(picture)
    key = sha256_hex(f"{head}{shown.sha256}{tail}".encode())
    return Payload(head.encode(), tail.encode(), shown, key)


def _message(message: dict[str, str]) -> dict[str, Any]:
    """Return a message with the picture before the user's words, as `prompts.with_picture`."""
    words = [payloads.text_part(message["content"])]
    seen = [payloads.picture_part()] if message["role"] == "user" else []
    return {"role": message["role"], "content": [*seen, *words]}


def _size(picture: bytes, eye: Eye) -> tuple[int, int]:
    from PIL import Image

    return eye.size(*Image.open(io.BytesIO(picture)).size)
