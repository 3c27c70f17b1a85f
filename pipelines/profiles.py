"""Profiles: whole params files, and the lists of dvc.yaml that follow from their sources.

A profile may name places by environment variable, with a default, as in
`${SURGCHAIN_REAL:-../shared/real}`. The names are resolved when it is put in place, so that
params.yaml says what was really read.
"""

import os
import re
from pathlib import Path

from surgchain.pipelines import params
from surgchain.pipelines.files import whole_file
from surgchain.schemas.errors import InputError, ParamsError

FOLDER = Path("profiles")
DVC_FILE = Path("dvc.yaml")
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")
_BLOCK = re.compile(
    r"^(?P<indent> *)# sources: begin(?P<paths>[^\n]*)\n"
    r"(?:(?!^ *# sources: end).*\n)*^ *# sources: end\n",
    re.MULTILINE,
)


def available(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of the profiles of a project."""
    return tuple(sorted(p.stem for p in folder.glob("*.yaml")))


def use(name: str, folder: Path = FOLDER) -> None:
    """Put a profile in place as params.yaml, and bring dvc.yaml in line with its sources."""
    if name not in available(folder):
        known = ", ".join(available(folder)) or "none here: run in the project's folder"
        raise InputError(
            f"no profile named {name!r}; one of {known}; or write profiles/{name}.yaml"
        )
    text = resolved((folder / f"{name}.yaml").read_text(encoding="utf-8"), name)
    with whole_file(params.DEFAULT_PATH) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    sync()


def resolved(text: str, name: str) -> str:
    """Replace `${NAME:-default}` by the environment's value; raise where neither is given."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1], match[2])
        if found is None:
            raise ParamsError(f"profiles/{name}.yaml: set the environment variable {match[1]}")
        return found

    return _VARIABLE.sub(value, text)


def sync(dvc_file: Path = DVC_FILE, params_file: Path = params.DEFAULT_PATH) -> bool:
    """Write the source lists of dvc.yaml from params.yaml; return whether anything changed."""
    before = dvc_file.read_text(encoding="utf-8")
    after = with_sources(before, sorted(params.read(params_file).get("sources") or {}))
    if after != before:
        with whole_file(dvc_file) as unfinished:
            unfinished.write_text(after, encoding="utf-8")
    return after != before


def with_sources(text: str, sources: list[str]) -> str:
    """Return dvc.yaml with every marked list made anew: each path pattern for each source."""

    def block(match: re.Match[str]) -> str:
        indent, patterns = match["indent"], match["paths"].split()
        lines = [f"{indent}- {p.format(s)}\n" for s in sources for p in patterns]
        head = f"{indent}# sources: begin{match['paths']}\n"
        return f"{head}{''.join(lines)}{indent}# sources: end\n"

    return _BLOCK.sub(block, text)
