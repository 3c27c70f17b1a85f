"""The wheel holds `surgchain/...` only, and all of it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("schemas", "qa", "annotators", "trainer", "pipelines")
SHIPPED = {".py", ".yaml", ".md", ".json", ".txt", ".js"}


def test_the_wheel_holds_every_module_and_nothing_foreign(tmp_path: Path) -> None:
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)  # setuptools packs what lies there
    subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            "--wheel-dir", tmp_path, ROOT,
        ],
        check=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    expected = {
        f"surgchain/{p.relative_to(ROOT)}"
        for room in ROOMS
        for p in (ROOT / room).rglob("*")
        if p.suffix in SHIPPED and "__pycache__" not in p.parts
    }
    assert names == expected
