"""A robots.txt is read as RFC 9309 says, and as Protego does; a hostile one takes no time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from yarl import URL

from connectors.text import robots_file
from connectors.text.robots_file import parse_robots

SITE = "https://courier.example"


def allows(body: str | bytes, path: str) -> bool:
    content = body.encode() if isinstance(body, str) else body
    return parse_robots(content).rules.allow(path)


def rules(*lines: str) -> str:
    return "\n".join(["User-agent: *", *lines])


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        # RFC 9309, 2.2.2 and 2.2.3
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", False),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/foo-%24", "/path/foo-$", True),
        ("*.gif$", "/images/a.gif", True),
        ("*.gif$", "/images/a.gif?x", False),
        ("/example/", "/example/page", True),
        ("/example/", "/example", False),
        ("/this/*/exactly", "/this/path/exactly", True),
        ("/this/*/exactly", "/this/exactly", False),
        # Google's documentation of robots.txt
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish*", "/fish", True),
        ("/*.php", "/folder/any.php.file.html", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/filename.php/", False),
        ("/fish*.php", "/fishheads/catfish.php?parameters", True),
        ("/$", "/", True),
        ("/$", "/page", False),
        # greedy traps
        ("/a*b*c$", "/abcbc", True),
        ("/*ab$", "/aab", True),
        ("/*aab$", "/ab", False),
        ("/a**b", "/axb", True),
        ("/caf%c3%a9", "/caf%C3%A9", True),
    ],
)
def test_a_pattern_matches_what_it_should(pattern, path, matches):
    assert allows(rules(f"Disallow: {pattern}"), path) is not matches


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        (("Allow: /p", "Disallow: /"), "/page", True),
        (("Allow: /folder", "Disallow: /folder"), "/folder/page", True),
        (("Allow: /page", "Disallow: /*.htm"), "/page.htm", False),
        (("Allow: /$", "Disallow: /"), "/page.htm", False),
        (("Allow: /$", "Disallow: /"), "/", True),
        (("Disallow: /", "Allow: /index.html"), "/", True),
        (("Disallow:",), "/page", True),
        (("Disallow: # all", "Disallow: /a # not b"), "/b", True),
        (("Disallow: /a # not b",), "/a", False),
        (("# Disallow: /",), "/a", True),
        (("disalow /a",), "/a", False),
        (("DISALLOW:/a",), "/a", False),
        (("Disallow : /a",), "/a", False),
        (("Disallowed: /a",), "/a", True),
    ],
)
def test_the_longest_rule_counts_and_else_the_one_that_allows(lines, path, allowed):
    assert allows(rules(*lines), path) is allowed


@pytest.mark.parametrize(
    ("agents", "applies"),
    [
        (("newsline",), True),
        (("NewsLine",), True),
        (("newsline/2.0",), True),
        (("newsline*",), True),
        (("other", "newsline"), True),
        (("*",), True),
        (("news",), False),
        (("newsline-images",), False),
        (("other",), False),
        (("",), False),
        (("*bot",), False),
    ],
)
def test_a_group_is_for_the_product_that_it_names(agents, applies):
    lines = [*(f"User-agent: {agent}" for agent in agents), "Disallow: /"]
    assert allows("\n".join(lines), "/page") is not applies


def test_the_groups_of_one_agent_are_one_and_come_before_those_of_all():
    body = "\n\n".join(
        [
            "User-agent: *\nDisallow: /",
            "User-agent: newsline\nDisallow: /a",
            "User-agent: other\nDisallow: /b",
            "User-agent: newsline\nDisallow: /c",
        ]
    )
    assert [allows(body, f"/{letter}") for letter in "abcd"] == [False, True, False, True]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_line_ending_is_one_and_a_byte_order_mark_is_none(newline, mark):
    body = mark + newline.join(["User-agent: *", "Sitemap: https://a.example/s.xml", "Disallow: /"])
    assert not allows(body, "/page")
    assert parse_robots(body.encode()).sitemaps == ("https://a.example/s.xml",)


@pytest.mark.parametrize(
    ("written", "seconds"), [("5", 5.0), ("0.5", 0.5), ("x", 0.0), ("-1", 0.0), ("inf", 0.0)]
)
def test_the_delay_between_requests_is_kept(written, seconds):
    assert parse_robots(rules(f"Crawl-delay: {written}").encode()).rules.crawl_delay == seconds


PATHS = st.text("/ab*$%é.?=&-2F", max_size=12)
LINES = st.one_of(
    st.sampled_from(["User-agent: *", "User-agent: newsline", "User-agent: other", "", "Noise: 1"]),
    st.sampled_from(["Sitemap: https://a.example/s", "Crawl-delay: 3", "Disallow:", "# note"]),
    st.builds("{}: /{}".format, st.sampled_from(["Allow", "Disallow"]), PATHS),
)


@given(st.lists(LINES, max_size=12), st.lists(st.text("/abé.=&-", max_size=9), max_size=5))
def test_protego_says_the_same(lines, paths):
    body = "\n".join(lines)
    protego = Protego.parse(body)
    ours = parse_robots(body.encode()).rules
    for path in paths:
        url = URL(f"{SITE}/{path}")
        if url.raw_path.startswith("//"):
            continue
        assert ours.allow(url.raw_path_qs) is protego.can_fetch(str(url), "newsline"), (body, url)
    assert ours.crawl_delay == (protego.crawl_delay("newsline") or 0.0)


def bomb(size: int) -> bytes:
    """As many agents as rules, in one group."""
    agents = "".join(f"user-agent:{number:x}\n" for number in range(size // 32))
    every = "".join(f"user-agent:{name}\n" for name in ("*", "newsline"))
    return (agents + every + "".join(f"allow:/{n:x}\n" for n in range(size // 24))).encode()


def test_a_file_of_many_agents_and_rules_costs_as_much_as_its_length(monkeypatch):
    """Each rule is taken twice at most, for newsline and for all; a table of agents and rules took
    minutes."""
    taken = []
    monkeypatch.setattr(robots_file._Group, "add", lambda *rule: taken.append(rule))
    body = bomb(robots_file.MAX_BYTES)[: robots_file.MAX_BYTES]
    parse_robots(body)
    assert len(taken) == 2 * body.count(b"allow:")


def test_rules_for_one_agent_among_many_have_a_limit():
    assert len(parse_robots(bomb(robots_file.MAX_BYTES)).rules.rules) == robots_file.MAX_RULES


def test_rules_beyond_the_limits_are_left_out(monkeypatch):
    monkeypatch.setattr(robots_file, "MAX_RULES", 2)
    assert not allows(rules("Disallow: /a", "Disallow: /b", "Disallow: /c"), "/b")
    assert allows(rules("Disallow: /a", "Disallow: /b", "Disallow: /c"), "/c")
    assert allows(rules(f"Disallow: /{'a' * 3_000}"), f"/{'a' * 3_000}")


def test_rules_whose_parts_take_long_to_search_are_left_out(monkeypatch):
    monkeypatch.setattr(robots_file, "MAX_SEARCHED", 10)
    lines = rules("Disallow: *aaaaaa", "Disallow: *bbbbbb", "Disallow: *cc", "Disallow: /plain")
    found = [allows(lines, path) for path in ("/aaaaaa", "/bbbbbb", "/cc", "/plain")]
    assert found == [False, True, False, False]


def test_the_parts_that_are_searched_in_each_path_have_a_limit():
    """With it, the worst path takes 0.03 s; without it, 1 s."""
    hostile = rules(*[f"Disallow: *{'a' * 100}b{'a' * 100}"] * 2_400)
    found = parse_robots(hostile.encode()).rules
    assert found.allow("/" + "a" * 2_000)
    assert 0 < sum(rule.pattern.searched for rule in found.rules) <= robots_file.MAX_SEARCHED


def test_a_pattern_that_is_too_long_once_encoded_is_left_out():
    assert parse_robots(rules(f"Disallow: /{'é' * 2_000}").encode()).rules.rules == ()
