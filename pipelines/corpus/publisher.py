"""Who passes a release on: what no stage can count, from the section `card` of params.yaml.

card: {creator: "University Hospital X", contact: "data@x.example"}
"""

from pathlib import Path

from surgchain.pipelines import params
from surgchain.schemas.errors import ParamsError

SECTION = "card"
WHAT = {
    "creator": "who made and publishes the corpus",
    "contact": "whom a patient or a user can reach",
}


class Publisher(params.Section):
    """Section `card`."""

    creator: str = ""
    """Who made and publishes the corpus; needed for a card."""
    contact: str = ""
    """Address of whom a patient or a user can reach; needed for a card."""
    title: str = "surgchain"
    """Name of the dataset; the round is added."""
    url: str = ""
    """Page of the dataset; empty: none yet."""
    funding: str = ""
    """Who paid; empty: not said."""
    consent: str = ""
    """How the patients agreed, and what board approved it; empty: as the sources' papers say."""
    version: str = "1.0.0"
    """Of the release (semver.org)."""


def of(path: Path) -> Publisher:
    """Return the publisher; raise `ParamsError` that names what is missing, and where."""
    found = params.parse(SECTION, Publisher, params.read(path).get(SECTION), path)
    for name, what in WHAT.items():
        if not getattr(found, name).strip():
            raise ParamsError(
                f"{path}: {SECTION}.{name} is missing: {what}; write it there: "
                f"`{SECTION}: {{{', '.join(f'{n}: ...' for n in WHAT)}}}`"
            )
    return found
