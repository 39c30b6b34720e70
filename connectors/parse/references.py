"""Ampersands that begin no reference, as in links pasted into XML, made to stand for themselves.
Pure."""

from __future__ import annotations

import re

_NUMBER = rb"#(?:\d{1,8}|x[0-9a-fA-F]{1,8})"
_VERBATIM = rb"(?P<verbatim><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))"


def _bare(names: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%b|&(?!(?:%b|%b);)" % (_VERBATIM, names, _NUMBER), re.DOTALL)


_NOT_XML = _bare(rb"amp|lt|gt|quot|apos")
_NOT_HTML = _bare(rb"[A-Za-z][A-Za-z0-9]{1,31}")


def in_xml(body: bytes) -> bytes:
    """The document in UTF-8 with ``&`` escaped where it begins nothing that XML itself knows.

    libxml2 drops it otherwise, with the name after it: ``?id=7&sec=news`` becomes ``?id=7=news``.
    """
    return _NOT_XML.sub(_escaped, body)


def in_feed(body: bytes) -> bytes:
    """The same, where names of HTML are understood: feedparser takes ``&copy=1`` for ``©=1``."""
    return _NOT_HTML.sub(_escaped, body)


def _escaped(found: re.Match[bytes]) -> bytes:
    return found["verbatim"] or b"&amp;"
