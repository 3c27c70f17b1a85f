"""A model that says whether an answer follows from its chain: an opinion beside the checkers.

    Opinion(chain_id="c1", follows="no", reason="level 3 concludes on preparation", ...)

Off unless asked for. It sees the question, the levels and the answer, neither picture nor facts,
and never drops a chain. Pinned are the model's name and the hash of the prompt's file; the servers
are those of SURGCHAIN_JUDGE_URLS (key: SURGCHAIN_JUDGE_KEY), reached as the teacher's are. Every
answer is in the ledger before it is used: a run that broke off asks only for what is missing.
"""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field

from surgchain.annotators import prompts
from surgchain.annotators.ledger import Entry, Ledger
from surgchain.annotators.serving import payloads
from surgchain.annotators.serving.client import Client, Limits, RowFailed
from surgchain.annotators.serving.payloads import Payload, Picture, Sampling
from surgchain.annotators.serving.stream import Stream
from surgchain.schemas import chain_text
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Chain

URLS, KEY = "SURGCHAIN_JUDGE_URLS", "SURGCHAIN_JUDGE_KEY"
LEDGER = "judge.sqlite"
PROMPT = "entailment"
LONGEST = 12_000
"""Characters of a chain's levels that are shown; longer ones are not asked about."""
REASON = 200
"""Characters of a reason."""
NO_PICTURE = Picture(b"", "")
Follows = Literal["yes", "no", "open"]
SCHEMA = {
    "type": "object",
    "properties": {
        "follows": {"type": "string", "enum": list(get_args(Follows))},
        "reason": {"type": "string", "minLength": 1, "maxLength": REASON},
    },
    "required": ["follows", "reason"],
    "additionalProperties": False,
}


class Settings(BaseModel):
    """Which model is asked, and how patiently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """Name under which the servers serve it; part of every opinion."""
    max_tokens: int = Field(default=120, ge=16)
    """Of one reply."""
    in_flight: int = Field(default=32, ge=1)
    """Requests at one server at most."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Seconds that one attempt may take."""
    attempts: int = Field(default=4, ge=1)
    """Attempts at one request."""
    give_up_after_s: float = Field(default=120.0, ge=0)
    """Seconds without any server after which the stage stops; what was answered is kept."""


class Opinion(NamedTuple):
    """What the model says of one chain."""

    chain_id: str
    follows: Follows | None
    """None where it gave no opinion that can be read."""
    reason: str
    """Its words, or why there are none."""
    model: str
    prompt_sha256: str


def prompt_sha256() -> str:
    """Return the hash of the prompt's file, by which opinions are told apart."""
    return sha256_hex((prompts.FOLDER / f"{PROMPT}.md").read_bytes())


def addresses() -> list[str]:
    """Return the servers to ask; raise `InputError` where the environment names none."""
    found = [u.strip() for u in os.environ.get(URLS, "").split(",") if u.strip()]
    if not found:
        raise InputError(
            f"check.judge is set and no server is: set {URLS}, for example "
            f"http://localhost:8000/v1 (several with commas between), or take check.judge away"
        )
    return found


def opinions(chains: Iterable[Chain], settings: Settings, work: Path) -> Iterator[Opinion]:
    """Yield an opinion of each chain, in their order; answers are kept in <work>/judge.sqlite."""
    urls = addresses()
    with Ledger(work / LEDGER) as ledger:
        opened = partial(_opened, urls, ledger, settings)
        yield from Stream(chains, opened, settings.in_flight * len(urls))


@asynccontextmanager
async def _opened(
    urls: list[str], ledger: Ledger, settings: Settings
) -> AsyncIterator[Callable[[Chain], Awaitable[Opinion]]]:
    limits = Limits(
        timeout_s=settings.timeout_s,
        attempts=settings.attempts,
        most_in_flight=settings.in_flight,
        give_up_after_s=settings.give_up_after_s,
    )
    async with Client(urls, os.environ.get(KEY, ""), limits) as client:
        await client.check(settings.model, setting="check.judge.model")
        yield partial(_opinion, client=client, ledger=ledger, settings=settings)


async def _opinion(chain: Chain, client: Client, ledger: Ledger, settings: Settings) -> Opinion:
    said = partial(_said, chain, settings)
    payload = _payload(chain, settings)
    if payload is None:
        return said(None, "a level or the answer is missing, or it is too long to ask about")
    entry = ledger.get(payload.key)
    if entry is None:
        try:
            reply = await client.ask(payload.body())
        except RowFailed as error:
            return said(None, str(error))  # not kept: the next run asks again
        entry = Entry(payload.key, reply.text, "", reply.prompt_tokens, reply.completion_tokens)
        await ledger.put(entry._replace(seconds=reply.seconds, frame_id=chain.frame_id))
    return said(*_read(entry.answer))


def _said(chain: Chain, settings: Settings, follows: Follows | None, reason: str) -> Opinion:
    return Opinion(chain.chain_id, follows, reason, settings.model, prompt_sha256())


def _payload(chain: Chain, settings: Settings) -> Payload | None:
    """Return the request; None where the chain has not its levels and an answer."""
    parts = chain_text.parse(chain.text)
    if set(parts.levels) != {1, 2, 3} or parts.answer is None or not parts.answer.text.strip():
        return None
    levels = "\n".join(f"Level {n}: {s.text.strip()}" for n, s in sorted(parts.levels.items()))
    if len(levels) > LONGEST:
        return None
    words = prompts.template(PROMPT).substitute(
        question=chain.question.as_asked(), levels=levels, answer=parts.answer.text.strip()
    )
    sampling = Sampling(settings.model, 0.0, 1.0, settings.max_tokens, 0)
    messages = [{"role": "user", "content": [payloads.text_part(_whole(words))]}]
    return payloads.payload(messages, NO_PICTURE, sampling, SCHEMA)


def _whole(words: str) -> str:
    """Return a text that UTF-8 can hold: half characters as `?`."""
    return words.encode("utf-8", "replace").decode()


def _read(text: str) -> tuple[Follows | None, str]:
    """Read a reply without trust: the opinion and its reason, or None and what was wrong."""
    try:
        values = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None, "not whole JSON"
    follows = values.get("follows") if isinstance(values, dict) else None
    if follows not in get_args(Follows):
        return None, "no opinion among yes, no, open"
    return follows, str(values.get("reason", ""))[:REASON]
