"""One HTTP request, and the outcome of each failure."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import aiohttp
from yarl import URL

from connectors.fetch.body import BodyLimit, TooLarge, read_body
from connectors.fetch.guard import AddressRefused
from connectors.fetch.response import (
    FetchFailed,
    Redirect,
    Response,
    fresh_for,
    links,
    outcome_of,
    retry_after,
)
from connectors.text.opt_outs import in_header
from newsline.clock import Clock, moment
from newsline.outcomes import FetchOutcome
from newsline.records import MAX_URL

PERMANENT = {301: True, 302: False, 303: False, 307: False, 308: True}
"""Statuses that redirect, and whether for good."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([a-z0-9][\w.:+-]{1,40})", re.ASCII | re.IGNORECASE)


class Request(NamedTuple):
    """A GET, or a POST if there is a form."""

    url: URL
    headers: Mapping[str, str]
    limit: BodyLimit
    form: Mapping[str, str] | None = None


class Moved(NamedTuple):
    """A redirect to ``to``. ``set_cookie``: its Set-Cookie headers."""

    to: URL
    redirect: Redirect
    set_cookie: Sequence[str] = ()


async def send(
    session: aiohttp.ClientSession, request: Request, *, seconds: float, clock: Clock = time.time
) -> Response | Moved:
    """Send the request within ``seconds``, without following redirects. Raises FetchFailed."""
    url = request.url
    method = "GET" if request.form is None else "POST"
    try:
        async with (
            asyncio.timeout(seconds),
            session.request(
                method, url, headers=request.headers, data=request.form, allow_redirects=False
            ) as answer,
        ):
            if answer.status in PERMANENT and "Location" in answer.headers:
                return _moved(url, answer)
            now = moment(clock)
            if failure := outcome_of(answer.status):
                detail = f"{public_url(url)} answers {answer.status} {answer.reason or ''}".rstrip()
                wait = retry_after(answer.headers, now)
                raise FetchFailed(failure, detail, wait, answer.status)
            body = await read_body(answer, request.limit)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise _failure(url, error) from error
    return _response(public_url(url), answer, body, now)


def _response(
    url: str, answer: aiohttp.ClientResponse, body: bytes, fetched_at: datetime
) -> Response:
    headers = answer.headers
    return Response(
        status=answer.status,
        url=url,
        body=body,
        content_type=answer.content_type,
        charset=_charset(answer),
        etag=_utf8_or_none(headers.get("ETag")),
        last_modified=_utf8_or_none(headers.get("Last-Modified")),
        redirects=(),
        fetched_at=fetched_at,
        retry_after=retry_after(headers, fetched_at),
        fresh_for=fresh_for(headers, fetched_at),
        links=links(headers.getall("Link", []), url),
        reserved_in_header=in_header(headers, headers.getall("X-Robots-Tag", ())),
    )


def _charset(answer: aiohttp.ClientResponse) -> str | None:
    """The charset in a Content-Type header, as curl and browsers find it: in any quotes, also after
    a missing semicolon or in a second header."""
    parsed = answer.charset
    if parsed and parsed.isascii():
        return parsed
    found = _CHARSET.search(" ".join(answer.headers.getall("Content-Type", ())))
    return found[1] if found else None


def parse_url(url: str, base: URL | None = None) -> URL:
    """The http(s) URL, relative to ``base`` if given. Raises FetchFailed (bad_url)."""
    try:
        made = base.join(URL(url)) if base else URL(url)
        usable = made.scheme in ("http", "https") and bool(made.raw_host) and bool(made.port)
    except ValueError as error:  # yarl's error names the reason
        raise FetchFailed(FetchOutcome.BAD_URL, f"{url[:200]!r}: {error}") from error
    if not usable or len(public_url(made)) > MAX_URL:
        raise FetchFailed(FetchOutcome.BAD_URL, f"not a usable http(s) URL: {url[:200]!r}")
    return made


def public_url(url: URL) -> str:
    """The URL without credentials and fragment: fit for logs and records."""
    if url.raw_user is None and url.raw_password is None and not url.raw_fragment:
        return str(url)
    return str(url.with_user(None).with_fragment(None))


def _moved(url: URL, answer: aiohttp.ClientResponse) -> Moved:
    to = parse_url(_location(answer.headers["Location"]), url)
    redirect = Redirect(public_url(url), PERMANENT[answer.status])
    return Moved(to, redirect, answer.headers.getall("Set-Cookie", ()))


def _location(header: str) -> str:
    """The header's URL; bytes that are not UTF-8 are percent-encoded, as browsers do."""
    written = header.encode("utf-8", "surrogateescape")
    try:
        return written.decode()
    except UnicodeDecodeError:
        return re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02X" % ord(byte[0]), written).decode()


def _utf8_or_none(value: str | None) -> str | None:
    """None for header bytes that are not UTF-8: aiohttp decodes them to lone surrogates, which
    SQLite refuses."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        return None
    return value


def _failure(url: URL, error: Exception) -> FetchFailed:
    outcome, detail = _named(error)
    words = f"{public_url(url)}: {' '.join(detail.split())[:300]}"
    return FetchFailed(outcome, words, local=_is_local(error))


def _is_local(error: Exception) -> bool:
    """Whether this machine has no route, or no name server answers. A name server that answers
    SERVFAIL for one name looks the same."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, socket.gaierror):
        return cause.errno == socket.EAI_AGAIN
    return isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.ENETDOWN)


def _named(error: Exception) -> tuple[FetchOutcome, str]:
    match error:
        case TimeoutError():
            return FetchOutcome.TIMEOUT, "no complete answer in time"
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused):
            return FetchOutcome.ADDRESS_REFUSED, f"{refused.address} is {refused.reason}"
        case TooLarge():
            return FetchOutcome.TOO_LARGE, str(error)
        case aiohttp.ServerDisconnectedError():
            return FetchOutcome.BAD_RESPONSE, "the server closed the connection"
    outcome = next((o for kind, o in _OUTCOMES if isinstance(error, kind)), None)
    return outcome or FetchOutcome.BAD_RESPONSE, str(error) or type(error).__name__


_OUTCOMES: tuple[tuple[type[Exception], FetchOutcome], ...] = (
    (aiohttp.InvalidURL, FetchOutcome.BAD_URL),
    (aiohttp.ClientSSLError, FetchOutcome.TLS),
    (ssl.SSLError, FetchOutcome.TLS),
    (aiohttp.ClientConnectorDNSError, FetchOutcome.DNS),
    (UnicodeError, FetchOutcome.DNS),  # a name that IDNA cannot encode
    (aiohttp.ClientConnectorError, FetchOutcome.CONNECT),
    (aiohttp.ClientOSError, FetchOutcome.BAD_RESPONSE),  # the connection broke
    (ConnectionResetError, FetchOutcome.BAD_RESPONSE),
    (OSError, FetchOutcome.CONNECT),
)
"""The first match counts; several of these are subclasses of OSError."""
