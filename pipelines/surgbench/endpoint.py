"""Asking a model behind any OpenAI-compatible server, through a ledger.

What was answered is kept by the hash of the whole request (words, picture, model, sampling), so a
run that was cut, or is repeated, asks only what is missing.
"""

import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.annotators.serving import payloads
from surgchain.annotators.serving import replies as chat
from surgchain.annotators.serving.client import Client, Limits, RowFailed
from surgchain.annotators.serving.payloads import JSON_TYPE, Payload, Picture
from surgchain.annotators.serving.stream import Stream
from surgchain.pipelines.surgbench import forms
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import dialects
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.ids import sha256_hex

SEEN = Callable[[str, str], bytes]
"""Gives the picture of a source's frame."""
_MARK: str = payloads.picture_part()["image_url"]["url"]
NONE = Picture(b"", "none")
_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class How(NamedTuple):
    """How a model is asked."""

    model: str
    """Its name at the server."""
    addresses: tuple[str, ...]
    key: str = ""
    samples: int = 1
    """Texts of each question; the first is greedy, the others are drawn at `temperature`."""
    temperature: float = 0.7
    max_tokens: int = 1024
    in_flight: int = 32
    """Requests at one server at most."""
    sees: bool = True
    """False: the control that gets the question without the picture."""
    dialect: dialects.Dialect = "thousandths"
    """How it writes boxes."""
    timeout_s: float = 600.0
    give_up_after_s: float = 300.0


class Job(NamedTuple):
    """One text to be had."""

    asked: Asked
    payload: Payload
    size: tuple[int, int]
    """Of its picture in pixels."""
    ending: str = ""
    """The end of the words whose log-probability is asked for; empty for a text to be written."""


def replies(asked: Iterable[Asked], see: SEEN, how: How, ledger: Path) -> Iterator[Reply]:
    """Yield the reply to each question, in order."""
    with Ledger(ledger) as book:
        texts: list[str | None] = []
        failed = ""
        for number, (job, entry) in enumerate(answered(_jobs(asked, see, how), how, book), 1):
            spoken = Spoken(how.dialect)
            said = dialects.to_canonical(entry.answer.strip(), spoken, job.size)
            texts.append(None if entry.reason else said)
            failed = failed or entry.reason
            if number % how.samples == 0:
                yield Reply(job.asked.question_id, tuple(texts), failed)
                texts, failed = [], ""


def answered(
    jobs: Iterable[Job],
    how: How,
    book: Ledger,
    read: Callable[[chat.Reply, Job], str] | None = None,
) -> Iterable[tuple[Job, Entry]]:
    """Return each job with its answer, in order: from the ledger, else asked for and kept.

    `read` makes of a reply what is kept; None: its text.
    """

    @asynccontextmanager
    async def opened() -> AsyncIterator[_Asker]:
        limits = Limits(
            timeout_s=how.timeout_s,
            most_in_flight=how.in_flight,
            give_up_after_s=how.give_up_after_s,
        )
        async with Client(how.addresses, how.key, limits) as client:
            await client.check(how.model)
            yield _Asker(client, book, read or (lambda reply, _: reply.text))

    return Stream(jobs, opened, how.in_flight * max(1, len(how.addresses)))


class _Asker:
    """Answers jobs from the ledger, and asks for the rest."""

    def __init__(
        self, client: Client, book: Ledger, read: Callable[[chat.Reply, Job], str]
    ) -> None:
        self.client, self.book, self.read = client, book, read

    async def __call__(self, job: Job) -> tuple[Job, Entry]:
        key = job.payload.key
        entry = self.book.get(key)
        if entry is None:
            try:
                r = await self.client.ask(job.payload.body())
                kept = self.read(r, job)
                entry = Entry(key, kept, "", r.prompt_tokens, r.completion_tokens, r.seconds)
            except RowFailed as error:
                entry = Entry(key, "", str(error))
        if not entry.frame_id:  # new, or written before rows said their frame
            entry = entry._replace(frame_id=job.asked.frame_id)
            await self.book.put(entry)
        return job, entry


def _jobs(asked: Iterable[Asked], see: SEEN, how: How) -> Iterator[Job]:
    last, picture, size = "", NONE, (dialects.FULL, dialects.FULL)
    for one in asked:
        if one.frame_id != last:
            last, (picture, size) = one.frame_id, shown(one, see, how)
        for sample in range(how.samples):
            yield Job(one, payload(one, picture, how, sample, size), size)


def shown(one: Asked, see: SEEN, how: How) -> tuple[Picture, tuple[int, int]]:
    """Return the picture that is sent, and its size where boxes are in pixels of it.

    The blind control is told the size too, so its boxes mean the same.
    """
    if not how.sees and how.dialect != "pixels":
        return NONE, (dialects.FULL, dialects.FULL)
    stored = see(one.source, one.frame_id)
    return payloads.embedded(stored) if how.sees else NONE, _size(stored, how)


def _size(stored: bytes, how: How) -> tuple[int, int]:
    if how.dialect != "pixels":
        return dialects.FULL, dialects.FULL
    from PIL import Image

    size: tuple[int, int] = Image.open(io.BytesIO(stored)).size
    return size


def payload(one: Asked, picture: Picture, how: How, sample: int, size: tuple[int, int]) -> Payload:
    """Return the request for a sample of a question; sample 0 is greedy."""
    body: JSON_TYPE = {
        "model": how.model,
        "messages": messages(one, how, size),
        "temperature": how.temperature if sample else 0.0,
        "max_tokens": how.max_tokens,
        "seed": sample,
    }
    return sent(body, picture)


def messages(one: Asked, how: How, size: tuple[int, int]) -> list[JSON_TYPE]:
    """Return what is said before the answer."""
    words = payloads.text_part(forms.asked(one, how.dialect, size))
    parts: list[JSON_TYPE] = [payloads.picture_part(), words] if how.sees else [words]
    return [{"role": "system", "content": forms.SYSTEM}, {"role": "user", "content": parts}]


def sent(body: JSON_TYPE, picture: Picture) -> Payload:
    """Return a request with its picture, and the key of all of it."""
    head, _, tail = _dumped(body).partition(_MARK)
    key = sha256_hex(f"{head}{picture.sha256}{tail}".encode())
    return Payload(head.encode(), tail.encode(), picture, key)
