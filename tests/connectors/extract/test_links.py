"""Standalone links: promotions, and links that belong to the text."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, document_fromstring, tostring

from connectors.extract.links import drop_promotions, flatten_headings

URL = "https://courier.example/world/bridge"


def settled(body: str, url: str | None = URL) -> str:
    tree: HtmlElement = document_fromstring(f"<html><body>{body}</body></html>")
    drop_promotions(tree, url)
    flatten_headings(tree, url)
    return tostring(tree.find("body"), encoding="unicode")[len("<body>") : -len("</body>")]


@pytest.mark.parametrize(
    "promotion",
    [
        '<p><a href="/live">All about the bridge</a></p>',
        '<p><b>Read more: </b><a href="https://live.courier.example/1">About the bridge</a></p>',
        '<ul><li><a href="/1">The old bridge</a></li></ul>',
        '<a href="/2"><img src="x.jpg"><h3>A bridge elsewhere</h3></a>',
        '<a href="mailto:a@courier.example">Email me</a>',
        '<a href="https://social.example/share">Click to Tweet</a>',
    ],
)
def test_what_leads_to_the_same_site_and_says_nothing_else_goes(promotion: str):
    rest = settled(f"<p>Closed.</p>{promotion}")
    assert rest.replace("<ul></ul>", "") == "<p>Closed.</p>"


@pytest.mark.parametrize(
    "text",
    [
        '<p>The bridge is <a href="/1">closed until Monday</a>.</p>',
        '<p><a href="/1">Engineers</a> look at the bridge.</p>',
        '<p>The council wrote this in its report on the bridge: <a href="/1">it is safe</a></p>',
        '<p><a href="/2">Bridge</a></p>',
        '<a href="#chapter"><h2>The chapter</h2></a>',
    ],
)
def test_links_in_a_text_stay(text: str):
    assert settled(text) == text


def test_a_linked_heading_over_a_paragraph_of_the_text_is_text():
    answer = '<h3><a href="/2">Who pays?</a></h3><p>All of us do.</p>'
    assert "Who pays?" in settled(f"<p>Closed.</p>{answer}<p>Until Monday.</p>")
    assert "Who pays?" not in settled(f"<p>Closed.</p><div>{answer}</div>")


@pytest.mark.parametrize(
    ("words", "is_text"),
    [
        ("On Friday the council voted for a second bridge at Orton.", True),
        ("周五，市议会投票决定在奥顿修建第二座桥，工程将于明年春天开始。", True),
        ("On Friday the council voted for a second bridge at Orton", False),
        ("Why did the council vote for a second bridge at Orton?", False),
        ("The council voted for a second bridge at Orton …", False),
        ("A second bridge.", False),
    ],
)
def test_a_paragraph_that_is_a_linked_sentence_is_text(words: str, is_text: bool):
    assert (words in settled(f'<div><p><a href="/old"><b>{words}</b></a></p></div>')) is is_text


def test_the_full_stop_of_a_linked_sentence_may_follow_the_link():
    sentence = "On Friday the council voted for a second bridge at Orton"
    assert "<a" not in settled(f'<p><a href="/old">{sentence}</a>.</p>')
    assert "<a" in settled('<p><a href="/old">Visit our page about bridges</a>.</p>')
    assert "<a" in settled(f'<p><a href="/old">{sentence}!</a>.</p>')


def test_a_paragraph_that_leads_elsewhere_is_text():
    assert "<a" not in settled('<p><a href="https://shop.example/1">Get it for $ 40</a></p>')


def test_links_elsewhere_in_a_row_stay_links_for_trafilatura_to_judge():
    row = '<ul><li><a href="https://a.example/1">One</a></li><li><a href="https://b.example/2">Two</a></li></ul>'
    assert settled(row) == row


@pytest.mark.parametrize(
    ("heading", "flat"),
    [
        ('<h3><a href="https://shop.example/1">The lamp</a></h3>', "<h3>The lamp</h3>"),
        ("<h2><strong><div></div>Plan <i>A</i></strong></h2>", "<h2>Plan A</h2>"),
        (
            '<div class="pf_subheadline">Who pays?</div>',
            '<h3 class="pf_subheadline">Who pays?</h3>',
        ),
        ('<h3><a href="/2">Another <b>bridge</b> closes</a> today</h3>', None),
    ],
)
def test_headings_are_made_mere_text_unless_they_lead_on(heading: str, flat: str | None):
    assert settled(heading) == (flat or heading)


@pytest.mark.parametrize("href", ["http://[", "//", "https://", "javascript:void(0)", ""])
def test_an_address_that_is_none_harms_nothing(href: str):
    assert "Closed" in settled(f'<p>Closed.</p><p><a href="{href}">To the bridge</a></p>')
    assert "Closed" in settled(f'<p>Closed.</p><p><a href="{href}">To the bridge</a></p>', None)
