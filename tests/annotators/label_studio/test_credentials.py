from pathlib import Path

import pytest

from surgchain.annotators.label_studio import credentials
from surgchain.annotators.label_studio.client import Client
from surgchain.schemas.errors import InputError


def test_a_token_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "token"
    made = credentials.made(path)
    assert len(made) == 40
    assert credentials.made(path) == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    credentials.made(path)
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        credentials.made(path)


def test_no_token_says_what_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(credentials.VARIABLE, raising=False)
    with pytest.raises(InputError, match="surgchain review serve"):
        credentials.token(tmp_path / "token")


def test_a_client_does_not_show_its_token() -> None:
    assert "secret" not in repr(Client("http://127.0.0.1:1", "secret"))
