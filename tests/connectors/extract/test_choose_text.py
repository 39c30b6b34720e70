"""One text out of several readings of an article."""

from __future__ import annotations

import json

import pytest

from connectors.extract import extract_page
from connectors.extract.choose_text import TextReading, body_lines, choose_text

WHOLE = "\n".join(
    f"Paragraph {n} tells what the {n * 7} engineers saw on day {n} of their walk over the bridge."
    for n in range(12)
)
PART = "\n".join(WHOLE.split("\n")[:6])
OTHER = " ".join(f"word{n}" for n in range(400))
URL = "https://courier.example/bridge"


@pytest.mark.parametrize(
    ("page", "others", "name", "reason"),
    [
        (WHOLE, [], "trafilatura", "only"),
        (WHOLE, [("json_ld", WHOLE)], "trafilatura", "agreed"),
        (WHOLE, [("json_ld", WHOLE.replace("\n", " ")), ("feed", PART)], "trafilatura", "agreed"),
        (WHOLE, [("json_ld", PART)], "trafilatura", "shorter_others"),
        (WHOLE, [("feed", OTHER)], "trafilatura", "others_differ"),
        (PART, [("json_ld", WHOLE)], "json_ld", "longest"),
        (PART, [("json_ld", PART), ("feed", WHOLE)], "feed", "longest"),
        ("Too short.", [("json_ld", WHOLE)], "json_ld", "only"),
        ("", [("json_ld", PART), ("feed", WHOLE)], "feed", "longest"),
        (WHOLE, [("json_ld", "Too short.")], "trafilatura", "only"),
    ],
)
def test_the_reading_that_holds_the_others_is_the_text(page, others, name, reason):
    choice = choose_text(
        TextReading("trafilatura", page), [TextReading(*other) for other in others]
    )
    assert choice is not None
    assert (choice.reading.name, choice.reason) == (name, reason)


def test_without_a_reading_that_says_something_there_is_none():
    assert (
        choose_text(TextReading("trafilatura", "Too short."), [TextReading("feed", "This too.")])
        is None
    )


@pytest.mark.parametrize(
    "body",
    ["One.\nTwo &amp; three.", "<p>One.</p><p>Two &amp; three.</p>", "One.<br/>Two & three."],
)
def test_a_body_is_read_as_text_or_as_html(body: str):
    assert body_lines(body) == ["One.", "Two & three."]


def page(shown: str, body: str) -> bytes:
    graph = json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": body})
    text = "".join(f"<p>{line}</p>" for line in shown.split("\n"))
    return (
        f'<html><head><script type="application/ld+json">{graph}</script></head>'
        f"<body><article>{text}</article></body></html>"
    ).encode()


def test_a_page_that_scripts_fill_is_read_from_its_json_ld():
    found = extract_page(page("Loading …", f"{WHOLE}\nSubscribe to our newsletter"), URL, None, "")
    assert (found.text, found.reading, found.reading_reason) == (WHOLE, "json_ld", "only")


def test_a_page_that_shows_a_part_is_read_from_the_feed():
    content = "".join(f"<p>{line}</p>" for line in WHOLE.split("\n"))
    found = extract_page(page(PART, ""), URL, None, "", content)
    assert (found.text, found.reading, found.reading_reason) == (WHOLE, "feed", "longest")


def test_a_body_that_is_cut_does_not_cut_the_text():
    found = extract_page(page(WHOLE, PART[:300] + "…"), URL, None, "")
    assert (found.text, found.reading, found.reading_reason) == (
        WHOLE,
        "trafilatura",
        "shorter_others",
    )


@pytest.mark.parametrize("body", ["<" * 20_000, "\ud800\x00", {"a": 1}, ["x"], 7, None])
def test_a_body_that_is_none_harms_nothing(body: object):
    assert extract_page(page(WHOLE, body), URL, None, "").reading == "trafilatura"  # type: ignore[arg-type]
