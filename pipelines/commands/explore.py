"""`surgchain explore`: a round in FiftyOne, and the tags that come back from it."""

import importlib.util
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surgchain.pipelines import explore as room
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import reviews
from surgchain.schemas.errors import InputError

if TYPE_CHECKING:
    from surgchain.pipelines.explore.curation import Tagged

OWN = Path(".venvs/explore/bin/python")


def explore(
    round_name: Annotated[str, typer.Argument(metavar="ROUND", help="r0, r1, ...")] = "r0",
    pull: Annotated[
        bool, typer.Option("--pull", help="Bring the tags back as reviews, and end.")
    ] = False,
    reviewer: Annotated[str, typer.Option(help="Pseudonym of who set the tags.")] = "curator",
    port: Annotated[int, typer.Option(help="Port of the App.")] = 5151,
    work: Annotated[Path, typer.Option(help="Folder of database and pictures.")] = Path(
        "work/explore"
    ),
    embeddings: Annotated[
        bool, typer.Option(help="Also lay chains and frames out as maps (words, colours; PCA).")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Keep the App open until Ctrl-C.")] = True,
) -> None:
    """Build a FiftyOne dataset of a round, with saved views and a panel, and open the App.

    Example: surgchain explore r0, tag some samples, then surgchain explore r0 --pull
    """
    if importlib.util.find_spec("fiftyone") is None:
        _elsewhere()
        return
    from surgchain.pipelines.explore import database, dataset

    project, name = Project(), f"surgchain-{round_name}"
    if wait and not pull and database.answers(port):
        raise InputError(f"port {port} is taken, by an open App perhaps: end it, or give --port")
    database.start(work, Path(room.__path__[0]))
    if pull:
        _pulled(project.curation, dataset.tagged(name), reviewer, round_name)
        return
    from surgchain.pipelines.explore import curation, samples

    known = curation.tags(_snapshot(project.curation), round_name)
    built = dataset.build(name, samples.of_round(project, round_name, work / "pictures"), known)
    print(f"{name}: {len(built):,} chains, {len(built.list_saved_views())} saved views")
    if embeddings:
        from surgchain.pipelines.explore import embeddings as maps

        print(f"maps (+, Embeddings): {', '.join(maps.save(built))}")
    if wait:
        _open(built, port)


def _open(built: object, port: int) -> None:
    import fiftyone as fo
    from fiftyone.core.service import ServiceListenTimeout

    for number in (signal.SIGINT, signal.SIGTERM):  # either ends App and database in order
        signal.signal(number, signal.default_int_handler)
    try:
        session = fo.launch_app(built, remote=True, address="127.0.0.1", port=port, auto=False)
    except ServiceListenTimeout as error:
        raise InputError(
            f"the App did not answer on port {port} within a minute; the machine may be too busy: "
            f"run again, the dataset is made"
        ) from error
    print(f"http://127.0.0.1:{port}  (Ctrl-C ends it; then: surgchain explore --pull)", flush=True)
    try:
        session.wait(-1)
    except KeyboardInterrupt:
        print("closed", flush=True)


def _snapshot(path: Path) -> list[reviews.Reviewed]:
    return reviews.read(path) if path.exists() else []


def _pulled(path: Path, tagged: "list[Tagged] | None", reviewer: str, round_name: str) -> None:
    from surgchain.pipelines.explore import curation

    if tagged is None:
        raise InputError(
            f"no dataset of {round_name} in FiftyOne's database; run `surgchain explore "
            f"{round_name}` first, with the same --work"
        )
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    found = curation.pulled(_snapshot(path), tagged, reviewer, now, round_name)
    reviews.write(path, found.reviewed, "")
    print(
        f"{path}: {found.new:,} new, {found.gone:,} gone, {len(found.reviewed):,} in all; "
        f"{len(tagged):,} chains of {round_name} carry a tag; next: dvc repro"
    )


def _elsewhere() -> None:
    """Run the same command in FiftyOne's own environment."""
    if not OWN.exists():
        raise InputError(
            "fiftyone is not installed: run `make explore-env` (an environment of its own in "
            ".venvs/explore), or pip install 'surgchain[explore]'"
        )
    command = [str(OWN), "-m", "surgchain.pipelines.explore", *sys.argv[2:]]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  (our own words)
    if code:
        raise typer.Exit(code)
