"""A real server that speaks the OpenAI chat protocol, on this machine, and misbehaves on demand."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

CHAIN = {
    "level1": "A hook [100, 100, 300, 300] lies in the upper left of the picture.",
    "level2": "The hook dissects the gallbladder.",
    "level3": "Dissecting the gallbladder belongs to the gallbladder dissection phase.",
    "answer": "gallbladder-dissection",
}
GOOD = json.dumps(CHAIN)


class ChatServer:
    """Answers each request by the next of `script`, or well where the script is at its end.

    A step is a name below, a status with or without words (`400 no picture`), or the text that the
    model writes.
    """

    def __init__(self, models: tuple[str, ...] = ("m",)) -> None:
        self.models = models
        self.script: list[str] = []
        self.answer: Callable[[dict], str] = lambda _: GOOD
        self.seen: list[dict] = []
        self.key = ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def chat(self, request: web.Request) -> web.StreamResponse:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.Response(status=401, text="no")
        body = await request.json()
        self.seen.append(body)
        step = self.script.pop(0) if self.script else "good"
        if step[:3].isdigit():
            error = {"error": {"message": step[4:] or f"asked to say {step}"}}
            return web.json_response(error, status=int(step[:3]))
        match step:
            case "hang":
                await asyncio.sleep(30)
            case "html":
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            case "half":
                response = web.StreamResponse(headers={"Content-Length": "1000"})
                await response.prepare(request)
                await response.write(b'{"choices": [{"mess')
                request.transport.close()
                return response
            case "gone":
                request.transport.close()
            case "endless":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(100):
                    await response.write(b" " * 100_000)
                return response
        text = self.answer(body) if step == "good" else step
        return web.json_response(
            {
                "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 20},
            }
        )

    async def list_models(self, _: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": m} for m in self.models]})

    async def metrics(self, _: web.Request) -> web.Response:
        n = len(self.seen)
        lines = (
            f'vllm:prefix_cache_queries_total{{engine="0"}} {10.0 * n}',
            f'vllm:prefix_cache_hits_total{{engine="0"}} {7.0 * n}',
        )
        return web.Response(text="\n".join(lines))


@contextmanager
def running(server: ChatServer) -> Iterator[ChatServer]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_get("/v1/models", server.list_models)
    app.router.add_get("/metrics", server.metrics)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", server.port)
        await site.start()
        server.port = site._server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture
def start_server() -> Iterator[Callable[..., ChatServer]]:
    """Start servers that are stopped at the end of the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda server=None: stack.enter_context(running(server or ChatServer()))


@pytest.fixture
def chat(start_server: Callable[..., ChatServer]) -> ChatServer:
    """One running server."""
    return start_server()
