"""`surgchain`: the verbs of pipelines/commands/, bound."""

import os
import sys

import typer

from surgchain.pipelines.commands import profile
from surgchain.pipelines.commands.check import check
from surgchain.pipelines.commands.doctor import doctor
from surgchain.pipelines.commands.draft import draft
from surgchain.pipelines.commands.estimate import estimate
from surgchain.pipelines.commands.frame import frame
from surgchain.pipelines.commands.show import show
from surgchain.pipelines.commands.status import status
from surgchain.pipelines.commands.train import train
from surgchain.pipelines.stages import QUIET
from surgchain.schemas.errors import SurgchainError

UNUSABLE = 2
"""Exit code for what a user can mend; 1 is a verb's own `no`."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Raw surgical videos in, three-level chains of thought that a surgeon can trust out.",
)
app.command()(status)
app.command()(check)
app.command()(draft)
app.command()(estimate)
app.command()(show)
app.command()(frame)
app.command()(doctor)
app.command()(train)
app.add_typer(profile.app, name="profile")


def main() -> None:
    """Run the command line; an error of the user is one clear line and exit code 2."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        app()
    except SurgchainError as error:
        print(f"surgchain: {error}", file=sys.stderr)
        sys.exit(UNUSABLE)
