"""What several test files need: the real samples beside the project."""

import os
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
