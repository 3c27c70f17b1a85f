"""Lineage: from a chain back to the pixel and the label, and on to the weights that learnt it.

Nothing is kept for it: the tables of the path and dvc.lock are looked up, by key, on disk.
"""

from pathlib import Path
from typing import Any

from surgchain.pipelines import params
from surgchain.pipelines.corpus import file_hashes, label_places, ledger_rows, locked, lookup
from surgchain.pipelines.corpus.project import Project, Written
from surgchain.pipelines.files import read_json
from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Example, Verdict

Values = dict[str, Any]


def of_chain(project: Project, chain_id: str) -> Values:
    """Return all that is known of a chain; raise `InputError` where there is no such chain."""
    rounds = _rounds(project, chain_id)
    chain, verdict, where = _chain(project, chain_id, rounds)
    back = of_frame(project, chain.frame_id)
    shards = _shards(project, chain_id)
    origin = chain.provenance
    return {
        "chain_id": chain_id,
        "text": chain.text,
        "question": chain.question.model_dump(mode="json"),
        **back,
        "written": {
            "table": where,
            **(origin.model_dump(mode="json") if origin else {"generator": "foreign"}),
            "ledger": _ledger(project, chain),
        },
        "verdict": verdict.model_dump(mode="json") if verdict else None,
        "reviews": _reviews(project, chain_id),
        "rounds": [
            {"round": name, "came_in": e.round, "released_by": e.released_by, "split": e.split}
            for name, e in rounds.items()
        ],
        "held_in": [r for r in project.rounds() if _is_held(project, r, chain_id)],
        "shards": shards,
        "models": trained_on(project, sorted({s["round"] for s in shards})),
    }


def of_frame(project: Project, frame_id: str) -> Values:
    """Return video, frame and facts of a frame; what is not there (any more) is None."""
    video_id = frame_id.rpartition("/")[0]
    source = frame_id.partition("/")[0]
    video = lookup.first(project.ingested(source, "videos"), "video_id", video_id)
    scene = lookup.first(project.ingested(source, "scenes"), "frame_id", frame_id)
    frame = lookup.first(project.frame_index(source), "frame_id", frame_id)
    place = _place(project, source, video)
    return {
        "video": video and {**video, **place},
        "frame": frame,
        "scene": scene,
        "facts_from": _facts_from(project, source, frame_id),
    }


def of_row(project: Project, path: Path, number: int) -> Values:
    """Return the lineage of a row of a shard; of a row of frames, that of its frame."""
    name, found = _named(path, number)
    if name == "chain_id":
        return of_chain(project, found)
    place = {"round": path.parent.name, "file": str(path), "row": number}
    return {
        "frame_id": found,
        **of_frame(project, found),
        "shards": [place],
        "models": trained_on(project, [path.parent.name]),
    }


def _named(path: Path, number: int) -> tuple[str, str]:
    """Return the key of a row of a shard, and its value."""
    import pyarrow as pa

    rest = number
    try:
        with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
            for batch in stream:
                if rest < batch.num_rows:
                    name = "chain_id" if "chain_id" in batch.schema.names else "frame_id"
                    return name, batch.column(name)[rest].as_py()
                rest -= batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as a shard: {error}") from error
    raise InputError(f"{path}: has fewer rows")


def of_model(project: Project, folder: Path) -> Values:
    """Return the way of a checkpoint: every run that led to it, what it learnt from, what it made.

    The way on: what was harvested with it, what learnt from it, and how it was measured.
    """
    found = locked.runs(project.root / "dvc.lock")
    path = _relative(folder, project)
    reached = locked.before(found, path)
    if not reached:
        raise InputError(f"{folder}: no run in {project.root / 'dvc.lock'} wrote it")
    shards = sorted({d for r in reached for d in r.deps if d.startswith("data/shards/")})
    surgeries = {s.rpartition("/")[2]: _surgeries(project.root / s) for s in shards}
    return {
        "model": path,
        "hash": reached[0].outs,
        "runs": [r._asdict() for r in reached],
        "learnt_from": surgeries,
        "went": [{"stage": r.stage, "made": r.outs} for r in locked.following(found, path)],
        "scores": _scores(project, path),
    }


def _scores(project: Project, model: str) -> Values | None:
    """Return how a checkpoint was measured; None where it was not."""
    name = model.removeprefix("models/").replace("/", "@")
    path = project.root / "metrics" / "evaluate" / f"{name}.json"
    if not path.exists():
        return None
    found = read_json(path)
    return {k: found[k] for k in ("accuracy", "low", "high", "n") if k in found}


def trained_on(project: Project, rounds: list[str]) -> list[Values]:
    """Return the models that were made of the shards of rounds, through whatever steps."""
    found = locked.runs(project.root / "dvc.lock")
    reached = {
        run.stage: run for name in rounds for run in locked.following(found, f"data/shards/{name}")
    }
    return [
        {"model": out, "stage": run.stage, "hash": md5}
        for run in sorted(reached.values(), key=found.index)
        for out, md5 in run.outs.items()
        if out.startswith("models/")
    ]


def _relative(folder: Path, project: Project) -> str:
    try:
        return folder.resolve().relative_to(project.root.resolve()).as_posix()
    except ValueError:
        return folder.as_posix()


def _surgeries(shards: Path) -> dict[str, list[str]]:
    """Return the surgeries of a folder of shards by split; empty where it is gone."""
    path = shards / shard_manifest.INDEX
    if not path.exists():
        return {}
    pairs = lookup.opened(path).read(columns=["split", "surgery_id"])
    unique = pairs.group_by(["split", "surgery_id"]).aggregate([]).to_pylist()
    return {
        side: sorted(p["surgery_id"] for p in unique if p["split"] == side)
        for side in sorted({p["split"] for p in unique})
    }


def _rounds(project: Project, chain_id: str) -> dict[str, Example]:
    found: dict[str, Example] = {}
    for name in project.rounds():
        path = project.examples(name)
        row = lookup.first(path, "chain.chain_id", chain_id)
        if row:
            found[name] = tables.from_row(Example, row, str(path))
    return found


def _chain(
    project: Project, chain_id: str, rounds: dict[str, Example]
) -> tuple[Chain, Verdict | None, str]:
    for written in project.written():
        found = lookup.places(written.chains, "chain_id", chain_id)
        if found:
            where = f"{written.chains}: row {found[0]}"
            example = next(iter(rounds.values()), None)
            if example:  # its row is read already
                return example.chain, example.verdict, where
            row = lookup.row(written.chains, found[0])
            chain = tables.from_row(Chain, row, str(written.chains))
            return chain, _verdict(written, chain_id), where
    for name, example in rounds.items():
        return example.chain, example.verdict, f"{project.examples(name)} (an edit)"
    raise InputError(
        f"{chain_id}: no such chain in {project.data}/drafts, harvest or rounds; a chain has an id "
        f"like c-0123456789abcdef, which every row of a shard carries"
    )


def _verdict(written: Written, chain_id: str) -> Verdict | None:
    row = lookup.first(written.verdicts, "chain_id", chain_id)
    return tables.from_row(Verdict, row, str(written.verdicts)) if row else None


def _is_held(project: Project, name: str, chain_id: str) -> bool:
    path = project.examples(name).with_name("held.parquet")
    return path.exists() and bool(lookup.places(path, "chain_id", chain_id))


def _reviews(project: Project, chain_id: str) -> list[Values]:
    return [
        {k: v for k, v in lookup.row(path, n).items() if v is not None}
        for path in [*project.reviews(), *filter(Path.exists, [project.curation])]
        if "chain_id" in lookup.opened(path).schema_arrow.names
        for n in lookup.places(path, "chain_id", chain_id)
    ]


def _shards(project: Project, chain_id: str) -> list[Values]:
    found = []
    for path in sorted((project.data / "shards").glob(f"*/{shard_manifest.INDEX}")):
        for number in lookup.places(path, "chain_id", chain_id):
            row = lookup.row(path, number)
            file = str(path.parent / row["shard"])
            found.append({"round": path.parent.name, "file": file, "row": row["row"]})
    return found


def _place(project: Project, source: str, video: Values | None) -> Values:
    if video is None:
        return {}
    path = _root(project, source) / video["path"]
    return {
        "file": str(path),
        "sha256": file_hashes.of(path, project.root / "work") if path.is_file() else "",
    }


def _root(project: Project, source: str) -> Path:
    section = (params.read(project.params).get("sources") or {}).get(source) or {}
    return project.root / str(section.get("root", ""))


def _facts_from(project: Project, source: str, frame_id: str) -> list[str]:
    section = (params.read(project.params).get("sources") or {}).get(source) or {}
    _, _, rest = frame_id.partition("/")
    video, _, index = rest.rpartition("/")
    if not index.isdecimal():
        return []
    root = _root(project, source)
    return label_places.places(str(section.get("format", "")), root, video, int(index))


def _ledger(project: Project, chain: Chain) -> list[Values]:
    """Return the rows of the ledgers that hold the answer; the embedded teacher asks nobody."""
    if not (chain.provenance and chain.provenance.prompt_sha256):
        return []
    found = sorted((project.root / "work" / "draft").rglob("*.sqlite"))
    return [dict(row) for row in ledger_rows.holding(found, chain.text)]
