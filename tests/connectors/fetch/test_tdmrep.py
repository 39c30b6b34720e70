"""The site's /.well-known/tdmrep.json: the pages that it reserves."""

from __future__ import annotations

import json

import pytest
from yarl import URL

from connectors.fetch.response import Deferred, FetchFailed
from connectors.fetch.tdmrep import Tdmrep
from connectors.text.opt_outs import OptOuts
from newsline.outcomes import FetchOutcome
from tests.connectors.fetch.test_robots import Origin

PAGE = URL("https://courier.example/news/1.html")
POLICY = "https://courier.example/terms"
RESERVED = OptOuts(tdm=True, policy=POLICY)


def rule(location: str, reservation: object = 1) -> dict[str, object]:
    return {"location": location, "tdm-reservation": reservation, "tdm-policy": POLICY}


async def said(*rules: object, page: URL = PAGE) -> OptOuts:
    return await Tdmrep(Origin(json.dumps(rules).encode()).fetch).opt_outs(page)


@pytest.mark.parametrize("location", ["/", "/news", "/news/*.html$", "*"])
async def test_a_page_at_a_reserved_location_is_reserved(location):
    assert await said(rule(location)) == RESERVED


@pytest.mark.parametrize("location", ["/sport", "/news/$", "", "  "])
async def test_a_page_elsewhere_is_not(location):
    assert await said(rule(location)) == OptOuts()


async def test_the_first_rule_that_fits_holds():
    assert (await said(rule("/news", 0), rule("/"))).tdm is False
    assert (await said(rule("/sport", 0), rule("/"))).tdm is True


async def test_the_file_is_asked_for_once():
    origin = Origin(json.dumps([rule("/")]).encode())
    site = Tdmrep(origin.fetch)
    for _ in range(3):
        assert await site.opt_outs(PAGE) == RESERVED
    assert origin.asked == ["https://courier.example/.well-known/tdmrep.json"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not found</html>",
        b"{}",
        b"[1, null, []]",
        b'[{"location": 5}]',
        b"[" * 200_000,
        b'[{"location": "/", "tdm-reservation": ' + b"[" * 200_000,
        json.dumps([rule("/\nUser-agent: *\nDisallow: ")]).encode(),
        b'[{"location": "/' + b"*a" * 100_000 + b'", "tdm-reservation": 1}]',
        b"\xff\xfe[\x00]\x00",
    ],
)
async def test_a_file_that_makes_no_sense_says_nothing(body):
    assert await Tdmrep(Origin(body).fetch).opt_outs(PAGE) == OptOuts()


@pytest.mark.parametrize("outcome", [FetchOutcome.NOT_FOUND, FetchOutcome.SERVER_ERROR])
async def test_a_site_without_the_file_says_nothing(outcome):
    assert await Tdmrep(Origin(outcome).fetch).opt_outs(PAGE) == OptOuts()


async def test_while_its_host_is_left_alone_the_page_has_to_wait_too():
    async def fetch(_: URL, host_allowed: bool) -> bytes:
        raise Deferred("courier.example", 600.0)

    with pytest.raises(FetchFailed) as failed:
        await Tdmrep(fetch).opt_outs(PAGE)
    assert isinstance(failed.value, Deferred)


async def test_a_policy_longer_than_any_url_is_left_out():
    long = {"location": "/", "tdm-reservation": 1, "tdm-policy": POLICY + "x" * 5_000}
    assert await said(long) == OptOuts(tdm=True)
