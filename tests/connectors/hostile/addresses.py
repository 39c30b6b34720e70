"""Redirects and links to private addresses in every notation, and to schemes other than HTTP."""

from __future__ import annotations

from tests.connectors.hostile.cases import GOOD, Case, feed_case, moved, page_case, raw, says
from tests.support.connector_harness import feed, item

PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback-hex": "0x7f000001",
    "loopback-hex-parts": "0x7f.0x0.0x0.0x1",
    "loopback-full-width": "１２７.０.０.１",
    "loopback-ideographic-dots": "127。0。0。1",
    "loopback-v6": "[::1]",
    "loopback-v6-mapped": "[::ffff:127.0.0.1]",
    "loopback-v6-mapped-hex": "[::ffff:7f00:1]",
    "loopback-v6-compatible": "[::127.0.0.1]",
    "loopback-nat64": "[64:ff9b::7f00:1]",
    "loopback-6to4": "[2002:7f00:1::]",
    "loopback-teredo": "[2001:0:7f00:1::80ff:fffe]",
    "localhost": "localhost",
    "any-v4": "0.0.0.0",
    "any-v6": "[::]",
    "cloud-metadata": "169.254.169.254",
    "cloud-metadata-v6": "[fd00:ec2::254]",
    "link-local-v6": "[fe80::1]",
    "private-10": "10.0.0.1",
    "private-172": "172.16.0.1",
    "private-192": "192.168.0.1",
    "shared-100": "100.64.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "unique-local-v6": "[fc00::1]",
    "name-of-a-private-address": "private.example",
    "name-of-both": "both.example",
}
"""Private hosts, literal or by resolution."""

NO_ADDRESS = {
    "loopback-short": "127.1",
    "loopback-decimal": "2130706433",
    "loopback-octal": "0177.0.0.1",
    "any-v4-short": "0",
}
"""Notations that some resolvers accept as an address, and aiohttp does not."""

ODD_LOCATIONS = {
    "to-a-file": "file:///etc/passwd",
    "to-ftp": "ftp://127.0.0.1/",
    "to-gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "to-javascript": "javascript:alert(1)",
    "to-data": "data:text/html,hello",
    "to-port-99999": "http://127.0.0.1:99999/",
    "to-port-0": "http://example.com:0/",
    "to-half-an-address": "http://[::1/",
    "to-1-mb": "/" + "a" * 30_000,
}

ODD_LINKS = {
    "link-javascript": ("javascript:alert(1)", "no_link"),
    "link-data": ("data:text/html,<p>hello", "no_link"),
    "link-mailto": ("mailto:ana@example.org", "no_link"),
    "link-file": ("file:///etc/passwd", "no_link"),
    "link-empty-host": ("http://", "not_html"),
    "link-port-99999": ("http://127.0.0.1:99999/", "bad_url"),
    "link-port-0": ("http://127.0.0.1:0/", "bad_url"),
    "link-port-words": ("http://127.0.0.1:http/", "bad_url"),
    "link-half-an-address": ("http://[::1/page", "no_link"),
    "link-zone": ("http://[fe80::1%25eth0]/", "address_refused"),
    "link-of-1-mb": ("/" + "a" * 1_000_000, "bad_url"),
    "link-query-of-1-mb": ("/page?" + "a=b&" * 250_000, "bad_url"),
    "link-with-credentials": ("http://root:secret@127.0.0.1:@PORT@/", "address_refused"),
    "link-with-a-misleading-name": ("http://example.com@127.0.0.1:@PORT@/", "address_refused"),
    "link-with-a-backslash": ("http://127.0.0.1:@PORT@\\@example.com/", "bad_url"),
    "link-with-line-ends": ("/page\r\nX-Evil: 1", "not_found"),
    "link-with-a-nul": ("/pa\0ge", "published"),
    "link-with-a-surrogate": ("/page\ud800", "not_found"),
    "link-bad-punycode": ("http://xn--\u0378-zz--/", "bad_url"),
    "link-punycode-nonsense": ("http://xn--zzzzzzzzzz9999.example/", "dns"),
    "link-label-too-long": (f"http://{'a' * 70}.example/", "dns"),
    "link-empty-label": ("http://a..example/", "dns"),
    "link-homograph": ("http://exаmple.test/", "dns"),
    "link-to-our-own-feed": ("/feed", "not_html"),
}


def link_case(name: str, link: str, outcome: str) -> Case:
    body = feed(item("page", url=link)).encode("utf-8", "surrogatepass")
    return feed_case(name, says(body), "ok", **{outcome: 1})


CASES: list[Case] = [
    *(
        feed_case(f"feed-{name}", moved(f"http://{host}:@PORT@/"), "address_refused")
        for name, host in PRIVATE.items()
    ),
    *(
        feed_case(f"feed-{name}", moved(f"http://{host}:@PORT@/"), "bad_url")
        for name, host in NO_ADDRESS.items()
    ),
    page_case("page-loopback", moved("http://127.0.0.1:@PORT@/"), address_refused=1),
    page_case("page-cloud-metadata", moved("http://169.254.169.254/latest/"), address_refused=1),
    *(feed_case(f"feed-{name}", moved(to), "bad_url") for name, to in ODD_LOCATIONS.items()),
    *(link_case(name, link, outcome) for name, (link, outcome) in ODD_LINKS.items()),
    feed_case("redirect-loop", moved("/feed"), "moved_too_often"),
    page_case("redirect-loop-of-a-page", moved("/page"), moved_too_often=1),
    Case("redirect-ping-pong", {"/feed": moved("/b"), "/b": moved("/feed")}, "moved_too_often", {}),
    feed_case("redirect-without-location", says(b"", status="302 Found"), "bad_response"),
    feed_case("redirect-to-nothing", moved(""), "moved_too_often"),
    feed_case("redirect-to-a-fragment", moved("#top", "301 Moved"), "moved_too_often"),
    feed_case(
        "redirect-with-bad-bytes",
        raw(b"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\r\n\r\n"),
        "not_found",
    ),
    feed_case("redirect-to-page", moved("/page", "308 Moved"), "not_a_feed"),
    Case(
        "page-redirects-to-a-robots-forbidden-one",
        {
            "/feed": says(feed(item("page")).encode()),
            "/page": moved("/no"),
            "/no": says(GOOD),
            "/robots.txt": says(b"User-agent: newsline\nDisallow: /no"),
        },
        "ok",
        {"robots": 1},
    ),
    feed_case("redirect-to-no-host", moved("http:///"), "not_found"),
    feed_case("rebinding", moved("http://rebinding.example:@PORT@/"), "address_refused")._replace(
        polls=2
    ),
]
