import subprocess
import sys
from pathlib import Path

import pytest

from surgchain.pipelines import cli, commands, params

SURGCHAIN = Path(sys.executable).with_name("surgchain")


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SURGCHAIN, *words], cwd=cwd, capture_output=True, text=True, check=False)


def test_every_file_of_the_folder_is_a_verb() -> None:
    folders = [p.parent.name for p in Path(commands.__path__[0]).glob("*/__init__.py")]
    assert sorted(cli.VERBS) == sorted([*params.words_of(commands), *folders])


def test_help_lists_every_verb(tmp_path: Path) -> None:
    shown = run("--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert all(f"│ {verb} " in shown.stdout for verb in cli.VERBS)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_a_verb_explains_itself_with_an_example(verb: str, tmp_path: Path) -> None:
    shown = run(verb, "--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert "Example" in shown.stdout


def test_what_a_user_can_mend_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    refused = run("status", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr == (
        "surgchain: params.yaml: cannot be read: No such file or directory; "
        "`surgchain profile use demo` puts one there\n"
    )
