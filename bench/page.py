"""Make docs/benchmarks.md from metrics/bench/*.json: no figure there is typed by hand."""

import json
from pathlib import Path

HEAD = """# Benchmarks

Made by `make bench-page` from `metrics/bench/*.json`; each table by the command above it, on a
machine with 2 shared cores, 24 GiB and no GPU. Times on such a machine vary by a factor of two:
read ratios before seconds. The planted chains of `make bench-checkers` come from the hand that
wrote the reader, so that its recall is an upper bound: [checkers.md](checkers.md) has first-sight
figures.
"""


def table(path: Path) -> str:
    """Return one benchmark as a Markdown section."""
    lines = [
        f"\n## `make bench-{path.stem}`\n",
        "| what | value | goal | | n | beside |",
        "|---|---|---|---|---|---|",
    ]
    for row in json.loads(path.read_text(encoding="utf-8")):
        peers = "; ".join(f"{peer} {value:,.4g}" for peer, value in row["beside"].items())
        state = ("met" if row["ok"] else "**missed**") if row["goal"] else ""
        value = f"{row['value']:,.4g} {row['unit']}".strip()
        lines.append(
            f"| {row['name']} | {value} | {row['goal']} | {state} | {row['n']:,} | {peers} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    tables = [table(p) for p in sorted(Path("metrics/bench").glob("*.json"))]
    Path("docs/benchmarks.md").write_text(HEAD + "".join(tables), encoding="utf-8")
