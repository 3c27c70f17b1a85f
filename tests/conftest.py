"""What several test files need: the real samples beside the project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real surgical samples; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SURGCHAIN_REAL", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"no real samples at {folder}; set SURGCHAIN_REAL")
    return folder


@pytest.fixture(scope="session")
def _built_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "project"
    folder.mkdir()
    script = ROOT / "tests" / "small_project.py"
    done = subprocess.run(
        [sys.executable, script, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def small_project(_built_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a small project made by the real stages; it is the current folder of the test."""
    folder = tmp_path / "project"
    shutil.copytree(_built_project, folder)
    monkeypatch.chdir(folder)
    return folder
