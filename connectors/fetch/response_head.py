"""The head of a response: small faults of servers that curl and browsers read past. Pure.

llhttp, the parser of aiohttp, refuses the whole response for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MAX_HEADER_LINE = 32 * 1024
"""Bytes of one header: content security policies of 10 KB are common. A longer one is left out."""

MAX_HEADERS = 126
"""aiohttp refuses 129; one more may be made here."""

MAX_LINES = 1_000
"""Lines of a head that are examined: more take the event loop's time."""

MAX_HEAD = 256 * 1024
"""Bytes of a head that is tidied, as many as Chrome reads; a longer one is left to the parser."""

END = re.compile(rb"\n\r?\n")
"""The end of a head that has a status line."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"[^\x00-\x08\x0a-\x1f\x7f]*"
_WELL_FORMED = re.compile(
    rb"HTTP/1\.[01] [1-5]\d\d [\t\x20-\x7e\x80-\xff]{0,200}\r\n(?:%b:%b\r\n)*\r\n"
    % (_TOKEN, _VALUE)
)
_FRAMING_NAMES = (b"content-length", b"transfer-encoding")
_PLAIN_FRAMING = re.compile(rb"\n(?:content-length: ?\d{1,18}|transfer-encoding: ?chunked)\r\n")

_STATUS = re.compile(
    rb"\s*HTTP/(1(?:\.\d)?|2(?:\.0)?)[ \t]+(\d{3})(?!\d)[ \t]*(.{0,200})", re.IGNORECASE
)
_NAME = re.compile(_TOKEN)
_LENGTH = re.compile(rb"\+?(\d+)")
_LONGEST_LENGTH = 18
"""Digits; a longer one is not a length, and the body lasts until the end of the connection."""

_CONTROLS = re.compile(rb"[\x01-\x08\x0b-\x1f\x7f]")


def could_be_http(begin: bytes | bytearray) -> bool:
    """False if no head begins like this: the parser refuses it without waiting for its end."""
    begin = begin.lstrip()[:5].upper()
    return b"HTTP/".startswith(begin)


def status(head: bytes) -> int:
    """The status of a head; 0 if it has none."""
    found = _STATUS.match(head)
    return int(found[2]) if found else 0


def tidied(head: bytes) -> bytes:
    """The head as llhttp reads it: a well-formed one unchanged.

    Left out are invalid and overlong header lines, and those after the first MAX_HEADERS. Of
    several equal Content-Length headers one is kept, and none beside ``Transfer-Encoding: chunked``
    (RFC 9112, 6.3). What makes the status or the length of the body ambiguous stays: the parser
    refuses it.
    """
    if len(head) > MAX_HEAD or _is_well_formed(head):
        return head
    first, _, rest = _CONTROLS.sub(b" ", head).lstrip().partition(b"\n")
    found = _STATUS.match(first)
    if not found or b"\0" in head:
        return head
    kept = (header for header in _headers(rest) if _is_kept(*header))
    headers = list(islice(kept, MAX_HEADERS))
    lines = [b"HTTP/%b %b %b" % (_version(found[1]), found[2], found[3].strip())]
    lines += [b"%b: %b" % header for header in _with_one_length(headers)]
    return b"\r\n".join([*lines, b"", b""])


def _is_well_formed(head: bytes) -> bool:
    if len(head) > MAX_HEADER_LINE or head.count(b"\n") > MAX_HEADERS:
        return False
    lower = head.lower()
    framing = sum(lower.count(b"\n%b:" % name) for name in _FRAMING_NAMES)
    if framing > 1 or (framing and not _PLAIN_FRAMING.search(lower)):
        return False
    return bool(_WELL_FORMED.fullmatch(head))


def _version(written: bytes) -> bytes:
    return b"1.0" if written in (b"1.0", b"2", b"2.0") else b"1.1"


def _headers(lines: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and values. Folded lines belong to the header before them; without one they are
    skipped, as are lines without a name."""
    name, value = b"", b""
    for line in lines.split(b"\n", MAX_LINES)[:MAX_LINES]:
        if not line.strip():
            continue
        if line[:1] in (b" ", b"\t"):
            value += b" " + line.strip()
            continue
        if name:
            yield name, value
        name, colon, value = (part.strip() for part in line.partition(b":"))
        if not colon:
            name = b""
    if name:
        yield name, value


def _is_kept(name: bytes, value: bytes) -> bool:
    return bool(_NAME.fullmatch(name)) and len(name) + len(value) < MAX_HEADER_LINE


def _with_one_length(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with one statement of the body's length."""
    lengths = _values(headers, b"content-length")
    others = [pair for pair in headers if pair[0].lower() not in _FRAMING_NAMES]
    if b"chunked" in map(bytes.lower, _values(headers, b"transfer-encoding")):
        return [*others, (b"Transfer-Encoding", b"chunked")]
    found = [_LENGTH.match(value) for value in lengths]
    different = {length[1].lstrip(b"0") or b"0" if length else b"" for length in found}
    one = different.pop() if len(different) == 1 else b""
    if not lengths or len(one) > _LONGEST_LENGTH:
        return others
    return [*others, (b"Content-Length", one or b", ".join(lengths))]


def _values(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    """The elements of a header that is a list."""
    values = [value for name, value in headers if name.lower() == wanted]
    return [each.strip() for value in values for each in value.split(b",") if each.strip()]
