"""The body of a response: read up to a limit, decoded, and complete."""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

import aiohttp

from connectors.fetch.content_coding import decoded
from connectors.fetch.tolerant import TolerantResponse

LARGE = 64 * 1024
"""Bytes; larger bodies are decoded in a thread: 10 MiB from 1 MB of gzip take 30 ms."""

_TAIL = 4 * 1024
_END_OF_DOCUMENT = re.compile(
    rb"</(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex|html)\s*>(?:\s|\0|<!--.*?-->)*\Z",
    re.IGNORECASE | re.DOTALL,
)


class TooLarge(ValueError):
    """The body is larger than its limit."""


class BodyLimit(NamedTuple):
    """Bytes of a body after decoding; ``truncate``: cut a longer one instead of failing."""

    max_bytes: int
    truncate: bool = False


async def read_body(answer: aiohttp.ClientResponse, limit: BodyLimit) -> bytes:
    """The decoded body. Raises ValueError and aiohttp's errors.

    If the connection ends before the body (a Content-Length that is too large, no last chunk), the
    bytes received are a body if they are a whole document: a cut article is not one.
    """
    encoded = await _read(answer, limit)
    codings = answer.headers.getall("Content-Encoding", ())
    if len(encoded) > LARGE:
        body = await asyncio.to_thread(decoded, encoded, codings, limit.max_bytes)
    else:
        body = decoded(encoded, codings, limit.max_bytes)
    if isinstance(answer, TolerantResponse) and answer.is_cut and not is_whole(body):
        raise ValueError("the connection ended before the body")
    return _limited(body, limit)


def is_whole(document: bytes) -> bool:
    """Whether the bytes end as a feed, a page or JSON does. Pure."""
    text = document.strip(b" \t\r\n\0")
    if text.startswith((b"{", b"[")):
        return text.endswith((b"}", b"]"))
    return bool(_END_OF_DOCUMENT.search(text[-_TAIL:]))


async def _read(answer: aiohttp.ClientResponse, limit: BodyLimit) -> bytes:
    """The body before decoding. It stops at the limit: a longer body is no shorter decoded."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > limit.max_bytes:
            break
    return _limited(bytes(body), limit)


def _limited(body: bytes, limit: BodyLimit) -> bytes:
    if len(body) <= limit.max_bytes:
        return body
    if limit.truncate:
        return body[: limit.max_bytes]
    raise TooLarge(f"larger than {limit.max_bytes} bytes")
