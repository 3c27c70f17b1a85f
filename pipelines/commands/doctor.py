"""`surgchain doctor`: what this machine has, and the command that mends what it lacks."""

import importlib.metadata
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from surgchain.pipelines import params, sections
from surgchain.schemas.errors import SurgchainError

NEEDED = ("torch", "transformers", "trl", "datasets", "polars", "pyarrow", "av", "dvc")
OPTIONAL = {"dask": "dask", "fiftyone": "explore", "label-studio-sdk": "review"}
PROGRAMS = {"git": "git", "ffmpeg": "ffmpeg", "chromium": "chromium"}
PORTS = {8080: "Label Studio", 5151: "FiftyOne", 8000: "vLLM"}
DISK_GB = 10
GIGABYTE = 1e9


class Part(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    mend: str
    """The command that mends it; empty where nothing is to be done."""
    needed: bool
    """Whether the default path fails without it."""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Look at Python, packages, disk, ports, params.yaml and optional parts.

    Exit code 1 where a needed part is missing. Example: surgchain doctor --json
    """
    parts = [
        *_python(),
        *_packages(),
        *_params(),
        *_sources(),
        *_disk(),
        *_programs(),
        *_ports(),
        *_engines(),
        *_label_studio(),
    ]
    if as_json:
        print(json.dumps([p._asdict() for p in parts], indent=2))
    else:
        Console().print(_table(parts))
    if any(p.needed and not p.ok for p in parts):
        raise typer.Exit(1)


def _python() -> Iterator[Part]:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 12)
    yield Part("python", ok, version, "" if ok else "install Python 3.11, then: make setup", True)


def _packages() -> Iterator[Part]:
    for name in NEEDED:
        yield _package(name, "make setup", needed=True)
    for name, extra in OPTIONAL.items():
        yield _package(name, f"pip install -e '.[{extra}]'", needed=False)


def _package(name: str, mend: str, *, needed: bool) -> Part:
    try:
        return Part(name, True, importlib.metadata.version(name), "", needed)
    except importlib.metadata.PackageNotFoundError:
        return Part(name, False, "missing", mend, needed)


def _params() -> Iterator[Part]:
    try:
        sections.validate(params.DEFAULT_PATH)
    except SurgchainError as error:
        yield Part(
            "params.yaml", False, str(error), "mend the key, or: surgchain profile use demo", True
        )
    else:
        yield Part("params.yaml", True, "every key is known", "", True)


def _sources() -> Iterator[Part]:
    try:
        values = params.read()
    except SurgchainError:
        return  # said of params.yaml already
    rendered = {f"data/raw/{name}" for name in values.get("phantoms") or {}}
    for name, source in (values.get("sources") or {}).items():
        root = str(source.get("root"))
        ok = root in rendered or Path(root).is_dir()
        mend = "" if ok else f"put the dataset at {root}, or set sources.{name}.root in params.yaml"
        yield Part(f"source {name}", ok, root if ok else f"no folder {root}", mend, True)


def _disk() -> Iterator[Part]:
    free = shutil.disk_usage(Path.cwd()).free / GIGABYTE
    mend = "" if free >= DISK_GB else "free some space: dvc gc -w"
    yield Part("disk", free >= DISK_GB, f"{free:.0f} GB free", mend, True)


def _programs() -> Iterator[Part]:
    for program, package in PROGRAMS.items():
        found = shutil.which(program)
        mend = "" if found else f"apt-get install {package}"
        yield Part(program, bool(found), found or "missing", mend, program == "git")


def _ports() -> Iterator[Part]:
    for port, service in PORTS.items():
        with socket.socket() as probe:
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        state = "in use" if taken else "free"
        yield Part(f"port {port}", True, f"{state} ({service})", "", False)


def _engines() -> Iterator[Part]:
    command = os.environ.get("SURGCHAIN_VLLM")
    mend = "" if command else "export SURGCHAIN_VLLM=/path/to/an/environment/with/vllm"
    yield Part("vllm", bool(command), command or "SURGCHAIN_VLLM is not set", mend, False)


def _label_studio() -> Iterator[Part]:
    """Look at the hospital's server where one is named, else at the environment of our own."""
    from surgchain.annotators.label_studio import environment
    from surgchain.pipelines.reviewing.desk import Desk

    url = os.environ.get("SURGCHAIN_LABEL_STUDIO")
    if not url:
        found = environment.ready()
        mend = "" if found else "surgchain review serve"
        where = str(environment.FOLDER) if found else "SURGCHAIN_LABEL_STUDIO is not set"
        yield Part("label-studio", found, where, mend, False)
        return
    try:
        with Desk().client(url) as client:
            yield Part("label-studio", True, f"account {client.whoami()['id']} of {url}", "", False)
    except SurgchainError as error:
        yield Part("label-studio", False, str(error), "see docs/reviewing.md", False)


def _table(parts: list[Part]) -> Table:
    table = Table(title="surgchain doctor")
    for head in ("part", "", "found", "mend"):
        table.add_column(head, overflow="fold")
    for part in parts:
        mark = "[green]ok[/]" if part.ok else ("[red]missing[/]" if part.needed else "optional")
        table.add_row(part.name, mark, escape(part.found), escape(part.mend))
    return table
