"""``python -m newsline.sample`` serves the sample sites until Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from newsline.sample import Newsroom


async def serve() -> None:
    async with Newsroom() as newsroom:
        for url in newsroom.feeds:
            print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
