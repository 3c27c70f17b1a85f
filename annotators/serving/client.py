"""A lean client for OpenAI-compatible chat servers: several addresses, none of them trusted.

    a server that cannot be reached, or fails three times running, is taken out and tried again
    429 and 503 slow down, other 5xx and broken answers are tried again, other 4xx are the row's end
    a body is read up to a bound; what is not the protocol's JSON counts as broken

Built on aiohttp, with bodies as bytes: the openai SDK costs 18 times its CPU (peers, measured at 64
connections). Keys go into a header and nowhere else.
"""

import asyncio
import random
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import aiohttp

from surgchain.annotators.serving import replies
from surgchain.annotators.serving.endpoints import Endpoint
from surgchain.annotators.serving.pace import Pace
from surgchain.annotators.serving.replies import Reply
from surgchain.schemas.errors import InputError, PartialOutput

OK, SERVER_ERROR = 200, 500
OVERLOADED = frozenset({429, 503})
KEY_REFUSED = frozenset({401, 403})
LOOK_AGAIN_S = 0.25
START_IN_FLIGHT = 8
SEND_BYTES = 1 << 20


class RowFailed(Exception):  # noqa: N818  (it says what happened to a row)
    """A request that has no answer; the message is the row's reason, without addresses."""


class TryAgain(Exception):  # noqa: N818  (a turn of the loop, not an error)
    """An attempt that may go better; the message says what went wrong."""


class NobodyThere(TryAgain):
    """An attempt that reached no server, and so says nothing of the request."""


@dataclass(frozen=True)
class Limits:
    """How patient the client is."""

    timeout_s: float = 600.0
    """Of one attempt."""
    attempts: int = 4
    """Of one request, at servers that are there."""
    most_in_flight: int = 64
    """Per server."""
    give_up_after_s: float = 300.0
    """With every server dead for so long, the job stops."""
    wait_s: float = 0.2
    """Before the second attempt; doubles from one to the next."""


def _socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Return a socket that takes a picture in one go: asyncio copies what a send leaves over."""
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)  # the system may bound it
    return made


class Client:
    """Requests to any of several servers."""

    def __init__(self, addresses: Sequence[str], key: str, limits: Limits) -> None:
        if not addresses:
            raise InputError(
                "no teacher to ask: set SURGCHAIN_TEACHER_URLS, for example "
                "http://localhost:8000/v1 (several with commas between)"
            )
        self.limits = limits
        most = limits.most_in_flight
        self.endpoints = [
            Endpoint(n, url.rstrip("/"), key, Pace(limit=min(START_IN_FLIGHT, most), most=most))
            for n, url in enumerate(addresses, start=1)
        ]
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._last_alive = time.monotonic()

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self.limits.timeout_s, sock_connect=10)
        connector = aiohttp.TCPConnector(limit=0, socket_factory=_socket)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    @property
    def room(self) -> int:
        """How many requests make sense to be under way at once."""
        return sum(e.pace.most for e in self.endpoints)

    async def ask(self, body: bytes) -> Reply:
        """Return the answer to a request of the chat protocol; raise `RowFailed`.

        Raise `PartialOutput` where no server was there for too long, `InputError` where none can
        ever answer.
        """
        began, attempt = time.monotonic(), 0
        while True:
            endpoint = await self._take()
            try:
                reply = await self._send(endpoint, body)
            except NobodyThere:
                continue
            except TryAgain as error:
                attempt += 1
                if attempt >= self.limits.attempts:
                    raise RowFailed(str(error)) from error
            else:
                return reply._replace(seconds=time.monotonic() - began)
            finally:
                endpoint.in_flight -= 1
                self._wake_one()
            await asyncio.sleep(self.limits.wait_s * 2 ** (attempt - 1) * random.uniform(0.5, 1))

    async def _take(self) -> Endpoint:
        """Wait for a server with room: the least loaded, in turns where they are alike."""
        while True:
            now = time.monotonic()
            free = [e for e in self.endpoints if e.free(now)]
            if free:
                endpoint = min(free, key=lambda e: (e.in_flight / e.pace.limit, e.taken))
                endpoint.in_flight += 1
                endpoint.taken += 1
                return endpoint
            self._stop_where_all_are_dead(now)
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(woken)
            await asyncio.wait([woken], timeout=LOOK_AGAIN_S)
            woken.cancel()

    def _wake_one(self) -> None:
        while self._waiting:
            woken = self._waiting.popleft()
            if not woken.done():
                woken.set_result(None)
                return

    def _stop_where_all_are_dead(self, now: float) -> None:
        if all(e.refused for e in self.endpoints):
            raise InputError(f"no teacher can be used: {self.endpoints[0].refused}")
        if not all(e.gone or e.refused for e in self.endpoints):
            self._last_alive = now
        elif now - self._last_alive > self.limits.give_up_after_s:
            raise PartialOutput(
                f"no teacher could be reached for {self.limits.give_up_after_s:g} s; what was "
                f"answered is kept in the ledger: start a server, then run the same command again"
            )

    async def _send(self, endpoint: Endpoint, body: bytes) -> Reply:
        url = f"{endpoint.url}/chat/completions"
        try:
            async with self._session.post(url, data=body, headers=endpoint.headers) as response:
                content = await replies.bounded(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            endpoint.vanished(time.monotonic())
            raise NobodyThere("the server cannot be reached") from error
        except TimeoutError as error:
            endpoint.overloaded(time.monotonic())
            endpoint.failed(time.monotonic())
            raise TryAgain("the server hung") from error
        except aiohttp.ClientPayloadError as error:
            endpoint.failed(time.monotonic())
            raise TryAgain("half an answer came") from error
        except (aiohttp.ClientError, OSError) as error:
            endpoint.vanished(time.monotonic())
            raise TryAgain("the server went away") from error
        return self._judged(endpoint, response.status, content)

    def _judged(self, endpoint: Endpoint, status: int, content: bytes | None) -> Reply:
        now = self._last_alive = time.monotonic()
        if status in OVERLOADED:
            endpoint.overloaded(now)
            raise TryAgain(f"the server is overloaded ({status})")
        if status in KEY_REFUSED:
            endpoint.refused = f"server {endpoint.number} refuses the key ({status})"
            raise TryAgain("the key is refused")
        if status >= SERVER_ERROR:
            endpoint.failed(now)
            raise TryAgain(f"the server failed ({status})")
        reply = replies.reply(content) if content is not None and status == OK else None
        if reply is None and status == OK and content is not None:
            endpoint.failed(now)
            raise TryAgain("the answer is not the chat protocol's JSON")
        endpoint.worked(now)
        if status != OK:
            words = endpoint.without_secrets(replies.message(content))
            raise RowFailed(f"the server refused it ({status}): {words}")
        if reply is None:
            raise RowFailed("the answer has no end")
        return reply

    async def check(self, model: str, setting: str = "draft.options.model") -> None:
        """Ask every server for its models; leave out those that do not serve this one.

        A server that is not there yet is left to the ordinary patience; where none can serve the
        model, raise `InputError` with what they have.
        """
        offered = await asyncio.gather(*(self._get(f"{e.url}/models", e) for e in self.endpoints))
        for endpoint, content in zip(self.endpoints, offered, strict=True):
            models = replies.models(content)
            if models is not None and model not in models:
                known = ", ".join(models[:5]) or "none"
                endpoint.refused = f"server {endpoint.number} has no model {model!r}, but {known}"
        if all(e.refused for e in self.endpoints):
            raise InputError(f"{self.endpoints[0].refused}; set {setting}")

    async def cache_counters(self) -> dict[str, float]:
        """Return the servers' own counters of their caches, summed; empty where they have none."""
        total: dict[str, float] = {}
        for endpoint in self.endpoints:
            page = await self._get(f"{endpoint.url.removesuffix('/v1')}/metrics", endpoint)
            for name, value in replies.cache_counters(page.decode(errors="replace")):
                total[name] = total.get(name, 0.0) + value
        return total

    async def _get(self, url: str, endpoint: Endpoint) -> bytes:
        """Return a page, or nothing where it cannot be had."""
        patience = aiohttp.ClientTimeout(total=10)
        try:
            async with self._session.get(
                url, headers=endpoint.headers, timeout=patience
            ) as response:
                return await replies.bounded(response) or b""
        except (aiohttp.ClientError, OSError, TimeoutError):
            return b""
