"""A document's bytes to UTF-8: gzip, byte order marks, declared and guessed encodings. Pure."""

from __future__ import annotations

import re
import zlib

import charset_normalizer
from w3lib.encoding import read_bom, resolve_encoding

from connectors.parse.parsed_feed import NotAFeed

MAX_UNPACKED = 10 * 1024**2
"""Bytes of a gzip file after decompression: the limit of an uncompressed feed."""

_GZIP = b"\x1f\x8b"
_WIDE = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be"} | {
    mark + other: f"utf-16-{order}e"
    for other in (b"?", b"r", b"f", b"u", b"s", b"!", b" ", b"\n", b'"')
    for mark, order in ((b"<\0", "l"), (b"\0<", "b"), (b"{\0", "l"), (b"\0{", "b"))
}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_GUESSED_FROM = 20_000


def decompress(body: bytes) -> bytes:
    """The content of a gzip file (sitemaps often are); other bytes unchanged. Raises NotAFeed."""
    if not body.startswith(_GZIP):
        return body
    content = b""
    while body.startswith(_GZIP):  # a file may be several, one after another
        packed = zlib.decompressobj(wbits=31)
        try:
            content += packed.decompress(body, MAX_UNPACKED + 1 - len(content))
        except zlib.error as error:
            raise NotAFeed(f"a broken gzip file: {error}") from None
        if len(content) > MAX_UNPACKED:
            raise NotAFeed(f"a gzip file of more than {MAX_UNPACKED} bytes")
        body = packed.unused_data
    return content


def to_utf8(body: bytes, charset: str | None) -> bytes:
    """The text in UTF-8 without its byte order mark. ``charset``: from the response header.

    In this order: evidence in the bytes (a mark, zero bytes, nearly valid UTF-8, as in a feed
    aggregated from several sources); the XML declaration, then the header, whichever decodes
    without error; a guess. The declaration comes first because it was written with the text, while
    servers send one header for all files.
    """
    encoding, mark = read_bom(body)
    if encoding:
        return body[len(mark or b"") :].decode(encoding, "replace").encode()
    if wide := _wide(body):
        return body.decode(wide, "replace").encode()
    text = body.decode("utf-8", "replace")
    if b"\x1b" not in body and _is_utf8(body, text):
        return text.encode()
    declared = _DECLARED.match(body)
    for name in (declared[1].decode() if declared else None, charset):
        if name and (legacy := _decoded(body, name)):
            return legacy.encode("utf-8", "replace")
    guess = charset_normalizer.from_bytes(body[:_GUESSED_FROM]).best()
    return body.decode(guess.encoding if guess else "cp1252", "replace").encode("utf-8", "replace")


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by the positions of zero bytes in its first characters."""
    begin = body[:4]
    squeezed = begin[:2] + begin[2:].replace(b"\0", b"")
    return _WIDE.get(begin) or _WIDE.get(squeezed)


def _is_utf8(body: bytes, text: str) -> bool:
    """True if at most a fifth of the non-ASCII characters in ``text``, decoded as UTF-8, are
    invalid."""
    bad = text.count("\ufffd")
    ascii_bytes = len(body.translate(None, bytes(range(128, 256))))
    return bad * 4 <= len(text) - ascii_bytes - bad


def _decoded(body: bytes, name: str) -> str | None:
    """The body decoded with the named encoding; None if it fails or is a UTF, excluded before."""
    encoding = resolve_encoding(name)
    if encoding is None or encoding.startswith("utf"):
        return None
    try:
        return body.decode(encoding)
    except UnicodeError:
        return None
