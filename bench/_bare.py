"""The same requests by a bare client: `python bench/_bare.py aiohttp|openai PORT ROWS [BYTES]`.

BYTES of picture in each, as base64.
Prints rows per second and CPU milliseconds per row. `openai` runs where the SDK is installed.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

AT_ONCE = 64
TEXT = "Which phase of the operation is this? " * 100  # about as long as our prompt
BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": TEXT}],
    "max_tokens": 900,
}


async def by_aiohttp(port: int, rows: int) -> None:
    """Send by aiohttp, a body made anew for each."""
    import json

    import aiohttp

    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(number: int) -> None:
            body = json.dumps({**BODY, "seed": number}).encode()
            url = f"http://127.0.0.1:{port}/v1/chat/completions"
            async with session.post(url, data=body) as response:
                json.loads(await response.read())["choices"][0]["message"]["content"]

        await in_turns(one, rows)


async def by_openai(port: int, rows: int) -> None:
    """Send by the openai SDK."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none")

    async def one(number: int) -> None:
        answer = await client.chat.completions.create(**BODY, seed=number)
        assert answer.choices[0].message.content

    await in_turns(one, rows)


async def in_turns(one: Callable[[int], Awaitable[None]], rows: int) -> None:
    """Keep `AT_ONCE` under way."""
    numbers = iter(range(rows))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    how, port, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if sys.argv[4:]:
        BODY["messages"][0]["content"] += "A" * (int(sys.argv[4]) * 4 // 3)
    began, used = time.monotonic(), time.process_time()
    asyncio.run({"aiohttp": by_aiohttp, "openai": by_openai}[how](port, rows))
    print(rows / (time.monotonic() - began), (time.process_time() - used) / rows * 1e3)
