"""What makes an article the same article, and what makes it a new revision. Pure."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from courlan.urlutils import get_tldinfo
from w3lib.url import canonicalize_url, safe_url_string

# courlan 1.4's and w3lib 2.5's own canonical forms lose or change what identifies: courlan drops a
# parameter without a value (story.asp?12345) and any whose name merely begins like a tracker's
# (gallery, reference, medium), w3lib writes ?12345 as ?12345=.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|itm|at|oly|vero|guce)_\w+|mc_[ce]id|wt[._]\w+|_hs\w+|__hs\w+"
    r"|fbclid|[gd]clid|gclsrc|[gw]braid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|srsltid|igsh(?:id)?"
    r"|_g[al]|_openstat|mkt_tok|fb_(?:action|source|ref)\w*|cmp(?:id)?|[oin]cid|smid|smtyp|s_cid|emc"
    r"|ito|ftag|xtor|spref|sref|ref_?src|ref_?url|share_?(?:token|type|source)|guccounter|dlvrit"
    r"|rss|feed(?:type|name)",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_BETWEEN_MARKS = re.compile(r"\s*(['\"-])\s*")


def canonical_url(url: str) -> str:
    """The URL without fragment, default port and tracking parameters; ASCII, parameters sorted.

    Upper and lower case are kept where they may matter, as is every parameter not known to track.
    What is no http or https URL is returned as it is.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        if parts.scheme not in _DEFAULT_PORT or not parts.hostname:
            return url
        bare = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        scheme, netloc, path, _, _ = urlsplit(canonicalize_url(bare))
        kept = (pair for pair in parts.query.split("&") if pair and not _tracks(pair))
        netloc = netloc.removesuffix(_DEFAULT_PORT[scheme])
        clean: str = urlunsplit((scheme, netloc, path, "&".join(sorted(kept)), ""))
    except (ValueError, UnicodeError):
        return url
    return clean


def _tracks(pair: str) -> bool:
    return bool(_TRACKING.fullmatch(pair.partition("=")[0]))


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
    return _digest(_essence(title))


def text_hash(text: str) -> str:
    """32 hex digits; the same for texts that differ as :func:`title_hash` says."""
    return _digest(_essence(text))


def content_hash(title: str, text: str) -> str:
    """32 hex digits over both; the same where neither changes."""
    return _digest(f"{_essence(title)}\n{_essence(text)}")


def changes(
    previous_title_hash: str, previous_text_hash: str, *, title: str, text: str
) -> tuple[Literal["title", "text"], ...]:
    """What is new against a previous revision; nothing where all changes are cosmetic."""
    changed: list[Literal["title", "text"]] = []
    if title_hash(title) != previous_title_hash:
        changed.append("title")
    if text_hash(text) != previous_text_hash:
        changed.append("text")
    return tuple(changed)


def _essence(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFKC", text.translate(_ALIKE)).casefold().split())
    return _BETWEEN_MARKS.sub(r"\1", words)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
