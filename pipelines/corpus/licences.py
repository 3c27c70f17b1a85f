"""Licences: what may be mixed, and what the mix is under.

A corpus holds pixels and labels of its sources and text made from them: an adaptation of each. So
    a source that forbids adaptations (ND) or forbids passing on may be in no corpus,
    a share-alike source (SA) puts the whole corpus under its own licence,
    two share-alike licences that do not name each other cannot be mixed,
    one non-commercial source (NC) makes the whole non-commercial.
No lawyer wrote this; it refuses what cannot be right and carries the rest to the cards.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from surgchain.schemas.errors import InputError


class Terms(NamedTuple):
    """What a licence asks of who passes on an adaptation."""

    rank: int
    """Higher is stricter, among licences without share-alike."""
    attribution: bool = True
    non_commercial: bool = False
    share_alike: bool = False
    no_derivatives: bool = False
    no_redistribution: bool = False


LICENCES: dict[str, Terms] = {
    "CC0-1.0": Terms(0, attribution=False),
    "MIT": Terms(1),
    "CC-BY-4.0": Terms(2),
    "CC-BY-NC-4.0": Terms(3, non_commercial=True),
    "CC-BY-SA-4.0": Terms(4, share_alike=True),
    "CC-BY-NC-SA-4.0": Terms(5, non_commercial=True, share_alike=True),
    "CC-BY-NC-SA-3.0-US": Terms(5, non_commercial=True, share_alike=True),
    "CC-BY-ND-4.0": Terms(6, no_derivatives=True),
    "CC-BY-NC-ND-4.0": Terms(7, non_commercial=True, no_derivatives=True),
    "LicenseRef-not-stated": Terms(8, non_commercial=True, no_redistribution=True),
    "LicenseRef-hospital": Terms(9, non_commercial=True, no_redistribution=True),
}
"""SPDX names; `LicenseRef-not-stated`: the dataset states none, so nothing may be passed on;
`LicenseRef-hospital`: a hospital's own, which stays in the house."""
LATER = {"CC-BY-NC-SA-3.0-US": "CC-BY-NC-SA-4.0"}
"""Share-alike licences whose adaptations may be under a later version (section 4b of 3.0)."""


class CorpusLicence(NamedTuple):
    """What a corpus is under."""

    name: str
    non_commercial: bool
    may_be_passed_on: bool
    attribution: tuple[str, ...]
    """Sources that must be named."""
    reasons: tuple[str, ...]
    """One line per term that binds the whole, with the sources it comes from."""


def combined(sources: Mapping[str, str]) -> CorpusLicence:
    """Return the licence of a corpus of {source: licence}; raise `InputError` where none can be."""
    terms = {source: _terms(source, licence) for source, licence in sorted(sources.items())}
    _refuse_no_derivatives(sources, terms)
    shared = _share_alike(sources, terms)
    strictest = max(terms, key=lambda s: (terms[s].rank, sources[s]), default=None)
    closed = [s for s, t in terms.items() if t.no_redistribution]
    non_commercial = [s for s, t in terms.items() if t.non_commercial]
    if shared and non_commercial and not LICENCES[shared].non_commercial:
        raise InputError(
            f"licences cannot be mixed: {shared} ({_holders(sources, shared)}) wants the whole "
            f"under itself, and {', '.join(non_commercial)} forbids commercial use; leave one out"
        )
    name = "CC0-1.0" if strictest is None else sources[strictest]
    return CorpusLicence(
        name=name if closed else shared or name,
        non_commercial=bool(non_commercial),
        may_be_passed_on=not closed,
        attribution=tuple(s for s, t in terms.items() if t.attribution),
        reasons=tuple(_reasons(sources, shared, closed, non_commercial)),
    )


def on_the_hub(name: str) -> dict[str, str]:
    """Return how the head of a card names a licence: the Hub knows those of SPDX in small letters.

    https://huggingface.co/docs/hub/repositories-licenses; others are `other`, with a name.
    """
    if name.startswith("LicenseRef"):
        return {"license": "other", "license_name": name.lower()}
    return {"license": name.lower()}


def _terms(source: str, licence: str) -> Terms:
    if licence not in LICENCES:
        raise InputError(
            f"source {source!r}: unknown licence {licence!r}; one of {', '.join(LICENCES)}"
        )
    return LICENCES[licence]


def _refuse_no_derivatives(sources: Mapping[str, str], terms: Mapping[str, Terms]) -> None:
    for source, term in terms.items():
        if term.no_derivatives:
            raise InputError(
                f"source {source!r} is under {sources[source]}: chains about its pictures are "
                f"adaptations, which it forbids; leave it out, or ask its owners"
            )


def _share_alike(sources: Mapping[str, str], terms: Mapping[str, Terms]) -> str:
    names = {LATER.get(sources[s], sources[s]) for s, t in terms.items() if t.share_alike}
    if len(names) > 1:
        who = "; ".join(f"{n}: {_holders(sources, n)}" for n in sorted(names))
        raise InputError(f"licences cannot be mixed: each wants the whole under itself: {who}")
    return names.pop() if names else ""


def _holders(sources: Mapping[str, str], licence: str) -> str:
    return ", ".join(s for s, name in sorted(sources.items()) if LATER.get(name, name) == licence)


def _reasons(
    sources: Mapping[str, str], shared: str, closed: list[str], non_commercial: list[str]
) -> Iterable[str]:
    if shared:
        yield f"share-alike: {_holders(sources, shared)}"
    if non_commercial:
        yield f"non-commercial: {', '.join(non_commercial)}"
    if closed:
        yield f"may not be passed on: {', '.join(closed)}"
