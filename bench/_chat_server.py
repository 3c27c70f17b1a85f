"""A chat server that answers at once: what is left is the client's own cost.

Raw asyncio, one process of its own, so that it never is the ceiling (bare asyncio clients reach
5,000 requests a second against the like). `python bench/_chat_server.py [SECONDS]` prints its port;
with SECONDS each answer takes so long. `GET /count` tells how many were asked.
"""

import asyncio
import json
import sys

CHAIN = {
    "level1": "A hook [100, 100, 300, 300] lies in the upper left of the picture. The gallbladder "
    "lies in the working field, pale and tense, with the liver edge above it.",
    "level2": "The hook dissects the gallbladder from its bed. The grasper keeps it on stretch.",
    "level3": "Dissecting the gallbladder belongs to the gallbladder dissection phase.",
    "answer": "gallbladder-dissection",
}


def response(values: object) -> bytes:
    """Return a whole HTTP answer."""
    body = json.dumps(values).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode() + body


CHAT = response(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": json.dumps(CHAIN)},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 120, "total_tokens": 1120},
    }
)
MODELS = response({"data": [{"id": "m"}]})
WAIT_S = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
asked = 0


class Chat(asyncio.Protocol):
    """One connection; requests come one after the other on it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing read."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.missing = 0
        self.head = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request when its last byte is here."""
        if self.missing:
            self.missing -= len(data)
            if self.missing <= 0:
                self.answer()
            return
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return
        head, rest = self.head[:end].lower(), len(self.head) - end - 4
        self.head = b""
        if head.startswith(b"get"):
            counting = head.startswith(b"get /count")
            self.transport.write(response([asked]) if counting else MODELS)
            return
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        self.missing = length - rest
        if self.missing <= 0:
            self.missing = 0
            self.answer()

    def answer(self) -> None:
        """Count the request, and answer it in time."""
        global asked  # noqa: PLW0603  (one process, one count)
        asked += 1
        if WAIT_S:
            asyncio.get_running_loop().call_later(WAIT_S, self.transport.write, CHAT)
        else:
            self.transport.write(CHAT)


async def serve() -> None:
    """Serve on a free port, which is printed."""
    server = await asyncio.get_running_loop().create_server(Chat, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
