"""`surgchain profile use|list|sync`: whole params files, put in place."""

from typing import Annotated

import typer

from surgchain.pipelines import profiles

app = typer.Typer(
    no_args_is_help=True,
    help="""Whole params files: list them, put one in place.

    Example: surgchain profile use cholect50-sample && dvc repro""",
)


@app.command("list")
def list_() -> None:
    """List the profiles of this project, with what each says of itself."""
    for name in profiles.available():
        first = (profiles.FOLDER / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")[0]
        print(f"{name:20} {first.lstrip('# ')}")


@app.command()
def use(name: Annotated[str, typer.Argument(help="A name that `profile list` shows.")]) -> None:
    """Put profiles/NAME.yaml in place as params.yaml, and bring dvc.yaml in line."""
    profiles.use(name)
    print(f"params.yaml is now the profile {name}; next: dvc repro")


@app.command()
def sync() -> None:
    """Bring the source lists of dvc.yaml in line with params.yaml, after editing it by hand."""
    print("dvc.yaml changed" if profiles.sync() else "dvc.yaml is in line with params.yaml")
