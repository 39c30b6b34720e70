"""Make the references of an XML document legal: ampersands, HTML's names, characters. Pure."""

from __future__ import annotations

import re
from html.entities import html5
from xml.sax.saxutils import escape

_NUMBER = rb"#(?:\d{1,8}|x[0-9a-fA-F]{1,8})"
_VERBATIM = rb"(?P<verbatim><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))"


def _bare(names: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%b|&(?!(?:%b|%b);)" % (_VERBATIM, names, _NUMBER), re.DOTALL)


_HTML = re.compile(
    rb"%b|&(?!(?:amp|lt|gt|quot|apos);)(?P<name>[A-Za-z][A-Za-z0-9]{1,31});" % _VERBATIM, re.DOTALL
)
_NOT_XML = _bare(rb"amp|lt|gt|quot|apos")
_NOT_HTML = _bare(rb"[A-Za-z][A-Za-z0-9]{1,31}")
_CHARACTER = re.compile(rb"&#(?:x([0-9a-f]{1,8})|(\d{1,8}));", re.IGNORECASE)


def in_xml(body: bytes) -> bytes:
    """Escape each ``&`` that does not start a reference predefined in XML; for UTF-8 documents.

    libxml2 drops such an ampersand with the name after it: ``?id=7&sec=news`` becomes
    ``?id=7=news``.
    """
    return _NOT_XML.sub(_escaped, _CHARACTER.sub(_legal, body))


def in_feed(body: bytes) -> bytes:
    """Escape each ``&`` that starts neither an XML nor an HTML reference: feedparser decodes
    ``&copy=1`` to ``©=1``. References that HTML alone knows become characters, since a feed with
    one is not well-formed."""
    return _HTML.sub(_character, _NOT_HTML.sub(_escaped, _CHARACTER.sub(_legal, body)))


def _character(found: re.Match[bytes]) -> bytes:
    if found["verbatim"]:
        return found[0]
    character = html5.get(f"{found['name'].decode()};")
    return escape(character or f"&{found['name'].decode()};").encode()


def _escaped(found: re.Match[bytes]) -> bytes:
    return found["verbatim"] or b"&amp;"


def _legal(reference: re.Match[bytes]) -> bytes:
    """The character reference if XML allows its character, else nothing: feedparser and lxml raise
    on surrogates."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0x10FFFF
    return reference[0] if legal else b""
