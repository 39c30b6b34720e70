"""One HTTP exchange: a request, its capped body, and what a failure of it is called."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

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
"""The statuses that redirect."""


class Limits(NamedTuple):
    """For one body, after decoding; ``cut``: of a longer one the beginning will do."""

    max_bytes: int
    cut: bool = False


class Moved(NamedTuple):
    """The answer is elsewhere."""

    to: URL
    redirect: Redirect


DECODED = ("identity", "gzip", "deflate", "")
"""What aiohttp decodes without further packages; it passes on, encoded, what it does not know."""


async def exchange(
    session: aiohttp.ClientSession,
    url: URL,
    headers: Mapping[str, str],
    limits: Limits,
    seconds: float,
    form: Mapping[str, str] | None = None,
    clock: Clock = time.time,
) -> Response | Moved:
    """GET the URL, or POST it a form, within so many seconds, following no redirect.

    Raises FetchFailed.
    """
    method = "GET" if form is None else "POST"
    try:
        async with (
            asyncio.timeout(seconds),
            session.request(
                method, url, headers=headers, data=form, allow_redirects=False
            ) as answer,
        ):
            if answer.status in PERMANENT and "Location" in answer.headers:
                return _moved(url, answer)
            now = moment(clock)
            if failure := outcome_of(answer.status):
                detail = f"{shown(url)} answers {answer.status} {answer.reason or ''}".rstrip()
                wait = retry_after(answer.headers, now)
                raise FetchFailed(failure, detail, wait, answer.status)
            body = await _body(answer, limits)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise _failure(url, error) from error
    there = shown(url)
    return Response(
        status=answer.status,
        url=there,
        body=body,
        content_type=answer.content_type,
        charset=answer.charset,
        etag=_utf8_or_none(answer.headers.get("ETag")),
        last_modified=_utf8_or_none(answer.headers.get("Last-Modified")),
        redirects=(),
        fetched_at=now,
        retry_after=retry_after(answer.headers, now),
        fresh_for=fresh_for(answer.headers, now),
        links=links(answer.headers.getall("Link", []), there),
        reserved_in_header=in_header(answer.headers, answer.headers.getall("X-Robots-Tag", ())),
    )


def parsed(url: str, base: URL | None = None) -> URL:
    """The URL of something that may be fetched. Raises FetchFailed (bad_url)."""
    try:
        made = base.join(URL(url)) if base else URL(url)
        usable = made.scheme in ("http", "https") and bool(made.raw_host) and bool(made.port)
    except ValueError as error:  # yarl's answer to what is no URL, with its reason
        raise FetchFailed(FetchOutcome.BAD_URL, f"{url[:200]!r}: {error}") from error
    if not usable or len(shown(made)) > MAX_URL:
        raise FetchFailed(FetchOutcome.BAD_URL, f"not an http(s) URL to use: {url[:200]!r}")
    return made


def shown(url: URL) -> str:
    """The URL as it may be told and published: without a user's name and password."""
    if url.raw_user is None and url.raw_password is None and not url.raw_fragment:
        return str(url)
    return str(url.with_user(None).with_fragment(None))


def _moved(url: URL, answer: aiohttp.ClientResponse) -> Moved:
    to = parsed(answer.headers["Location"], url)
    return Moved(to, Redirect(shown(url), PERMANENT[answer.status]))


async def _body(answer: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """aiohttp 3.14 decodes in pieces of 64 KiB or so, however much a bomb has in store."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in DECODED:
        raise FetchFailed(
            FetchOutcome.BAD_RESPONSE, f"{shown(answer.url)} is encoded as {encoding}"
        )
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > limits.max_bytes:
            if limits.cut:
                return bytes(body[: limits.max_bytes])
            detail = f"{shown(answer.url)} is larger than {limits.max_bytes} bytes"
            raise FetchFailed(FetchOutcome.TOO_LARGE, detail)
    return bytes(body)


def _utf8_or_none(value: str | None) -> str | None:
    """aiohttp gives header bytes that are no UTF-8 as lone surrogates, which SQLite refuses."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        return None
    return value


def _failure(url: URL, error: Exception) -> FetchFailed:
    outcome, detail = _named(error)
    return FetchFailed(outcome, f"{shown(url)}: {' '.join(detail.split())[:300]}")


def _named(error: Exception) -> tuple[FetchOutcome, str]:
    match error:
        case TimeoutError():
            return FetchOutcome.TIMEOUT, "no complete answer in time"
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused):
            return FetchOutcome.ADDRESS_REFUSED, f"{refused.address} is {refused.reason}"
        case aiohttp.ServerDisconnectedError():
            return FetchOutcome.BAD_RESPONSE, "the server hung up"
    outcome = next((o for kind, o in _OUTCOMES if isinstance(error, kind)), None)
    return outcome or FetchOutcome.BAD_RESPONSE, str(error) or type(error).__name__


_OUTCOMES: tuple[tuple[type[Exception], FetchOutcome], ...] = (
    (aiohttp.InvalidURL, FetchOutcome.BAD_URL),
    (aiohttp.ClientSSLError, FetchOutcome.TLS),
    (ssl.SSLError, FetchOutcome.TLS),
    (aiohttp.ClientConnectorDNSError, FetchOutcome.DNS),
    (UnicodeError, FetchOutcome.DNS),  # a name that IDNA cannot write
    (aiohttp.ClientConnectorError, FetchOutcome.CONNECT),
    (aiohttp.ClientOSError, FetchOutcome.BAD_RESPONSE),  # once connected: it breaks off
    (ConnectionResetError, FetchOutcome.BAD_RESPONSE),
    (OSError, FetchOutcome.CONNECT),
)
"""The first that fits; several of these are kinds of OSError."""
