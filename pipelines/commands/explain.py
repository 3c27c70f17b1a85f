"""`surgchain explain`: where a chain, a row or a checkpoint comes from, and where it went."""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines.corpus import lineage
from surgchain.pipelines.corpus.project import Project

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""


def explain(
    what: Annotated[
        str, typer.Argument(help="A chain id, FILE.arrow:ROW of a shard, or a folder of models/.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Tell the way back to pixel, label, prompt, verdict and people, and on to the weights.

    Example: surgchain explain data/shards/r0/chains-train-00000.arrow:17
    """
    found = explained(Project(), what)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=str))
    else:
        print("\n".join(_model_lines(found) if "model" in found else _lines(found)))


def explained(project: Project, what: str) -> dict[str, Any]:
    """Return the lineage of what an argument names."""
    path, _, row = what.rpartition(":")
    if path.endswith(".arrow") and row.isdecimal():
        return lineage.of_row(project, Path(path), int(row))
    if Path(what).is_dir():
        return lineage.of_model(project, Path(what))
    return lineage.of_chain(project, what)


def shown(text: object) -> str:
    """Return a model's text without the codes that would steer a terminal."""
    return _STEERING.sub(lambda m: f"\\x{ord(m[0]):02x}", str(text))


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [*_text(found), *_pictured(found)]
    if "chain_id" in found:
        return [*lines, *_written(found), *_went(found)]
    return [*lines, *_learnt_by(found)]


def _text(found: dict[str, Any]) -> list[str]:
    text = found.get("text", "").splitlines()
    name = found.get("chain_id", "- (a frame without one)")
    return [_line("chain", name), *(f"{'':12}{shown(t)}" for t in text)]


def _pictured(found: dict[str, Any]) -> list[str]:
    video, frame, scene = (found[k] or {} for k in ("video", "frame", "scene"))
    surgery = f"surgery {video.get('surgery_id')}", f"centre {video.get('centre')}"
    size = f"{frame.get('width')} x {frame.get('height')}"
    known = ", ".join(scene.get("labelled") or ()) or "nothing"
    return [
        _line("video", video.get("video_id"), *surgery, video.get("licence"), video.get("split")),
        _line("", video.get("file"), f"sha256 {video.get('sha256') or 'none: a folder'}"),
        _line("frame", frame.get("frame_id"), f"{frame.get('time_s', 0):.2f} s", size),
        _line("", f"sha256 {frame.get('sha256')}"),
        _line("facts", f"labelled: {known}", f"phase {scene.get('phase')}"),
        *(_line("", place) for place in found["facts_from"]),
    ]


def _written(found: dict[str, Any]) -> list[str]:
    written, verdict, question = found["written"], found["verdict"] or {}, found["question"]
    prompt = f"prompt {written['prompt_sha256'][:16]}" if written.get("prompt_sha256") else ""
    blind = "saw the facts" if written.get("saw_facts") else "did not see the facts"
    state = {True: "passed", False: "rejected", None: "none"}[verdict.get("passed")]
    scores = ", ".join(f"{c} {s:g}" for c, s in (verdict.get("checks") or {}).items())
    who = written["generator"], written.get("model"), f"seed {written.get('seed')}", prompt, blind
    return [
        _line("question", question["task"], shown(question["text"])),
        _line("written by", *who),
        _line("", written["table"]),
        *(_line("ledger", row["file"], f"key {row['key']}") for row in written["ledger"]),
        _line("verdict", state, scores),
        *(
            _line("", f["fault"], f["level"] and f"level {f['level']}", shown(f["reason"]))
            for f in verdict.get("findings") or ()
        ),
    ]


def _went(found: dict[str, Any]) -> list[str]:
    reviews: list[tuple[Any, ...]] = [
        (r.get("kind", "review"), r.get("decision"), r.get("reviewer"), r.get("reviewed_at"))
        for r in found["reviews"]
    ]
    return [
        *(_line("review", *map(shown, filter(None, r))) for r in reviews or [("none",)]),
        *(
            _line("round", r["round"], f"came in with {r['came_in']}", f"by: {r['released_by']}")
            for r in found["rounds"]
        ),
        *(_line("held", f"waits for a person in {r}") for r in found["held_in"]),
        *_learnt_by(found),
    ]


def _learnt_by(found: dict[str, Any]) -> list[str]:
    return [
        *(_line("shard", f"{s['file']}:{s['row']}") for s in found["shards"]),
        *(_line("model", m["model"], f"by {m['stage']}", m["hash"]) for m in found["models"]),
    ]


def _model_lines(found: dict[str, Any]) -> list[str]:
    return [
        _line("model", found["model"], *found["hash"].values()),
        *(_line("run", r["stage"], _read(r["deps"])) for r in found["runs"]),
        *(
            _line(name.rpartition("/")[2], f"{side}: {', '.join(surgeries)}")
            for name, sides in found["learnt_from"].items()
            for side, surgeries in sides.items()
        ),
        *(_line("went into", w["stage"], ", ".join(w["made"])) for w in found["went"]),
        _scored(found["scores"]),
    ]


def _scored(scores: dict[str, Any] | None) -> str:
    if not scores:
        return _line("measured", "not yet")
    figure = "{accuracy:.3f} [{low:.3f}, {high:.3f}] of {n:,} questions".format(**scores)
    return _line("measured", f"right {figure}")


def _read(deps: dict[str, str]) -> str:
    """Name what a run read with its hash; of the code, only how many files and folders."""
    made = {d: md5 for d, md5 in deps.items() if d.startswith(("data/", "models/", "reviews/"))}
    named = ", ".join(f"{d} {md5[:8]}" for d, md5 in made.items())
    return f"of {named or 'nothing'}, and {len(deps) - len(made)} of code"


def _line(name: str, *parts: object) -> str:
    return f"{name:12}" + " · ".join(str(p) for p in parts if p)
