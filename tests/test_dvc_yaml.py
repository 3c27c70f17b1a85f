"""dvc.yaml tells the truth: every stage depends on the code it runs, and exists as a module."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from surgchain.pipelines import params, profiles, sections

ROOT = Path(__file__).parent.parent
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
# How a stage is called, reports and puts files in place: it decides no value of any output.
PLUMBING = {
    "pipelines/__init__.py",
    "pipelines/stages/__init__.py",
    *(f"pipelines/{word}.py" for word in ("counts", "executor", "files", "params", "progress")),
}

FOLDERS = {
    "qa",
    "annotators",
    "trainer",
    "pipelines/corpus",
    "pipelines/video",
    "pipelines/sources",
}
# Folders whose modules are chosen by a word of params.yaml: all of them may run.
REGISTRIES = {
    "pipelines/sources",
    "annotators/teachers",
    "qa/checkers",
    "trainer/rewards",
    "trainer/pathways",
}


def body(stage: dict) -> dict:
    return stage.get("do", stage)


def module_of(stage: dict) -> str:
    words = body(stage)["cmd"].split()
    assert words[:2] == ["python", "-m"]
    return words[2]


def path_of(module: str) -> Path | None:
    """The file of a surgchain module below the root; None for a name inside a module."""
    below = ROOT.joinpath(*module.split(".")[1:])
    if below.is_dir():
        return below / "__init__.py"
    return below.with_suffix(".py") if below.with_suffix(".py").exists() else None


def closure(module: str) -> set[Path]:
    """Files of surgchain that a module imports, through all of them, late imports included."""
    seen: set[Path] = set()
    waiting = [module]
    while waiting:
        path = path_of(waiting.pop())
        if path is None or path in seen:
            continue
        seen.add(path)
        if str(path.parent.relative_to(ROOT)) in REGISTRIES and path.name == "__init__.py":
            waiting += [
                "surgchain." + str(p.relative_to(ROOT).with_suffix("")).replace("/", ".")
                for p in path.parent.glob("*.py")
            ]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("surgchain"):
                waiting += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            elif isinstance(node, ast.Import):
                waiting += [a.name for a in node.names if a.name.startswith("surgchain.")]
    return seen


def covered(path: Path, deps: list[str]) -> bool:
    place = str(path.relative_to(ROOT))
    # the docstring of a package decides nothing either
    folder = path.name == "__init__.py" and place.removesuffix("/__init__.py") in FOLDERS
    return folder or any(place == d or place.startswith(f"{d}/") for d in [*deps, *PLUMBING])


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_the_module_of_its_name(name: str) -> None:
    module = module_of(STAGES[name])
    stem = module.rpartition(".")[2]
    assert name == stem or name.startswith(f"{stem}-") or name == f"{stem}-refined"
    assert find_spec(module) is not None


@pytest.mark.parametrize("name", STAGES)
def test_deps_cover_what_a_stage_imports(name: str) -> None:
    deps = [d for d in body(STAGES[name])["deps"] if not d.startswith("data/")]
    bare = [
        str(p.relative_to(ROOT)) for p in closure(module_of(STAGES[name])) if not covered(p, deps)
    ]
    assert sorted(bare) == []


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_reads_the_section_of_its_name(name: str) -> None:
    stem = module_of(STAGES[name]).rpartition(".")[2]
    wanted = {"phantom": "phantoms.${key}", "ingest": "sources.${key}"}.get(stem, stem)
    assert wanted in body(STAGES[name]).get("params", [])


@pytest.mark.parametrize("name", STAGES)
def test_nothing_persists_and_nothing_is_always_changed(name: str) -> None:
    text = str(STAGES[name])
    assert "persist" not in text
    assert "always_changed" not in text


def test_byte_code_does_not_make_a_dependency_stale() -> None:
    assert "__pycache__/" in (ROOT / ".dvcignore").read_text(encoding="utf-8").splitlines()


def test_the_lists_of_sources_are_in_line_with_params() -> None:
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    sources = sorted(params.read(ROOT / "params.yaml")["sources"])
    assert profiles.with_sources(text, sources) == text


def test_params_yaml_is_the_demo_profile() -> None:
    demo = (ROOT / "profiles" / "demo.yaml").read_text(encoding="utf-8")
    assert (ROOT / "params.yaml").read_text(encoding="utf-8") == profiles.resolved(demo, "demo")


@pytest.mark.parametrize("name", profiles.available(ROOT / "profiles"))
def test_every_key_of_a_profile_is_known(name: str, tmp_path: Path) -> None:
    text = (ROOT / "profiles" / f"{name}.yaml").read_text(encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text(profiles.resolved(text, name), encoding="utf-8")
    sections.validate(path)


def test_schemas_and_qa_load_without_heavy_packages() -> None:
    code = (
        "import sys, surgchain.schemas.tables, surgchain.qa.judge; "
        "heavy = ('torch', 'transformers', 'datasets', 'cv2', 'av', 'polars', 'pandas'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
