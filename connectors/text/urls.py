"""Canonical URLs: one address for one page. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from courlan.urlutils import get_tldinfo
from w3lib.url import canonicalize_url, safe_url_string

from connectors.text.clean import clean_text, without_default_port
from connectors.text.sessions import RANDOM_SEGMENT, is_session, without_sessions

# The canonical forms of courlan 1.4 and w3lib 2.5 change identifying parts: courlan drops a
# parameter without a value (story.asp?12345) and names that only start like a tracker's (gallery,
# reference, medium); w3lib writes ?12345 as ?12345=.
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
"""Tracking parameters only with these values: sites also use the names for article numbers."""
_AMP_CACHES = re.compile(
    r"https?://(?:www\.google\.[a-z.]{2,6}/amp"
    r"|[\w-]+\.(?:cdn\.ampproject\.org|bing-amp\.com)/(?:c|v|wp))/(s/)?(?=[^/]+\.)",
    re.IGNORECASE,
)

_PARAMETER = re.compile(
    r";([^=;/?#]+)=([^;/?#]*)|[?&](?:([^=&#]+)=)?([^&#]*)"
    rf"|(?<!/)/((?i:{RANDOM_SEGMENT}))(?=[/;?#]|$)"
)


def canonical_url(url: str) -> str:
    """The URL in ASCII without fragment, credentials, default port, and parameters of tracking and
    sessions; with sorted parameters. For a copy in an AMP cache: the original's.

    Case in paths, unknown parameters and fragments that identify a page (``#!/story/1``) are kept.
    Anything but an http(s) URL is returned unchanged.
    """
    try:
        parts = urlsplit(safe_url_string(out_of_cache(url.strip())))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return url
        path = without_sessions(parts.path)
        bare = urlunsplit((parts.scheme, _host(parts.netloc), path, "", ""))
        scheme, netloc, path, _, _ = urlsplit(canonicalize_url(bare))
        pairs = parts.query.replace("&amp;", "&").split("&")  # feeds escape twice
        kept = "&".join(sorted(pair for pair in pairs if pair and not _tracks(pair)))
        netloc = without_default_port(scheme, netloc)
        page = parts.fragment if parts.fragment.startswith("!/") else ""
        canonical: str = urlunsplit((scheme, netloc, path, kept, page))
    except (ValueError, UnicodeError):
        return url
    return canonical


def out_of_cache(url: str) -> str:
    """The original URL of a page in an AMP cache: ``https://www.google.com/amp/s/HOST/…``,
    ``https://HOST.cdn.ampproject.org/c/s/HOST/…``; other URLs as they are."""
    found = _AMP_CACHES.match(url)
    if found is None:
        return url
    return f"http{'s' if found[1] else ''}://{url[found.end() :]}"


def without_login(url: str) -> str:
    """The URL without credentials: fit for publication."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=_host(parts.netloc)))


def _host(netloc: str) -> str:
    """Host and port, without credentials."""
    return netloc.rpartition("@")[2]


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name)
    tracker = _TRACKING.fullmatch(name) or _TRACKING_BY_VALUE.fullmatch(pair)
    return bool(tracker) or is_session(name, value)


def parameters(url: str) -> Mapping[str, str]:
    """The values of a canonical URL's parameters by name: of the query (``id``; empty for
    ``?12345``), of the path (``;v``), and segments of the path that look random (``/2``)."""
    return dict(map(_name_and_value, _PARAMETER.finditer(url)))


def with_values(url: str, values: Mapping[str, str]) -> str:
    """The canonical URL with other values for these parameters."""

    def replaced(found: re.Match[str]) -> str:
        name, value = _name_and_value(found)
        return found[0].removesuffix(value) + values.get(name, value)

    return _PARAMETER.sub(replaced, url)


def without_values(url: str) -> str:
    """The canonical URL with empty parameters: equal for URLs that differ in values only."""
    return with_values(url, dict.fromkeys(parameters(url), ""))


def _name_and_value(found: re.Match[str]) -> tuple[str, str]:
    in_path, path_value, in_query, query_value, segment = found.groups()
    if segment:
        return f"/{found.string.count('/', 0, found.start()) - 1}", segment
    return (f";{in_path}", path_value) if in_path else (in_query or "", query_value)


def same_site(url: str, other: str) -> bool:
    """Whether two URLs have the same registrable domain; without one (an IP, localhost), the same
    host.

    Under an unknown top-level domain, a host and its subdomains on one port are the same site.
    """
    domain, other_domain = get_tldinfo(url)[1], get_tldinfo(other)[1]
    if domain or other_domain:
        return bool(domain == other_domain)
    shorter, longer = sorted((urlsplit(u).netloc.lower() for u in (url, other)), key=len)
    return f".{longer}".endswith(f".{shorter}")


def absolute_url(link: str, base: str) -> str | None:
    """The absolute http(s) URL of a link in a document at ``base``; None for other schemes."""
    try:
        url = urljoin(base, clean_text(link).strip())
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
