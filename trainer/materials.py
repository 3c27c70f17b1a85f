"""What a checkpoint was made of, written beside its weights: `materials.json` and `README.md`.

One entry a stage, the earlier ones taken over from the model it began with:

{"stage": "coldstart", "round": "r0", "round_id": "round-0d0...", "shards": "<sha256 of manifest>",
 "rows": {"phantom/phase": {"chains": 1312, "own": 0, "questions": 1300}},
 "licence": {"name": "CC0-1.0", "non_commercial": false, "may_be_passed_on": true, ...}}

The licence is that of the round, which the shards carry; the strictest of all stages binds the
weights. Scores are not known here: `surgchain card MODEL` tells them, once it is evaluated.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from surgchain.schemas import shard_manifest
from surgchain.schemas.errors import InputError
from surgchain.trainer import model_folder
from surgchain.trainer.corpus import Corpus
from surgchain.trainer.rows import keys_of

FILE, README, ROUND = "materials.json", "README.md", "round.json"
Stage = dict[str, Any]
UNMEASURED = (
    "Not measured when this was written; `surgchain card` tells them with their intervals, once "
    "the model is evaluated."
)


def of_stage(name: str, shards: Path, found: Corpus) -> Stage:
    """Return what one stage learned from: rows by source and task, the round, its licence."""
    rows: dict[str, Counter[str]] = {}
    for pointer in (*found.chains.pointers, *found.questions.pointers):
        kind, *_, stratum = keys_of(pointer)
        rows.setdefault(stratum, Counter())[kind] += 1
    told = json.loads((shards / ROUND).read_text("utf-8")) if (shards / ROUND).exists() else {}
    return {
        "stage": name,
        "round": told.get("round"),
        "round_id": told.get("round_id"),
        "shards": shard_manifest.sha256_of(shards / shard_manifest.MANIFEST),
        "rows": {stratum: dict(sorted(of.items())) for stratum, of in sorted(rows.items())},
        "licence": told.get("licence"),
    }


def read(folder: Path) -> list[Stage]:
    """Return the stages behind a checkpoint; none where it came from elsewhere."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        stages: list[Stage] = json.loads(path.read_text("utf-8"))["stages"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: cannot be read: {error!r}; train the model again") from error
    return stages


def write(folder: Path, start: Path | None, stage: Stage) -> None:
    """Write both files into a checkpoint folder; `start`: the model that the stage began with."""
    stages = [*(read(start) if start else []), stage]
    text = json.dumps({"stages": stages}, indent=2, sort_keys=True)
    (folder / FILE).write_text(text + "\n", "utf-8")
    (folder / README).write_text(readme(folder, stages), "utf-8")


def readme(folder: Path, stages: list[Stage]) -> str:
    """Return the model card: head, bill of materials, licence."""
    card = model_folder.read_card(folder)
    base = card.settings.path
    terms = binding(stages)
    name = str(terms["name"])
    head = {
        **({"license": name.lower()} if _is_spdx(name) else {"license": "other"}),
        **({"license_name": name.lower()} if not _is_spdx(name) else {}),
        **({"base_model": base} if base else {}),
        "pipeline_tag": "image-text-to-text",
        "tags": ["surgery", "medical", "chain-of-thought"],
    }
    how = "directly" if card.mode == "direct" else "by a chain of three levels, then the answer"
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---",
        f"# {stages[-1]['stage']}",
        f"It answers {how}. It began from {f'`{base}`' if base else 'random weights'}.",
        "## Materials\n\n" + table(stages),
        "## Licence\n\n" + _terms(terms, base),
        f"## Scores\n\n{UNMEASURED}",
        "## Limits\n\nFor research; not for decisions about a patient.",
    ]
    return "\n\n".join(parts) + "\n"


def binding(stages: list[Stage]) -> dict[str, Any]:
    """Return the terms that bind the weights: the strictest of all rounds they learned from."""
    known = [s["licence"] for s in stages if s["licence"]]
    if len(known) < len(stages):
        return {
            "name": "LicenseRef-unknown", "non_commercial": True, "may_be_passed_on": False,
            "reasons": ["a stage learned from shards that say no licence"],
        }  # fmt: skip
    strict = max(known, key=lambda t: (not t["may_be_passed_on"], t["non_commercial"]))
    return {
        "name": strict["name"],
        "non_commercial": any(t["non_commercial"] for t in known),
        "may_be_passed_on": all(t["may_be_passed_on"] for t in known),
        "reasons": sorted({r for t in known for r in t["reasons"]}),
    }


def table(stages: list[Stage]) -> str:
    """Return the rows that each stage learned from, as Markdown."""
    lines = [
        "| stage | round | source/task | chains | own chains | questions |",
        "|---|---|---|---|---|---|",
    ]
    for s in stages:
        for stratum, of in s["rows"].items():
            counts = " | ".join(f"{of.get(kind, 0):,}" for kind in ("chains", "own", "questions"))
            lines.append(f"| {s['stage']} | {s['round'] or 'unknown'} | {stratum} | {counts} |")
    hashes = [
        f"* {s['stage']}: shards `{s['shards'][:16]}`, round `{s['round_id']}`" for s in stages
    ]
    return "\n".join([*lines, "", *hashes])


def _terms(terms: dict[str, Any], base: str | None) -> str:
    lines = [f"{terms['name']}, inherited from what it learned from."]
    lines += [f"* {reason}" for reason in terms["reasons"]]
    lines += ["* **For non-commercial use only.**"] if terms["non_commercial"] else []
    lines += [] if terms["may_be_passed_on"] else ["* **May not be passed on.**"]
    lines += [f"* The weights of `{base}` have a licence of their own."] if base else []
    return "\n".join(lines)


def _is_spdx(name: str) -> bool:
    return not name.startswith("LicenseRef")
