"""Ids are hashes of content, so that a re-run changes nothing."""

import hashlib
import json
from typing import Any

HEX_DIGITS = 16


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def content_id(prefix: str, *parts: Any) -> str:
    """Return `prefix-` and 16 hexadecimal digits that depend on the parts and their order.

    Parts are anything JSON can write; keys of mappings are sorted first.
    """
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{prefix}-{sha256_hex(canonical.encode())[:HEX_DIGITS]}"
