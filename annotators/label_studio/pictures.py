"""Pictures for the page, straight from the frame shards: a small read-only server.

An address is `/<key>/<frame id>.jpg`; without the key, a secret of the project, nothing is given
out. `/<key>/none.jpg` is a grey field, for a neighbour that does not exist.
"""

import hmac
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import quote, unquote

from surgchain.annotators.label_studio.tasks import Pictures
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Frame

BESIDE_S, WITHIN_S = 1.0, 0.5
"""A neighbour lies a second away, give or take half of one."""
NOTHING = "none"
GREY, GREY_SIZE = (224, 226, 230), (64, 36)


class Beside:
    """The frames of a source, and what lies a second before and after each."""

    def __init__(self, shards: FrameShards) -> None:
        self._videos: dict[str, list[tuple[float, str]]] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        self._at: dict[str, tuple[str, float]] = {}
        for frame in shards:
            self._add(frame)
        for times in self._videos.values():
            times.sort()

    def _add(self, frame: Frame) -> None:
        self._videos.setdefault(frame.video_id, []).append((frame.time_s, frame.frame_id))
        self.sizes[frame.frame_id] = (frame.width, frame.height)
        self._at[frame.frame_id] = (frame.video_id, frame.time_s)

    def neighbour(self, frame_id: str, seconds: float) -> str | None:
        """Return the frame nearest to so many seconds away; None where there is none near."""
        video, time_s = self._at[frame_id]
        times, wanted = self._videos[video], time_s + seconds
        at = bisect_left(times, (wanted, ""))
        near = [t for t in times[max(0, at - 1) : at + 1] if abs(t[0] - wanted) <= WITHIN_S]
        found = min(near, key=lambda t: abs(t[0] - wanted), default=None)
        return found[1] if found and found[1] != frame_id else None

    def addresses(self, frame_id: str, base: str) -> Pictures:
        """Return the addresses of a frame and of its neighbours below `<url>/<key>`."""
        before = self.neighbour(frame_id, -BESIDE_S) or NOTHING
        after = self.neighbour(frame_id, BESIDE_S) or NOTHING
        return Pictures(*(f"{base}/{quote(i)}.jpg" for i in (frame_id, before, after)))


@contextmanager
def serving(
    sources: Mapping[str, FrameShards], key: str, port: int, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Serve the pictures of all sources for the length of a block; give the base address."""
    try:
        server = ThreadingHTTPServer((host, port), _handler(sources, key))
    except OSError as error:
        raise InputError(f"pictures: port {port}: {error.strerror}; give another") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/{key}"
    finally:
        server.shutdown()
        server.server_close()


def picture(sources: Mapping[str, FrameShards], frame_id: str) -> bytes | None:
    """Return a JPEG, or None where there is no such frame."""
    if frame_id == NOTHING:
        return _grey()
    shards = sources.get(frame_id.partition("/")[0])
    if shards is None or frame_id not in shards:
        return None
    return shards.picture(frame_id)


def _grey() -> bytes:
    from PIL import Image

    into = BytesIO()
    Image.new("RGB", GREY_SIZE, GREY).save(into, "JPEG")
    return into.getvalue()


def _handler(sources: Mapping[str, FrameShards], key: str) -> type[BaseHTTPRequestHandler]:
    reading = threading.Lock()  # maps are opened once

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given, _, rest = self.path.lstrip("/").partition("/")
            if not hmac.compare_digest(given.encode(), key.encode()):
                self.send_error(404)
                return
            with reading:
                found = picture(sources, unquote(rest).removesuffix(".jpg"))
            if found is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(found)))
            self.send_header("Access-Control-Allow-Origin", "*")  # the page draws it on a canvas
            self.send_header("Cache-Control", "private, max-age=3600")
            self.end_headers()
            self.wfile.write(found)

        def log_message(self, *_: object) -> None:
            """Say nothing: an address holds the key."""

    return Handler
