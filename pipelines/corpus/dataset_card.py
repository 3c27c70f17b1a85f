"""The card of a release for people and the Hugging Face Hub: README.md with its YAML head."""

from collections.abc import Mapping
from typing import Any

import yaml

from surgchain.pipelines.corpus import licences, release
from surgchain.pipelines.corpus.card import Card
from surgchain.pipelines.corpus.markdown import counted, plain, table
from surgchain.pipelines.corpus.model_card import leaks_told

LICENCE = "LICENSE.md"
"""The name under which the Hub looks for a licence's text."""
Sizes = Mapping[str, Mapping[str, int]]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_NAMES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "n>1M")


def readme(card: Card, sizes: Sizes | None = None) -> str:
    """Return the card as README.md with its YAML head; `sizes`: bytes of each config and split."""
    head = yaml.safe_dump(_head(card, sizes), sort_keys=False, allow_unicode=True)
    sections = [
        f"# {plain(card.title)}, round {card.name}",
        _what(card),
        _loading(card),
        _funnel(card),
        _people(card),
        f"## Licence\n\n{_licence(card)}",
        "## Leaks\n\n" + leaks_told(tuple(plain(leak) for leak in card.accepted_leaks)),
        "## Citations\n\n" + "\n".join(f"* {plain(c)}" for c in card.cites),
        _removals(card),
        _limits(card),
    ]
    return f"---\n{head}---\n\n" + "\n\n".join(s for s in sections if s) + "\n"


def _head(card: Card, sizes: Sizes | None) -> dict[str, Any]:
    licence = licences.on_the_hub(card.licence.name)
    if licence["license"] == "other":
        licence["license_link"] = LICENCE
    return {
        **licence,
        "pretty_name": f"{card.title} {card.name}",
        "language": ["en"],
        "task_categories": ["visual-question-answering", "image-text-to-text"],
        "tags": ["surgery", "medical", "chain-of-thought", *sorted(card.procedures)],
        "annotations_creators": ["expert-generated" if card.reviewed else "machine-generated"],
        "source_datasets": ["original"],
        "size_categories": [_NAMES[sum(card.chains >= s for s in SIZES)]],
        "configs": [_config(c, card, default=c == "default") for c in ("default", "metadata")],
        "dataset_info": [_info(c, card, (sizes or {}).get(c)) for c in ("default", "metadata")],
    }


def _config(name: str, card: Card, *, default: bool) -> dict[str, Any]:
    files = [{"split": s, "path": f"{name}/{s}-*.parquet"} for s in card.splits]
    return {"config_name": name, "data_files": files, **({"default": True} if default else {})}


def _info(name: str, card: Card, sizes: Mapping[str, int] | None) -> dict[str, Any]:
    schemas = {
        "default": release.DEFAULT if card.pixels else release.REFERENCES,
        "metadata": release.METADATA,
    }
    info = {"config_name": name, "features": [_feature(n) for n in schemas[name].names]}
    if sizes is None:
        return info
    splits = [{"name": s, "num_bytes": sizes[s], "num_examples": n} for s, n in card.splits.items()]
    total = sum(sizes.values())
    return {**info, "splits": splits, "download_size": total, "dataset_size": total}


def _feature(name: str) -> dict[str, Any]:
    if name == "messages":
        parts = [{"name": "role", "dtype": "string"}, {"name": "content", "dtype": "string"}]
        return {"name": name, "list": parts}
    return {"name": name, "dtype": "image" if name == "image" else "string"}


def _what(card: Card) -> str:
    tasks = ", ".join(f"{t} {n:,}" for t, n in card.tasks.items())
    sides = ", ".join(f"{s} {n:,}" for s, n in card.splits.items())
    patients = ", ".join(f"{s} {n:,}" for s, n in card.surgeries.items())
    pictures = "Pictures are inside." if card.pixels else (
        "**Pictures are not inside**: each row names its frame and the hash of its picture; "
        "`surgchain rebuild` takes them from your own copy of the videos and proves every one."
    )  # fmt: skip
    return (
        f"Three-level chains of thought about surgical video frames: what is seen (with boxes), "
        f"what is done, what it means, and the answer that follows. {card.chains:,} chains "
        f"({sides}); by task: {tasks}. Surgeries ingested: {patients}. {pictures} Id of the round: "
        f"`{card.round_id}`."
    )


def _loading(card: Card) -> str:
    split = next(iter(card.splits), "train")
    return (
        "## Loading\n\n```python\nfrom datasets import load_dataset\n\n"
        f'rows = load_dataset("PATH", split="{split}")                # messages, picture, answer\n'
        f'all = load_dataset("PATH", "metadata", split="{split}")     # scene, verdict, lineage\n'
        "```\n\nBoxes in text are integers 0..1000 of the frame. `surgchain explain CHAIN_ID` "
        "leads from any row back to video, label line, prompt, verdict and person. What a "
        "datasheet asks is answered in [DATASHEET.md](DATASHEET.md)."
    )


def _funnel(card: Card) -> str:
    return f"## How it was made\n\n{funnel(card)}"


def funnel(card: Card) -> str:
    """Return the counts from videos to rounds, rejects by fault, and the planted ones found."""
    steps = ("videos", "frames", "questions", "drafts")
    rows = [(name, card.funnel[name]) for name in steps]
    rows += [
        ("rejected by a checker", sum(card.funnel["rejected"].values())),
        ("held for a person", card.funnel["held"]),
        ("accepted into r0", card.funnel["accepted"]),
        *(
            (f"written back by the model in {r}", h["out"])
            for r, h in card.funnel["harvest"].items()
        ),
    ]
    measured = planted(card)
    faults = ", ".join(f"{f} {n:,}" for f, n in sorted(card.funnel["rejected"].items()))
    return f"{table(('', 'number'), rows)}\n\nRejected, by fault: {faults or 'none'}." + (
        f"\n\n{measured}" if measured else ""
    )


def planted(card: Card) -> str:
    """Return how many planted faults the checkers named; nothing where none was planted."""
    found, number = (sum(p[k] for p in card.funnel["planted"].values()) for k in ("found", "n"))
    measured = (
        f"The checkers were measured on faults planted on purpose: they named {found:,} of "
        f"{number:,}."
    )
    return measured if number else ""


def _people(card: Card) -> str:
    return f"## Release and review\n\n{people(card)}"


def people(card: Card) -> str:
    """Return how chains got in, what people saw, and where each audited stratum stands."""
    how = ", ".join(f"{k} {n:,}" for k, n in card.released_by.items())
    share = card.reviewed / card.chains if card.chains else 0.0
    warning = (
        f" **{card.unseen:,} chains entered without a person having seen them**, on the word of "
        "the checkers alone; do not rely on them in care." if card.unseen else ""
    )  # fmt: skip
    strata = card.release["strata"]
    state = table(
        ("stratum", "seen of its audit", "accepted", "lower bound", "released"),
        [
            (
                plain(n),
                s["seen"],
                s["accepted"],
                f"{s['bound']:.3f}",
                "yes" if s["released"] else "no",
            )
            for n, s in strata.items()
        ],
    )
    rule = (
        f"Release: {card.release['policy']}; a stratum is released when the lower bound of its "
        f"acceptance rate, at {card.release['confidence']:.0%} confidence, reaches "
        f"{card.release['at']:g}. Held for a person: {card.funnel['held']:,}."
    )
    return (
        f"Got in as: {how or 'nothing'}. Seen by a person: "
        f"{card.reviewed:,} of {card.chains:,} ({share:.1%}), by {card.reviewers:,} people."
        f"{warning} Written by: {counted(card.generators.items())}.\n\n{rule}\n\n"
        f"{state if strata else 'No stratum has been audited by people yet.'}"
    )


def licence_page(card: Card) -> str:
    """Return what a release is under as a page of its own."""
    return f"# Licence of {plain(card.title)}, round {card.name}\n\n{_licence(card)}\n"


def _licence(card: Card) -> str:
    lines = [f"* {s}: {name}" for s, name in card.sources.items()]
    lines += [f"* {plain(reason)}" for reason in card.licence.reasons]
    return f"{card.licence.name}, computed from the sources:\n\n" + "\n".join(lines)


def _removals(card: Card) -> str:
    return (
        "## Removals\n\nA patient may leave at any time (write to "
        f"{plain(card.publisher.contact)}); the next version is built without the surgery, and "
        f"older ones should be deleted.\n\n{removals(card)}"
    )


def removals(card: Card) -> str:
    """Return the ledger of the surgeries that left."""
    rows = [(plain(w.surgery_id), w.withdrawn_at, plain(w.reason)) for w in card.withdrawn]
    return table(("surgery", "left", "why"), rows) if rows else "None so far."


def _limits(card: Card) -> str:
    seen = "human" in card.released_by or "audited" in card.released_by
    drafted = "" if seen else " No chain was written or corrected by a surgeon."
    return (
        "## Limits\n\nFor research on models that explain themselves; not for decisions about a "
        "patient. What a dataset does not label is unknown, and chains say nothing checked about "
        f"it.{drafted}"
    )
