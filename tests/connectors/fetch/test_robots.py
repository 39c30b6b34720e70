"""robots.txt: fetched once, shared, and missing."""

from __future__ import annotations

import asyncio

import pytest
from yarl import URL

from connectors.fetch import per_origin_cache, well_known
from connectors.fetch.response import FetchFailed
from connectors.fetch.robots import Robots
from newsline.outcomes import FetchOutcome

PAGE = URL("https://courier.example/news/1")


class Origin:
    """Answers for robots.txt, and counts the requests."""

    def __init__(self, answer: bytes | FetchOutcome) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def fetch(self, url: URL, host_allowed: bool = False) -> bytes:
        self.asked.append(str(url))
        await asyncio.sleep(0)
        if isinstance(self.answer, FetchOutcome):
            raise FetchFailed(self.answer, "as the test has it", 7.0)
        return self.answer


async def test_a_page_that_robots_txt_disallows_is_not_allowed():
    rules = Robots(Origin(b"User-agent: *\nDisallow: /news/\nAllow: /news/2").fetch)
    assert not await rules.allowed(PAGE)
    assert await rules.allowed(PAGE.with_path("/news/2"))
    assert await rules.allowed(PAGE.with_path("/sport"))


async def test_rules_for_newsline_come_before_those_for_everybody():
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: newsline\nAllow: /"
    assert await Robots(Origin(body).fetch).allowed(PAGE)


async def test_concurrent_first_callers_share_one_fetch():
    origin = Origin(b"")
    rules = Robots(origin.fetch)
    assert all(await asyncio.gather(*(rules.allowed(PAGE) for _ in range(50))))
    assert origin.asked == ["https://courier.example/robots.txt"]


async def test_scheme_host_and_port_each_make_another_origin():
    origin = Origin(b"")
    rules = Robots(origin.fetch)
    for url in (
        "https://a.example/",
        "http://a.example/",
        "https://a.example:8443/",
        "https://b.example/",
    ):
        await rules.allowed(URL(url))
    assert len(set(origin.asked)) == 4


@pytest.mark.parametrize(
    "outcome", [FetchOutcome.NOT_FOUND, FetchOutcome.GONE, FetchOutcome.FORBIDDEN]
)
async def test_a_site_without_robots_txt_allows_everything(outcome):
    assert await Robots(Origin(outcome).fetch).allowed(PAGE)


@pytest.mark.parametrize(
    "outcome",
    [FetchOutcome.SERVER_ERROR, FetchOutcome.TIMEOUT, FetchOutcome.DNS, FetchOutcome.THROTTLED],
)
async def test_a_site_that_cannot_say_is_left_alone_and_the_reason_is_kept(outcome):
    origin = Origin(outcome)
    rules = Robots(origin.fetch)
    for _ in range(3):
        with pytest.raises(FetchFailed) as failed:
            await rules.allowed(PAGE)
        assert (failed.value.outcome, failed.value.retry_after) == (outcome, 7.0)
    assert len(origin.asked) == 1


async def test_a_site_that_could_not_say_is_asked_again_later(monkeypatch):
    monkeypatch.setattr(well_known, "UNREACHABLE_SECONDS", 0.0)
    origin = Origin(FetchOutcome.SERVER_ERROR)
    rules = Robots(origin.fetch)
    with pytest.raises(FetchFailed):
        await rules.allowed(PAGE)
    origin.answer = b""
    assert await rules.allowed(PAGE)


async def test_rules_are_read_again_when_they_have_grown_old(monkeypatch):
    monkeypatch.setattr(well_known, "CACHE_SECONDS", 0.0)
    origin = Origin(b"")
    rules = Robots(origin.fetch)
    assert await rules.allowed(PAGE)
    origin.answer = b"User-agent: *\nDisallow: /"
    assert not await rules.allowed(PAGE)


async def test_the_origin_not_used_for_longest_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(per_origin_cache, "MAX_ORIGINS", 2)
    origin = Origin(b"")
    rules = Robots(origin.fetch)
    for host in ("a", "b", "a", "c", "a", "b"):
        await rules.allowed(URL(f"https://{host}.example/"))
    assert [URL(url).host for url in origin.asked] == [
        f"{host}.example" for host in ("a", "b", "c", "b")
    ]


async def test_a_cancelled_first_caller_takes_nobody_with_it():
    origin = Origin(b"")
    rules = Robots(origin.fetch)
    first = asyncio.create_task(rules.allowed(PAGE))
    second = asyncio.create_task(rules.allowed(PAGE))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00" * 1000,
        b"\x00" * 500_000,
        b"a" * 500_000,
        b"User-agent: *\nDisallow: " + b"*" * 400_000,
        b"User-agent: *\nCrawl-delay: x\nDisallow: /%zz%\xff",
        b"<html>not found</html>",
    ],
)
async def test_rules_that_make_no_sense_raise_nothing(body):
    assert await Robots(Origin(body).fetch).allowed(PAGE) in (True, False)


async def test_files_of_long_rules_fill_the_cache_sooner(monkeypatch):
    monkeypatch.setattr(per_origin_cache, "MAX_WEIGHT", 12)
    long, short = b"User-agent: *\nDisallow: /" + b"a" * 2_000, b"User-agent: *\nDisallow: /a"
    for body, fetches in ((short, 2), (long, 3)):
        origin = Origin(body)
        rules = Robots(origin.fetch)
        for host in ("a", "b", "a"):
            await rules.allowed(URL(f"https://{host}.example/"))
        assert len(origin.asked) == fetches
