"""Hostile HTTP: decompression bombs, wrong lengths, endless and malformed answers."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Iterator

import brotli
import zstandard

from tests.connectors.hostile.cases import (
    GOOD,
    LISTING,
    Case,
    endless,
    feed_case,
    head,
    page_case,
    raw,
    says,
    zipped,
)

MIB = 1024 * 1024
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"


def zeros(size: int = 64 * MIB) -> Iterator[bytes]:
    for _ in range(size // MIB):
        yield bytes(MIB)


def gzip_bomb() -> bytes:
    return zipped(zeros)


def deflate_bomb() -> bytes:
    packer = zlib.compressobj(6)
    return b"".join([*map(packer.compress, zeros()), packer.flush()])


def raw_deflate_bomb() -> bytes:
    packer = zlib.compressobj(6, wbits=-15)
    return b"".join([*map(packer.compress, zeros()), packer.flush()])


def zstd_bomb() -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join([*map(packer.compress, zeros()), packer.flush()])


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join([*map(packer.process, zeros()), packer.finish()])


async def reset(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def many_headers(count: int) -> bytes:
    return head(*(f"X-{number}: x" for number in range(count)))


CASES: list[Case] = [
    feed_case("gzip-bomb-feed", says(gzip_bomb, GZIP), "too_large"),
    page_case("gzip-bomb-page", says(gzip_bomb, GZIP), too_large=1),
    feed_case("deflate-bomb", says(deflate_bomb, "Content-Encoding: deflate"), "too_large"),
    feed_case("raw-deflate-bomb", says(raw_deflate_bomb, "Content-Encoding: deflate"), "too_large"),
    feed_case("zstd-bomb", says(zstd_bomb, "Content-Encoding: zstd"), "too_large"),
    page_case("brotli-bomb", says(brotli_bomb, "Content-Encoding: br"), too_large=1),
    feed_case(
        "gzip-in-gzip",
        says(lambda: gzip.compress(gzip_bomb()), "Content-Encoding: gzip, gzip"),
        "too_large",
    ),
    feed_case("gzip-inside-gzip", says(lambda: gzip.compress(gzip_bomb()), GZIP), "too_large"),
    feed_case(
        "gzip-of-many-members", says(lambda: gzip.compress(b"") * 50_000, GZIP), "bad_response"
    ),
    feed_case("gzip-cut", says(lambda: gzip.compress(LISTING)[:-40], GZIP), "not_a_feed"),
    feed_case("gzip-that-is-not", says(LISTING, GZIP), "ok", published=1),
    feed_case("unknown-encoding", says(LISTING, "Content-Encoding: rot13"), "ok", published=1),
    feed_case("endless-feed", endless(head("Content-Type: text/xml"), b" " * 65536), "too_large"),
    page_case("endless-page", endless(head("Content-Type: text/html"), b"<p>" * 9999), too_large=1),
    feed_case(
        "endless-chunks",
        endless(head(CHUNKED), b"10000\r\n" + b" " * 65536 + b"\r\n"),
        "too_large",
    ),
    feed_case("endless-status-line", endless(b"HTTP/1.1 200 ", b"O" * 65536), "bad_response"),
    feed_case("endless-headers", endless(head()[:-2], b"X: x\r\n" * 999), "bad_response"),
    feed_case("endless-header", endless(head()[:-2] + b"X: ", b"x" * 65536), "bad_response"),
    feed_case("endless-continue", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), "timeout"),
    feed_case("slow-drip-feed", endless(head("Content-Length: 9999"), b".", 0.1), "timeout"),
    page_case("slow-drip-page", endless(head("Content-Length: 9999"), b".", 0.1), timeout=1),
    feed_case("slow-drip-headers", endless(head()[:-2], b"X: x\r\n", 0.5), "timeout"),
    feed_case("slow-drip-in-a-header", endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.1), "timeout"),
    feed_case("silence", raw(stay=True), "timeout"),
    page_case("silence-for-a-page", raw(stay=True), timeout=1),
    feed_case("stuck-in-the-body", raw(head("Content-Length: 99"), b"<rss>", stay=True), "timeout"),
    feed_case("hangs-up", raw(), "bad_response"),
    feed_case("resets", reset, "bad_response"),
    feed_case("one-header-of-1-mb", says(LISTING, "X: " + "x" * MIB), "bad_response"),
    feed_case("1000-headers", raw(many_headers(1_000), LISTING), "ok", published=1),
    feed_case("100000-headers", raw(many_headers(100_000), LISTING), "bad_response"),
    feed_case(
        "content-type-of-30-kb", says(LISTING, "Content-Type: " + "x" * 30_000), "ok", published=1
    ),
    feed_case("etag-of-30-kb", says(LISTING, 'ETag: "' + "x" * 30_000 + '"'), "ok", published=1),
    feed_case("header-with-a-nul", raw(head("X: a\0b"), LISTING), "bad_response"),
    feed_case("header-without-colon", raw(head("nothing"), LISTING), "ok", published=1),
    feed_case("folded-header", raw(head("X: a\r\n b"), LISTING), "ok", published=1),
    feed_case("length-too-long", raw(head("Content-Length: 99999"), LISTING), "ok", published=1),
    feed_case(
        "length-too-long-and-cut", raw(head("Content-Length: 99999"), LISTING[:-9]), "bad_response"
    ),
    feed_case("length-too-short", raw(head("Content-Length: 20") + LISTING), "not_a_feed"),
    feed_case("length-negative", raw(head("Content-Length: -1"), LISTING), "bad_response"),
    feed_case(
        "length-enormous", raw(head(f"Content-Length: {10**30}"), LISTING), "ok", published=1
    ),
    feed_case(
        "two-lengths", raw(head("Content-Length: 9", "Content-Length: 8"), LISTING), "bad_response"
    ),
    feed_case(
        "length-and-chunks", raw(head("Content-Length: 9", CHUNKED), LISTING), "bad_response"
    ),
    feed_case("chunk-too-long", raw(head(CHUNKED), b"ffff\r\nshort\r\n"), "bad_response"),
    feed_case("chunk-too-short", raw(head(CHUNKED), b"2\r\nlonger\r\n0\r\n\r\n"), "bad_response"),
    feed_case("chunk-negative", raw(head(CHUNKED), b"-1\r\nx\r\n0\r\n\r\n"), "bad_response"),
    feed_case("chunk-of-no-number", raw(head(CHUNKED), b"zz\r\nx\r\n0\r\n\r\n"), "bad_response"),
    feed_case("chunk-enormous", raw(head(CHUNKED), b"f" * 40 + b"\r\nx\r\n"), "bad_response"),
    feed_case(
        "chunk-extension-endless", endless(head(CHUNKED) + b"1;", b"x" * 65536, 0.1), "bad_response"
    ),
    feed_case("chunks-not-ended", raw(head(CHUNKED), b"1\r\n{\r\n"), "bad_response"),
    feed_case("http-0.9", raw(LISTING), "bad_response"),
    feed_case("http-9.9", raw(b"HTTP/9.9 200 OK\r\n\r\n", LISTING), "bad_response"),
    feed_case("ssh", raw(b"SSH-2.0-OpenSSH_9.9\r\n"), "bad_response"),
    feed_case("status-of-4-digits", raw(b"HTTP/1.1 2000 OK\r\n\r\n"), "bad_response"),
    feed_case("status-999", says(b"", status="999 Request denied"), "server_error"),
    feed_case("status-101", raw(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n"), "bad_response"),
    feed_case("not-modified-unasked", says(b"", status="304 Not Modified"), "bad_response"),
    feed_case("no-content", says(b"", status="204 No Content", length=False), "not_a_feed"),
    feed_case("partial-content", says(LISTING[:30], status="206 Partial"), "not_a_feed"),
    feed_case("403-for-429", says(b"", status="403 Forbidden"), "forbidden"),
    feed_case(
        "retry-after-a-century", says(b"", "Retry-After: 3153600000", status="429 X"), "throttled"
    ),
    feed_case(
        "retry-after-nonsense", says(b"", "Retry-After: -1e309", status="503 X"), "server_error"
    ),
    page_case("page-of-6-mb", says(lambda: GOOD + b" " * (6 * MIB)), too_large=1),
]
