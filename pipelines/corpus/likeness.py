"""Near-duplicate pictures by a perceptual hash, across operations and sides of the split.

The hash is 64 signs of the low frequencies of a 32 x 32 grey picture (DCT, as in pHash). Two
pictures are near-duplicates at a Hamming distance up to `DISTANCE`. Exact and fast: with
`DISTANCE` + 1 bands, two hashes that near agree in at least one band, so only pictures that share a
band are compared (pigeonhole).
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

SIDE = 32
BITS = 64
DISTANCE = 6
FLAT = 6.0
"""A picture whose grey values spread less than this (of 255) says nothing: black, out of body."""
_BANDS = DISTANCE + 1
_CHUNK = 4_000_000
"""Pairs compared at once; bounds the memory."""


class Likeness(NamedTuple):
    """Two pictures that look the same, by their rows, with the distance of their hashes."""

    first: int
    second: int
    distance: int


def hashes(grey: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the hash of each grey picture [N, 32, 32]; 0 where a picture is flat."""
    frequencies = dctn(grey.astype(np.float32), axes=(1, 2), norm="ortho")[:, :9, :9]
    low = frequencies.reshape(len(grey), -1)[:, 1 : BITS + 1]  # without the mean
    signs = low > np.median(low, axis=1, keepdims=True)
    packed = np.packbits(signs, axis=1).view(">u8")[:, 0].astype(np.uint64)
    flat = grey.reshape(len(grey), -1).std(axis=1) < FLAT
    return np.where(flat, np.uint64(0), packed)


def near_duplicates(
    found: NDArray[np.uint64], surgery: NDArray[np.int64], side: NDArray[np.int64]
) -> list[Likeness]:
    """Return the pairs of other operations on other sides that look the same, sorted by rows.

    `found` [N] hashes, `surgery` [N] and `side` [N] numbers; flat pictures (0) are left out.
    """
    pairs: set[Likeness] = set()
    telling = np.flatnonzero(found != 0)
    for band in _bands():
        keys = found[telling] & band
        order = np.lexsort((side[telling], keys))
        for one, other in _sharing(keys[order], side[telling[order]]):
            pairs.update(_alike(found, surgery, telling[order[one]], telling[order[other]]))
    return sorted(pairs)


def _alike(
    found: NDArray[np.uint64],
    surgery: NDArray[np.int64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> Iterator[Likeness]:
    """Yield what looks the same between two sets of rows, by a table of all their distances."""
    for start in range(0, len(one), max(1, _CHUNK // len(other))):
        rows = one[start : start + max(1, _CHUNK // len(other))]
        distance = np.bitwise_count(found[rows][:, None] ^ found[other][None])
        for i, j in np.argwhere(distance <= DISTANCE).tolist():
            a, b = sorted((int(rows[i]), int(other[j])))
            if surgery[a] != surgery[b]:
                yield Likeness(a, b, int(distance[i, j]))


def _bands() -> list[np.uint64]:
    """Return masks that cut the 64 bits into bands."""
    edges = np.linspace(0, BITS, _BANDS + 1).round().astype(int)
    return [
        np.uint64((1 << int(high)) - (1 << int(low))) for low, high in itertools.pairwise(edges)
    ]


def _sharing(keys: NDArray[np.uint64], side: NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Yield stretches of rows with one key and different sides; rows come sorted by key, side."""
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]) | (side[1:] != side[:-1])])
    ends = [*starts[1:].tolist(), len(keys)]
    blocks = list(zip(starts.tolist(), ends, keys[starts].tolist(), strict=True))
    for number, (start, end, key) in enumerate(blocks):
        for later_start, later_end, later_key in blocks[number + 1 :]:
            if later_key != key:
                break
            yield slice(start, end), slice(later_start, later_end)
