"""An import never goes up a floor: schemas < qa < annotators < trainer < pipelines."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("schemas", "qa", "annotators", "trainer", "pipelines")
BANNED = {"utils", "common", "core", "helpers", "misc"}
LIGHT = {"schemas": {"pydantic", "pyarrow", "yaml"}}


def modules() -> list[Path]:
    return [p for floor in FLOORS for p in sorted((ROOT / floor).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name: from surgchain..."
            names |= {f"{node.module}.{a.name}" for a in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_an_import_never_goes_up(path: Path) -> None:
    own = FLOORS.index(path.relative_to(ROOT).parts[0])
    up = [
        name
        for name in imported(path)
        if name.startswith("surgchain.") and FLOORS.index(name.split(".")[1]) > own
    ]
    assert up == []


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_room_for_odds_and_ends(path: Path) -> None:
    assert not BANNED & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


def test_the_lowest_floor_imports_three_packages_only() -> None:
    import sys

    foreign = {
        name.split(".")[0]
        for p in modules()
        if p.is_relative_to(ROOT / "schemas")
        for name in imported(p)
    }
    assert foreign - set(sys.stdlib_module_names) - {"surgchain"} == LIGHT["schemas"]
