"""Many small sites behind one port: ``python -m benchmarks.crowd`` prints the port.

Any host name is a site, and any path is a feed or a page. A feed requested with its validator has
changed if its path ends in ``/news``, and only once.
"""

from __future__ import annotations

import asyncio
from email.utils import formatdate

from tests.support.news_site import page, rss

LISTED = 20
NEW = 2
ETAG = {edition: f'"edition-{edition}"'.encode() for edition in (1, 2)}
MODIFIED = formatdate(1_795_000_000, usegmt=True)


def feed(path: str, edition: int) -> bytes:
    """Twenty entries; two of the second edition are new."""
    first = (edition - 1) * NEW
    stories = range(first, first + LISTED)
    return rss([(f"{path}/story/{n}", f"Story {n} of {path}", "") for n in stories])


def story(path: str) -> bytes:
    words = f"This is what happened at {path}, as the people who saw it told our reporter. "
    return page(f"What happened at {path}", [words * 4, words * 3])


def answer(request: bytes) -> bytes:
    """The whole response to a request's head."""
    path = request.split(b" ", 2)[1].decode()
    if path == "/robots.txt" or path.startswith("/.well-known"):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    if "/story/" in path:
        return _ok(b"text/html; charset=utf-8", story(path))
    has_first, has_second = (ETAG[edition] in request for edition in (1, 2))
    if has_second or (has_first and not path.endswith("/news")):
        return _head(b"304 Not Modified", ETAG[2 if has_second else 1]) + b"\r\n"
    edition = 2 if has_first else 1
    return _ok(b"application/rss+xml", feed(path, edition), ETAG[edition])


def _head(status: bytes, etag: bytes) -> bytes:
    """A dozen headers, as news sites send them."""
    return (
        b"HTTP/1.1 %b\r\nDate: %b\r\nServer: nginx\r\nETag: %b\r\nLast-Modified: %b\r\n"
        b"Vary: Accept-Encoding\r\nX-Cache: HIT\r\nAge: 17\r\nVia: 1.1 varnish\r\n"
        b"Strict-Transport-Security: max-age=31536000\r\nX-Content-Type-Options: nosniff\r\n"
        % (status, MODIFIED.encode(), etag, MODIFIED.encode())
    )


def _ok(content_type: bytes, body: bytes, etag: bytes = b'""') -> bytes:
    head = _head(b"200 OK", etag)
    return b"%bContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        *(head, content_type, len(body), body),
    )


class CrowdConnection(asyncio.Protocol):
    """One connection. The clients send one request at a time, without a body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            self._transport.write(answer(self._received))
            self._received = b""


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(
        CrowdConnection, "127.0.0.1", 0, backlog=4_096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
