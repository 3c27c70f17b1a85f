"""What may be one corpus: no operation on two sides, no licences that exclude each other.

Judged on what was ingested, before a round is collected: a leak that no source accepts, or an
impossible mix of licences, ends in one line, and nothing is written. Leaks are looked for already
when a source is ingested, against what the other sources of params.yaml declare.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines import params
from surgchain.pipelines.corpus import leaks, licences, shown
from surgchain.pipelines.corpus.leaks import Leak, Shown
from surgchain.pipelines.corpus.licences import CorpusLicence
from surgchain.schemas import tables
from surgchain.schemas.records import Video


class Admitted(NamedTuple):
    """What the cards must say."""

    licence: CorpusLicence
    accepted_leaks: list[Leak]

    def as_json(self) -> dict[str, Any]:
        """Return plain values for round.json."""
        return {
            "licence": self.licence._asdict(),
            "accepted_leaks": [str(leak) for leak in self.accepted_leaks],
        }


def admitted(tables_of_videos: Mapping[str, Path], params_path: Path) -> Admitted:
    """Return the terms of a corpus of {source: videos.parquet}; raise `InputError`."""
    sections = params.read(params_path).get("sources") or {}
    videos: list[Shown] = []
    held: dict[str, str] = {}
    for source, path in sorted(tables_of_videos.items()):
        section = sections.get(source) or {}
        for video in tables.read(path, Video):
            name = video.video_id.partition("/")[2]
            dataset = str(section.get("format", source))
            videos.append(Shown(source, dataset, name, video.surgery_id, video.split))
            held.setdefault(_holder(held, source, video.licence), video.licence)
    accepted = {s for section in sections.values() for s in section.get("accept_leaks", ())}
    return Admitted(licences.combined(held), leaks.refuse(leaks.overlaps(videos), accepted))


def refuse_leaks_of(source: str, videos: Iterable[Video], params_path: Path) -> None:
    """Refuse a source that was read, where it leaks into another one; raise `InputError`.

    The other sources count by the lists of their splits, whether their data is there or not.
    """
    entries = shown.sections(params_path)
    dataset = entries[source].format
    own = [
        Shown(source, dataset, v.video_id.partition("/")[2], v.surgery_id, v.split) for v in videos
    ]
    others = [s for n, e in entries.items() if n != source for s in shown.declared(n, e)]
    accepted = {s for section in entries.values() for s in section.accept_leaks}
    found = leaks.overlaps([*own, *others])
    leaks.refuse([leak for leak in found if leak.names(source)], accepted)


def _holder(held: Mapping[str, str], source: str, licence: str) -> str:
    """Return the source's name, with the licence where its videos are under several."""
    return source if held.get(source, licence) == licence else f"{source} ({licence})"
