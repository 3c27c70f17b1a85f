"""The card for programs: Croissant 1.1 with its RAI terms (mlcommons.org/croissant, NeurIPS).

A record set is a file: `default_train_00000`. Validated by mlcroissant in the tests.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus import release
from surgchain.pipelines.corpus.card import Card
from surgchain.schemas.shard_manifest import sha256_of

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_CR = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject",
    "fileSet", "format", "includes", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
    "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
    "transform", "containedIn", "isArray", "arrayShape",
)  # fmt: skip
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "isLiveDataset": "cr:isLiveDataset",
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{word: f"cr:{word}" for word in _CR},
}
_SPDX = "https://spdx.org/licenses/"


def describe(card: Card, folder: Path, made: datetime) -> dict[str, Any]:
    """Return the Croissant description of a release folder."""
    files = sorted(folder.glob("*/*.parquet"))
    who = card.publisher
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": f"{card.title}-{card.name}",
        "description": (
            f"{card.chains} three-level chains of thought about surgical video frames, round "
            f"{card.name}, id {card.round_id}."
        ),
        "conformsTo": CONFORMS_TO,
        "license": _licence(card),
        **({"url": who.url} if who.url else {}),
        "version": who.version,
        "datePublished": made.astimezone(UTC).date().isoformat(),
        "citeAs": "; ".join(card.cites),
        "creator": {"@type": "sc:Organization", "name": who.creator},
        "publisher": {"@type": "sc:Organization", "name": who.creator},
        "inLanguage": "en",
        "keywords": ["surgery", "chain of thought", *card.tasks, *card.procedures],
        "isLiveDataset": False,
        **_rai(card),
        "distribution": [_file(folder, path) for path in files],
        "recordSet": [_records(folder, path, card) for path in files],
    }


def _licence(card: Card) -> str:
    name = card.licence.name
    return name if name.startswith("LicenseRef") else f"{_SPDX}{name}.html"


def _rai(card: Card) -> dict[str, Any]:
    funnel = card.funnel
    removed = [f"{w.surgery_id} left {w.withdrawn_at}" for w in card.withdrawn]
    return {
        "rai:dataCollection": (
            f"{funnel['videos']} recordings of operations, {funnel['frames']} labelled frames, "
            f"sources: {', '.join(card.sources) or 'none'}."
        ),
        "rai:dataCollectionMissingData": "A facet that a dataset does not label is unknown.",
        "rai:dataCollectionRawData": "Videos stay with their owners; each row names its frame.",
        "rai:dataImputationProtocol": "None: nothing unknown is filled in.",
        "rai:dataPreprocessingProtocol": [
            f"Left out of the frames: {_refused(card, 'frames') or 'nothing'}.",
            f"Left out of the labels: {_refused(card, 'ingest') or 'nothing'}.",
        ],
        "rai:dataAnnotationPlatform": ["Label Studio"] if card.reviewed else [],
        "rai:annotationsPerItem": (
            f"One chain an item; {card.reviewed} of {card.chains} reviewed, by {card.reviewers} "
            "people in all."
        ),
        "rai:dataAnnotationAnalysis": _audited(card),
        "rai:dataCollectionType": ["Secondary Data Analysis", "Software Collection"],
        "rai:dataAnnotationProtocol": (
            f"Chains are written by {', '.join(card.generators) or 'nobody'}, judged by checkers "
            f"against the datasets' labels, and reviewed by people in a sample: {card.reviewed} of "
            f"{card.chains} were seen by a person."
        ),
        "rai:machineAnnotationTools": [f"{g} ({n} chains)" for g, n in card.generators.items()],
        "rai:dataManipulationProtocol": "Frames at the labelled times, JPEG; no identity kept.",
        "rai:dataBiases": [
            f"Tasks: {', '.join(f'{t} {n}' for t, n in card.tasks.items())}.",
            f"Operations by centre: {', '.join(f'{c} {n}' for c, n in card.centres.items())}.",
            f"Operations by kind: {', '.join(f'{p} {n}' for p, n in card.procedures.items())}.",
        ],
        "rai:dataLimitations": [
            f"{card.unseen} of {card.chains} chains entered without a person having seen them.",
            "A facet that a dataset does not label is unknown.",
        ],
        "rai:dataUseCases": ["Research on vision-language models that explain their answers."],
        "rai:dataSocialImpact": "Not for decisions about a patient.",
        "rai:personalSensitiveInformation": (
            "Video from inside the body; frames outside of it are refused. No names, no dates."
        ),
        "rai:dataReleaseMaintenancePlan": (
            "A patient may leave: the next version is built without the surgery. "
            f"Removals: {'; '.join(removed) or 'none'}."
        ),
    }


def _refused(card: Card, stage: str) -> str:
    reasons = card.funnel["refused"].get(stage, {})
    return ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items()))


def _audited(card: Card) -> list[str]:
    """Return where each audited stratum stands."""
    return [
        f"{name}: {s['accepted']} of {s['seen']} accepted, lower bound {s['bound']:.3f}, "
        f"{'released' if s['released'] else 'not released'}"
        for name, s in card.release["strata"].items()
    ]


def _id(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _file(folder: Path, path: Path) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": _id(folder, path),
        "name": _id(folder, path),
        "contentUrl": _id(folder, path),
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256_of(path),
    }


def _records(folder: Path, path: Path, card: Card) -> dict[str, Any]:
    config = path.parent.name
    name = f"{config}_{path.stem}".replace("-", "_")
    default = release.DEFAULT if card.pixels else release.REFERENCES
    columns = (default if config == "default" else release.METADATA).names
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"Config {config}, {path.stem}.",
        "key": {"@id": f"{name}/chain_id"},
        "field": [_field(name, _id(folder, path), c) for c in columns if c != "messages"],
    }


def _field(records: str, file: str, column: str) -> dict[str, Any]:
    picture = column == "image"
    extract: dict[str, Any] = {"fileObject": {"@id": file}, "extract": {"column": column}}
    if picture:
        extract["transform"] = {"jsonPath": "bytes"}
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{column}",
        "name": column,
        "dataType": "sc:ImageObject" if picture else "sc:Text",
        "source": extract,
    }
