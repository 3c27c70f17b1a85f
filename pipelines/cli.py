"""`surgchain`: the verbs of pipelines/commands/, bound."""

import os
import sys
from importlib import import_module

import typer

from surgchain.pipelines import commands
from surgchain.pipelines.stages import QUIET
from surgchain.schemas.errors import SurgchainError

UNUSABLE = 2
"""Exit code for what a user can mend; 1 is a verb's own `no`."""

# In the order of the help page: look, judge, make, learn, review, hand on, tend.
VERBS = (
    "status", "show", "explain", "frame", "report", "explore", "diff",
    "check", "leaks",
    "draft", "estimate", "train", "rounds", "evaluate", "compare",
    "review",
    "card", "export", "rebuild", "withdraw",
    "profile", "doctor",
)  # fmt: skip

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def bind(verb: str) -> None:
    """Bind one file of pipelines/commands/: its `app`, or its function of the same name."""
    module = import_module(f"{commands.__name__}.{verb}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=verb)
    else:
        app.command(verb)(getattr(module, verb))


@app.callback()
def surgchain() -> None:
    """Raw surgical videos in, chains of thought that a surgeon can trust out."""


def main() -> None:
    """Run the command line; an error of the user is one clear line and exit code 2.

    Only the verb that is asked for is imported: `surgchain check` starts in half a second.
    """
    asked = [v for v in VERBS if v in sys.argv[1:2]]
    for verb in asked or VERBS:
        bind(verb)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        app()
    except SurgchainError as error:
        print(f"surgchain: {error}", file=sys.stderr)
        sys.exit(UNUSABLE)
