import json
from pathlib import Path

import pytest

from surgchain.annotators.label_studio import log
from surgchain.schemas.errors import InputError


def written(path: Path, number: int = 3) -> list[log.Entry]:
    return log.append(path, log.START, ({"annotation": n, "text": "ü"} for n in range(number)))


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    entries = written(tmp_path / "log.jsonl")
    assert log.read(tmp_path / "log.jsonl") == entries
    more = log.append(tmp_path / "log.jsonl", log.head(entries), [{"annotation": 9}])
    assert log.read(tmp_path / "log.jsonl") == entries + more


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_changed_line_is_found(tmp_path: Path, line: int) -> None:
    path = tmp_path / "log.jsonl"
    written(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[line])
    row["event"]["text"] = "other"
    lines[line] = json.dumps(row)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"log.jsonl:{line + 1}: .* the log was changed"):
        log.read(path)


def test_a_line_taken_out_of_the_middle_is_found(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    written(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"log\.jsonl:2"):
        log.read(path)


def test_a_line_that_was_cut_off_by_a_crash_is_left_out_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    entries = written(path, 2)
    path.write_bytes(path.read_bytes() + '{"event": {"text": "ü'.encode()[:-1])
    assert log.read(path) == entries
    more = log.append(path, log.head(entries), [{"annotation": 9}])
    assert log.read(path) == entries + more
