"""What makes an article the same article, and what makes it a new revision. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from courlan.urlutils import get_tldinfo
from w3lib.url import canonicalize_url, safe_url_string

from connectors.text.clean import without_default_port
from connectors.text.normalise import essence, paragraphs, plain

# courlan 1.4's and w3lib 2.5's own canonical forms lose or change what identifies: courlan drops a
# parameter without a value (story.asp?12345) and any whose name merely begins like a tracker's
# (gallery, reference, medium), w3lib writes ?12345 as ?12345=.
_TRACKING = re.compile(
    r"(?:utm|mtm|piwik|matomo|hsa|oly|vero|guce)_\w+|mc_[ce]id|wt[._]\w+|_hs\w+|__hs\w+"
    r"|pk_(?:campaign|cid|content|keyword|kwd|medium|source)"
    r"|itm_(?:campaign|channel|content|medium|source|term)"
    r"|at_(?:bbc_team|campaign(?:_type)?|custom\d|format|link_(?:id|origin|type)|medium|ptr_name)"
    r"|ns_(?:campaign|fee|linkname|mchannel|source)|amp_(?:ct|gsa|js_v|r)|usqp|aoh"
    r"|fbclid|[gd]clid|gclsrc|gad_(?:source|campaignid)|[gw]braid|msclkid|yclid|ysclid|twclid|ttclid"
    r"|li_fat_id|srsltid|igsh(?:id)?"
    r"|_g[al]|_openstat|mkt_tok|fb_(?:action|source|ref)\w*|cmpid|[oin]cid|smid|smtyp|s_cid"
    r"|ito|ftag|xtor|spref|sref|ref_?src|ref_?url|share_?(?:token|type|source)|guccounter|dlvrit"
    r"|feed(?:type|name)",
    re.IGNORECASE,
)
_TRACKING_BY_VALUE = re.compile(r"rss=(?:1|rss|true|yes)?|(?:cmp|emc)=\D.*", re.IGNORECASE)
"""Names that a site may give its articles' numbers too."""
_AMP_CACHES = re.compile(
    r"https?://(?:www\.google\.[a-z.]{2,6}/amp"
    r"|[\w-]+\.(?:cdn\.ampproject\.org|bing-amp\.com)/(?:c|v|wp))/(s/)?(?=[^/]+\.)",
    re.IGNORECASE,
)
_OUTLINE = 16
_MARK = 4


class Why(StrEnum):
    """What a text that was read again is, against the revision before. The set is closed.

    ``identical`` and ``cosmetic`` are no revision. ``title``: nothing but the title. ``corrected``:
    up to half of the paragraphs differ, about as many as before. ``extended``: more was added than
    taken away; ``shortened``: the reverse. ``rewritten``: more than half of what was there is not.
    """

    IDENTICAL = "identical"
    COSMETIC = "cosmetic"
    TITLE = "title"
    CORRECTED = "corrected"
    EXTENDED = "extended"
    SHORTENED = "shortened"
    REWRITTEN = "rewritten"


class Traces(NamedTuple):
    """What is kept of a revision to judge the next one by: hashes of title and text without what is
    cosmetic (32 hex digits), one over both as they are (16), and the text's ``outline``, up to 64
    bytes."""

    title_hash: str
    text_hash: str
    exact_hash: str
    outline: bytes


def canonical_url(url: str) -> str:
    """The URL without fragment, login, default port and tracking parameters; ASCII, parameters
    sorted; where it is a copy's in an AMP cache, the original's.

    Upper and lower case are kept where they may matter, as is every parameter not known to track,
    and a fragment that names a page (``#!/story/1``).
    What is no http or https URL is returned as it is.
    """
    try:
        parts = urlsplit(safe_url_string(out_of_cache(url.strip())))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return url
        bare = urlunsplit((parts.scheme, _host(parts.netloc), parts.path, "", ""))
        scheme, netloc, path, _, _ = urlsplit(canonicalize_url(bare))
        pairs = parts.query.replace("&amp;", "&").split("&")  # feeds escape twice
        kept = "&".join(sorted(pair for pair in pairs if pair and not _tracks(pair)))
        netloc = without_default_port(scheme, netloc)
        page = parts.fragment if parts.fragment.startswith("!/") else ""
        clean: str = urlunsplit((scheme, netloc, path, kept, page))
    except (ValueError, UnicodeError):
        return url
    return clean


def out_of_cache(url: str) -> str:
    """The address on its own site of a page in an AMP cache: ``https://www.google.com/amp/s/HOST/…``,
    ``https://HOST.cdn.ampproject.org/c/s/HOST/…``; other URLs as they are."""
    found = _AMP_CACHES.match(url)
    if found is None:
        return url
    return f"http{'s' if found[1] else ''}://{url[found.end() :]}"


def without_login(url: str) -> str:
    """The URL as it may be published: without a user's name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=_host(parts.netloc)))


def _host(netloc: str) -> str:
    """With the port, without a login."""
    return netloc.rpartition("@")[2]


def _tracks(pair: str) -> bool:
    name = unquote(pair.partition("=")[0])
    return bool(_TRACKING.fullmatch(name) or _TRACKING_BY_VALUE.fullmatch(pair))


def same_site(url: str, other: str) -> bool:
    """Whether two URLs have one registrable domain; without one (an IP, localhost), one host.

    A host of no known top-level domain is one with the hosts below it, on the same port.
    """
    domain, other_domain = get_tldinfo(url)[1], get_tldinfo(other)[1]
    if domain or other_domain:
        return bool(domain == other_domain)
    shorter, longer = sorted((urlsplit(u).netloc.lower() for u in (url, other)), key=len)
    return f".{longer}".endswith(f".{shorter}")


def article_id(url: str) -> str:
    """32 hex digits, made from a canonical URL."""
    return _digest(url)


def title_hash(title: str) -> str:
    """32 hex digits; the same for titles that differ in case, white space, quotes or dashes."""
    return _digest(plain(title))


def content_hash(title: str, text: str) -> str:
    """32 hex digits over both; the same where neither changes."""
    return _digest(f"{plain(title)}\n{essence(paragraphs(text))}")


def changes(previous: Traces, now: Traces) -> tuple[Literal["title", "text"], ...]:
    """What is new against a previous revision; nothing where all changes are cosmetic."""
    changed: list[Literal["title", "text"]] = []
    if now.title_hash != previous.title_hash:
        changed.append("title")
    if now.text_hash != previous.text_hash:
        changed.append("text")
    return tuple(changed)


def traces(title: str, text: str) -> Traces:
    """Of a revision, to be kept with it."""
    exact = _digest(f"{title}\n{text}")[:16]
    lines = paragraphs(text)
    return Traces(title_hash(title), _digest(essence(lines)), exact, _outline(lines))


def why(previous: Traces, now: Traces) -> Why:
    """The reason for which what was read is a new revision, or is none."""
    changed = changes(previous, now)
    if not changed:
        return Why.IDENTICAL if now.exact_hash == previous.exact_hash else Why.COSMETIC
    return _in_text(previous.outline, now.outline) if "text" in changed else Why.TITLE


def _in_text(previous: bytes, now: bytes) -> Why:
    before, after = _marks(previous), _marks(now)
    # Of a long text the outline has a sample: what is comparable are the least marks of both.
    both = set(sorted(before | after)[:_OUTLINE]) if len(before | after) > _OUTLINE else None
    if both is not None:
        before, after = before & both, after & both
    lost, gained = len(before - after), len(after - before)
    if 2 * lost > len(before):
        return Why.REWRITTEN
    if lost == gained:
        return Why.CORRECTED
    return Why.EXTENDED if gained > lost else Why.SHORTENED


def _outline(lines: Iterable[str]) -> bytes:
    """The least 16 of the lines' hashes, four bytes of each."""
    marks = {bytes.fromhex(_digest(each)[: 2 * _MARK]) for each in lines}
    return b"".join(sorted(marks)[:_OUTLINE])


def _marks(outline: bytes) -> set[bytes]:
    return {outline[n : n + _MARK] for n in range(0, len(outline), _MARK)}


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
