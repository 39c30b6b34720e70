"""A small news site on 127.0.0.1: a feed and its pages, for tests outside the event loop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from xml.sax.saxutils import escape

Answer = tuple[int, str, bytes]
"""Status, content type, body."""


class Site:
    """Serves ``answer(path with query)`` while the block runs; None is a 404. Port 0: a free
    one."""

    def __init__(
        self, answer: Callable[[str], Answer | None], address: tuple[str, int] = ("127.0.0.1", 0)
    ) -> None:
        self.requests: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                site.requests.append(self.path)
                status, content_type, body = answer(self.path) or (404, "text/plain", b"not here")
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """No log: tests read ``requests``."""

        self._server = _Server(address, Handler)
        self._server.daemon_threads = True
        self.address = (address[0], self._server.server_port)
        self.host = f"{address[0]}:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore killed clients."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def rss(items: list[tuple[str, str, str]]) -> bytes:
    """An RSS 2.0 feed of (link, title, description)."""
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{escape(link)}</guid>'
        f"<description>{escape(description)}</description></item>"
        for link, title, description in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Test feed</title><link>http://localhost/</link>{entries}</channel></rss>"
    ).encode()


def page(title: str, paragraphs: list[str], head: str = "") -> bytes:
    """An article page with the boilerplate of real ones."""
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(title)} | The Test Courier</title>{head}</head><body>
<div class="cookie-banner" role="dialog"><p>We value your privacy. Accept all cookies?</p>
<button>Accept all</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li>
<li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>{escape(title)}</h1>
<div class="share"><a href="#">Share on Facebook</a> <a href="#">Share on X</a></div>
{body}</article>
<aside class="related"><h2>Related stories</h2><ul><li><a href="/a">Ten gadgets to buy now</a></li>
<li><a href="/b">The recipe everyone talks about</a></li></ul></aside>
<section class="comments" id="comments"><h2>Comments</h2><p>First! Great read, thanks.</p></section>
</main><footer><p>Copyright The Test Courier. All rights reserved.</p></footer></body></html>
""".encode()
