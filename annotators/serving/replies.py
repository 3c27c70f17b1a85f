"""What came back over HTTP, read without trust: answers, errors, lists and counters."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import aiohttp

MAX_BODY_BYTES = 4_000_000
"""Of an answer; endless ones are cut here."""


class Reply(NamedTuple):
    """What a model wrote."""

    text: str
    finish_reason: str
    """`stop`, `length` (cut), ..."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    """From sending to the last byte, over all attempts."""
    prompt_logprobs: tuple[tuple[str, float], ...] = ()
    """(token, its log-probability) of the prompt from the second on, where vLLM was asked."""


async def bounded(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the body, or None where it has no end in sight."""
    if (response.content_length or 0) > MAX_BODY_BYTES:
        return None
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def reply(content: bytes) -> Reply | None:
    """Read a chat completion; None where it is not the protocol's JSON."""
    try:
        values: Any = json.loads(content)
        choice = values["choices"][0]
        usage = values.get("usage") or {}
        return Reply(
            str(choice["message"]["content"] or ""),
            str(choice.get("finish_reason") or ""),
            int(usage.get("prompt_tokens") or 0),
            int(usage.get("completion_tokens") or 0),
            prompt_logprobs=tuple(map(_scored, (values.get("prompt_logprobs") or ())[1:])),
        )
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        RecursionError,
        StopIteration,
    ):
        return None


def _scored(of_token: dict[str, dict[str, Any]]) -> tuple[str, float]:
    """Read what vLLM says of a token of the prompt: the token itself stands first."""
    first, *_ = of_token.values()  # a ValueError where there is none; `next` would end a `map`
    return str(first["decoded_token"]), float(first["logprob"])


def message(content: bytes | None) -> str:
    """Return the server's own words on an error, in one short line."""
    text = (content or b"")[:2000].decode(errors="replace")
    try:
        values = json.loads(text)
        error = values.get("error", values)
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, AttributeError, RecursionError):
        pass
    return " ".join(text.split())[:160]


def models(content: bytes) -> list[str] | None:
    """Read the list of models that a server offers; None where it is none."""
    try:
        return [str(m["id"]) for m in json.loads(content)["data"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def cache_counters(text: str) -> Iterator[tuple[str, float]]:
    """Yield vLLM's counters of its caches (name, value) from its /metrics page."""
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        name = name.partition("{")[0]
        if name.startswith("vllm:") and name.endswith(("cache_hits_total", "cache_queries_total")):
            with suppress(ValueError):
                yield name.removeprefix("vllm:").removesuffix("_total"), float(value)
