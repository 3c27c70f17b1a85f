import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from surgchain.annotators.serving import launch
from surgchain.schemas.errors import InputError

PROGRAM = """#!{python}
import http.server, sys
{first}
port = int(sys.argv[sys.argv.index("--port") + 1])
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(sys.argv[1:]).encode())
http.server.HTTPServer(("127.0.0.1", port), Healthy).serve_forever()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def install(first: str = "") -> Path:
        program = tmp_path / "environment" / "bin" / "vllm"
        program.parent.mkdir(parents=True)
        program.write_text(PROGRAM.format(python=sys.executable, first=first))
        program.chmod(0o755)
        monkeypatch.setenv("SURGCHAIN_VLLM", str(tmp_path / "environment"))
        return tmp_path / "vllm.log"

    return install


def test_a_server_is_there_inside_the_block_and_gone_after(installed) -> None:
    with launch.served("weights", "m", ["--dtype", "float32"], installed(), start_s=20) as url:
        root = url.removesuffix("/v1")
        with urllib.request.urlopen(root) as page:  # noqa: S310  (our own)
            words = page.read().decode()
        assert words.startswith("serve weights --served-model-name m --host 127.0.0.1 --port ")
        assert words.endswith(" --dtype float32")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(root)  # noqa: S310  (our own)


def test_one_that_dies_leaves_its_last_words(installed) -> None:
    log = installed("sys.exit('no such model')")
    with (
        pytest.raises(InputError, match="vllm serve ended with 1; its last words: no such model"),
        launch.served("weights", "m", [], log, start_s=20),
    ):
        pass


def test_one_that_never_answers_is_stopped(installed) -> None:
    log = installed("import time; time.sleep(60)")
    with (
        pytest.raises(InputError, match=r"did not answer within 0\.5 s; see .*vllm\.log"),
        launch.served("weights", "m", [], log, start_s=0.5),
    ):
        pass


def test_without_an_environment_the_command_that_makes_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURGCHAIN_VLLM", str(tmp_path))
    with (
        pytest.raises(InputError, match="`make teacher-cpu` makes one"),
        launch.served("weights", "m", [], tmp_path / "log", start_s=1),
    ):
        pass
