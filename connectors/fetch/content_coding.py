"""The content codings of a body, removed by its bytes and not by the header alone. Pure.

Servers declare codings that they did not apply (``gzip`` on plain text), apply some twice or
without a declaration, and write ``x-gzip``, ``none`` or ``UTF-8``.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_CODINGS = 3
"""Codings of one body that are removed, beside one of a gzip file."""

MAX_MEMBERS = 64
"""Members of a gzip or zstd stream: each copies the rest, so their number has to be small."""

MAX_WINDOW_LOG = 23
"""Window of zstd: 8 MiB (RFC 9659). The library allocates up to 128 MiB."""

_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
_ZSTD = b"\x28\xb5\x2f\xfd"
_TEXT = re.compile(rb"(?:\xef\xbb\xbf|\s)*[<{\[#\w][^\x00-\x08\x0e-\x1a\x1c-\x1f]{0,63}\Z")
"""Of the first bytes of a body: no control character but white space and that of ISO-2022."""


class CannotDecode(ValueError):
    """The body is neither text nor in the declared coding; the message is for the operator."""


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


class _Decoded(NamedTuple):
    """``ended``: the stream's end was reached."""

    content: bytes
    ended: bool = True


def decoded(body: bytes, content_encoding: Sequence[str], max_bytes: int) -> bytes:
    """The body without the codings in the Content-Encoding headers, and without that of a gzip
    file.

    A result longer than ``max_bytes`` is cut after at least one byte more. A stream that ends early
    gives what it contains, and a checksum at its end is not compared. Raises CannotDecode.
    """
    for name in [*_codings(content_encoding), "gzip"]:
        body = _without(name, body, max_bytes + 1)
    return body


def _without(name: str, body: bytes, most: int) -> bytes:
    """The body without one coding; text that is not in the coding is unchanged."""
    try:
        content, ended = _CODINGS[name](body, most)
    except (zlib.error, zstd.ZstdError, brotli.error) as error:
        if _TEXT.match(body[:64]):
            return body
        raise CannotDecode(f"not decodable as {name}: {error}") from error
    if ended or len(content) >= most:
        return content
    if _TEXT.match(body[:64]):
        return body
    if body and not content:
        raise CannotDecode(f"not decodable as {name}: it ends before any content")
    return content


def _codings(content_encoding: Sequence[str]) -> list[str]:
    """The known codings in the order of their removal; a header lists them as applied."""
    tokens = [token for line in content_encoding for token in line.lower().split(",")]
    names = [
        token.partition(";")[0].strip(" \t\"'").removeprefix("x-") for token in reversed(tokens)
    ]
    return [name for name in names if name in _CODINGS][:MAX_CODINGS]


def _inflated(body: bytes, most: int) -> _Decoded:
    """Deflate: with the header of zlib as specified, with that of gzip, or with none."""
    if not body or body.startswith(_GZIP):
        return _gunzipped(body, most)
    if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
        return _without_checksum(body, most, wbits=15, checksum=4)
    stream = zlib.decompressobj(wbits=-15)
    return _Decoded(stream.decompress(body, most), stream.eof)


def _gunzipped(body: bytes, most: int) -> _Decoded:
    if not body.startswith(_GZIP):
        return _inflated(body, most) if body.startswith(_ZLIB) else _Decoded(body)
    try:
        return _members(body, most, lambda: zlib.decompressobj(wbits=31), _GZIP)
    except zlib.error:
        return _without_checksum(body, most, wbits=31, checksum=8)


def _without_checksum(body: bytes, most: int, *, wbits: int, checksum: int) -> _Decoded:
    try:
        return _Decoded(zlib.decompressobj(wbits=wbits).decompress(body, most))
    except zlib.error:
        return _Decoded(zlib.decompressobj(wbits=wbits).decompress(body[:-checksum], most))


def _unzstd(body: bytes, most: int) -> _Decoded:
    if not body.startswith(_ZSTD):
        return _Decoded(body)
    options = {int(zstd.DecompressionParameter.window_log_max): MAX_WINDOW_LOG}
    return _members(body, most, lambda: zstd.ZstdDecompressor(options=options), _ZSTD)


def _members(body: bytes, most: int, new: Callable[[], _Decompressor], magic: bytes) -> _Decoded:
    """The members of a stream; bytes after the last one are padding."""
    content = b""
    for _ in range(MAX_MEMBERS):
        member = new()
        content += member.decompress(body, most - len(content))
        body = member.unused_data
        if not body.startswith(magic) or len(content) >= most:
            return _Decoded(content, member.eof)
    raise CannotDecode(f"more than {MAX_MEMBERS} compressed members")


def _unbrotli(body: bytes, most: int) -> _Decoded:
    if not body:
        return _Decoded(body)
    stream = brotli.Decompressor()
    return _Decoded(stream.process(body, output_buffer_limit=most), stream.is_finished())


_CODINGS: dict[str, Callable[[bytes, int], _Decoded]] = {
    "gzip": _gunzipped,
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}
