"""Requests of the chat protocol as bytes, and the key under which their answers are kept.

A picture is put into the bytes once it is sent; the key holds its hash in its place, so the same
question has the same key whether the picture goes as base64 or by path, and hashing stays cheap.
"""

import json
from base64 import b64encode
from functools import lru_cache
from typing import Any, NamedTuple

from surgchain.schemas.ids import sha256_hex

_PICTURE = "@picture@"
JSON_TYPE = dict[str, Any]


class Picture(NamedTuple):
    """A frame as it is sent."""

    url: bytes
    """`data:image/jpeg;base64,...` or `file:///...`."""
    sha256: str
    """Of the JPEG."""


class Payload(NamedTuple):
    """A request."""

    head: bytes
    tail: bytes
    picture: Picture
    key: str

    def body(self) -> bytes:
        """Return the bytes to send."""
        return b"".join((self.head, self.picture.url, self.tail))


class Sampling(NamedTuple):
    """How the model is to write."""

    model: str
    temperature: float
    top_p: float
    max_tokens: int
    seed: int | None
    """None: the server draws; asking again may give another answer."""


def embedded(jpeg: bytes) -> Picture:
    """Return a picture that travels in the request."""
    return Picture(b"data:image/jpeg;base64," + b64encode(jpeg), sha256_hex(jpeg))


def payload(
    messages: list[JSON_TYPE], picture: Picture, sampling: Sampling, schema: JSON_TYPE
) -> Payload:
    """Return the request; `messages` hold `picture_part()` where the picture belongs.

    The schema goes as `structured_outputs`: the older `guided_json` is ignored without a word.
    """
    body = {
        "model": sampling.model,
        "messages": messages,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "structured_outputs": {"json": schema},
    }
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    head, _, tail = _dumped(body).partition(_PICTURE)
    key = sha256_hex(f"{head}{picture.sha256}{tail}".encode())
    return Payload(head.encode(), tail.encode(), picture, key)


def picture_part() -> JSON_TYPE:
    """Return the part of a message that stands for the picture."""
    return {"type": "image_url", "image_url": {"url": _PICTURE}}


def text_part(text: str) -> JSON_TYPE:
    """Return a part of words; the mark of the picture cannot be smuggled in."""
    return {"type": "text", "text": text.replace(_PICTURE, "")}


_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=4096)
def schema_of(fields: tuple[str, ...], choices: tuple[str, ...], longest: int) -> JSON_TYPE:
    """Return the JSON schema of an object of strings; `choices`: all that `answer` may be.

    Lengths are bounded: a model that has not learnt to stop writes white space until it is cut.
    """
    text = {"type": "string", "minLength": 1, "maxLength": longest}
    properties: JSON_TYPE = dict.fromkeys(fields, text)
    if choices and "answer" in fields:
        properties["answer"] = {"type": "string", "enum": list(choices)}
    return {
        "type": "object",
        "properties": properties,
        "required": list(fields),
        "additionalProperties": False,
    }
