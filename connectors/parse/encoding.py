"""A document's bytes to UTF-8: gzip, byte order marks, declared and guessed encodings. Pure."""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlsplit

import chardetng_py
from w3lib.encoding import read_bom, resolve_encoding

from connectors.parse.parsed_feed import NotAFeed

MAX_UNPACKED = 10 * 1024**2
"""Bytes of a gzip file after decompression: the limit of an uncompressed feed."""

_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 100
"""Parts of a gzip file; each costs a copy of the rest."""
_WIDE = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be"} | {
    mark + other: f"utf-16-{order}e"
    for other in (b"?", b"r", b"f", b"u", b"s", b"!", b" ", b"\n", b'"')
    for mark, order in ((b"<\0", "l"), (b"\0<", "b"), (b"{\0", "l"), (b"\0{", "b"))
}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_LANGUAGE = re.compile(
    rb"""(?:<(?:dc:)?language>|\bxml:lang=["']|"language"\s*:\s*")\s*([A-Za-z]{2})\b"""
)
_BEGINNING = 20_000
_HOMES = {
    "bg": "bg", "ca": "es", "cs": "cz", "da": "dk", "de": "de", "el": "gr", "en": "uk", "es": "es",
    "et": "ee", "fi": "fi", "fr": "fr", "he": "il", "hu": "hu", "is": "is", "it": "it", "ja": "jp",
    "ko": "kr", "lt": "lt", "lv": "lv", "nb": "no", "nl": "nl", "nn": "no", "no": "no", "pt": "pt",
    "ro": "ro", "ru": "ru", "sv": "se", "tr": "tr", "uk": "ua", "vi": "vn",
}  # fmt: skip
"""Languages to top-level domains, by which the detector of browsers weighs its guess."""
_LATIN = re.compile(r"cp125[02478]|iso8859-(?:[1-4]|9|1\d)")
"""Encodings of the Latin script."""
_BEYOND_LATIN_1 = frozenset(
    ("bs", "cs", "hr", "hu", "lt", "lv", "pl", "ro", "sk", "sl", "tr", "vi")
)
"""Languages with Latin letters that Latin-1 lacks."""


def decompress(body: bytes) -> bytes:
    """The content of a gzip file (sitemaps often are); other bytes unchanged. Raises NotAFeed."""
    if not body.startswith(_GZIP):
        return body
    content = b""
    for _ in range(_MOST_MEMBERS):
        packed = zlib.decompressobj(wbits=31)
        try:
            content += packed.decompress(body, MAX_UNPACKED + 1 - len(content))
        except zlib.error as error:
            raise NotAFeed(f"a broken gzip file: {error}") from None
        if len(content) > MAX_UNPACKED:
            raise NotAFeed(f"a gzip file of more than {MAX_UNPACKED} bytes")
        body = packed.unused_data
        if not body.startswith(_GZIP):
            break
    return content


def to_utf8(body: bytes, charset: str | None, url: str = "") -> bytes:
    """The text in UTF-8 without its byte order mark.

    ``charset``: from the response header. ``url``: a hint to the country.

    In this order: evidence in the bytes (a mark, zero bytes, nearly valid UTF-8, as in a feed
    aggregated from several sources); the XML declaration, then the header, whichever decodes
    without error; a guess. The declaration comes first because it was written with the text, while
    servers send one header for all files. Latin-1 is the default of tools and servers: it is
    ignored if the text is of another script or the feed's language has letters beyond it.
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
    language = _language(body)
    guess = _guess(body, language, url)
    is_latin_1 = bool(_LATIN.fullmatch(guess)) and language not in _BEYOND_LATIN_1
    for name in (declared[1].decode() if declared else None, charset):
        encoding = _legacy(name) if name else None
        if (
            encoding
            and (encoding != "cp1252" or is_latin_1)
            and (legacy := _decoded(body, encoding))
        ):
            return legacy.encode("utf-8", "replace")
    return body.decode(guess, "replace").encode("utf-8", "replace")


def _language(body: bytes) -> str:
    """The two letters of the language that the feed states, or empty."""
    found = _LANGUAGE.search(body[:_BEGINNING])
    return found[1].decode().lower() if found else ""


def _guess(body: bytes, language: str, url: str) -> str:
    """The encoding by the detector of browsers, made for short texts between tags."""
    domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    home = _HOMES.get(language) or (domain if domain in _HOMES.values() else "")
    name: str = chardetng_py.detect(body, allow_utf8=False, tld=home.encode() or None)
    return resolve_encoding(name.removesuffix("-I")) or "cp1252"


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


def _legacy(name: str) -> str | None:
    """Python's name of an encoding; None for an unknown one and for UTFs, which were excluded
    before."""
    encoding = resolve_encoding(name)
    return None if encoding is None or encoding.startswith("utf") else encoding


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeError:
        return None
