"""Server of the extraction benchmark's pages: ``python -m benchmarks.site`` prints HOST:PORT."""

from __future__ import annotations

import asyncio

from aiohttp import web

from benchmarks import texts
from tests.support.news_site import rss

WARM = 16


def application() -> web.Application:
    pages = texts.pages()

    async def feed(request: web.Request) -> web.Response:
        copies = int(request.query.get("copies", 1))
        links = [f"/page/{copy}-{n}" for copy in range(copies) for n in range(len(pages))]
        return _feed(links)

    async def warm(_: web.Request) -> web.Response:
        return _feed([f"/page/warm-{n}" for n in range(WARM)])

    async def page(request: web.Request) -> web.Response:
        number = int(request.match_info["name"].rpartition("-")[2])
        return web.Response(body=pages[number], content_type="text/html")

    made = web.Application()
    made.add_routes([web.get("/feed", feed), web.get("/warm", warm), web.get("/page/{name}", page)])
    return made


def _feed(links: list[str]) -> web.Response:
    items = [(link, f"Page {link}", "") for link in links]
    return web.Response(body=rss(items), content_type="application/rss+xml")


async def main() -> None:
    runner = web.AppRunner(application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
