"""Opt-outs in headers and meta elements."""

import pytest
from multidict import CIMultiDict

from connectors.extract import extract_page
from connectors.text.opt_outs import OptOuts, in_header, in_meta, reservations, reserved
from newsline.records import Reservation
from tests.support.connector_harness import story

POLICY = "https://courier.example/terms"


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("noai", OptOuts(noai=True)),
        ("NoAI, NoImageAI", OptOuts(noai=True, noimageai=True)),
        ("noindex, noimageai", OptOuts(noimageai=True)),
        ("newsline: noai", OptOuts(noai=True)),
        ("otherbot: noai, noimageai", OptOuts()),
        ("otherbot: noindex, newsline: nofollow, noai", OptOuts(noai=True)),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noai", OptOuts(noai=True)),
        ("noaircraft", OptOuts()),
        ("", OptOuts()),
        (":::, , noai", OptOuts()),
    ],
)
def test_a_robots_tag_counts_where_it_is_for_all_or_for_us(tag, said):
    assert in_header({}, [tag]) == said


def test_each_robots_tag_of_a_header_counts_by_itself():
    assert in_header({}, ["otherbot: noindex", "noai"]) == OptOuts(noai=True)


def test_tdm_headers_say_whether_and_under_which_policy():
    headers = CIMultiDict({"TDM-Reservation": "1", "TDM-Policy": POLICY})
    assert in_header(headers, []) == OptOuts(tdm=True, policy=POLICY)


@pytest.mark.parametrize(("written", "said"), [(" 1 ", True), ("0", False), ("yes", None)])
def test_only_one_and_zero_say_anything_of_tdm(written, said):
    assert reserved(written) is said


def test_a_record_says_who_reserves_what():
    meta, header = OptOuts(noai=True), OptOuts(noimageai=True, tdm=True, policy=POLICY)
    assert reservations(meta, header, OptOuts()) == (
        Reservation("meta", "noai"),
        Reservation("header", "noimageai"),
        Reservation("header", "tdm", POLICY),
    )


def test_what_is_said_of_tdm_closer_to_the_page_holds():
    site = OptOuts(tdm=True, policy=POLICY)
    assert reservations(OptOuts(), OptOuts(), site) == (Reservation("tdmrep", "tdm", POLICY),)
    assert reservations(OptOuts(tdm=False), OptOuts(), site) == ()
    assert reservations(OptOuts(), OptOuts(tdm=False), site) == ()
    (kept,) = reservations(OptOuts(tdm=True), OptOuts(tdm=False), site)
    assert kept == Reservation("meta", "tdm")


@pytest.mark.parametrize(
    "policy", ["", "javascript:alert(1)", "/terms", "https://h/" + "p" * 9_999]
)
def test_a_policy_that_is_no_url_to_publish_is_left_out(policy):
    assert reservations(OptOuts(tdm=True, policy=policy), OptOuts(), OptOuts())[0].policy is None


def test_a_page_s_own_meta_elements_are_read():
    head = (
        '<meta name="Robots" content="index, NOAI"><meta name="newsline" content="noimageai">'
        f'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="{POLICY}">'
    )
    page = extract_page(story(head=head), "https://courier.example/1", None, "text/html")
    assert page.reserved == in_meta(["noai, noimageai"], "1", POLICY)
    assert page.reserved == OptOuts(noai=True, noimageai=True, tdm=True, policy=POLICY)
