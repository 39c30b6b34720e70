"""The same article under several addresses, and the same text in several dresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.article.identity import (
    Why,
    article_id,
    canonical_url,
    changes,
    content_hash,
    same_site,
    title_hash,
    traces,
    why,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/A/b#top", "https://news.example/A/b"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        (" https://news.example/a \n", "https://news.example/a"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://news.example/a?utm_source=rss&utm_medium=x&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?fbclid=1&gclid=2", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
        ("https://news.example/a?utm%5Fsource=x&gad_source=1", "https://news.example/a"),
        ("https://news.example/a?utm_source=rss&amp;utm_medium=feed", "https://news.example/a"),
        ("https://news.example/a?rss=1&cmp=rss&emc=edit_th", "https://news.example/a"),
        ("https://ana:secret@news.example/a", "https://news.example/a"),
        (
            "https://news-example.cdn.ampproject.org/v/s/news.example/a?amp_js_v=0.1&usqp=mq331AQ",
            "https://news.example/a",
        ),
    ],
)
def test_addresses_of_one_page_become_one(url: str, canonical: str):
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "query",
    [
        "12345",
        "id=7",
        "gallery=7",
        "reference=7",
        "medium=radio",
        "p=",
        "story=a%20b",
        "aid=1",
        "u=x",
        "rss=7",
        "cmp=2",
        "emc=1",
        "at_id=4",
        "at_xt=4",
        "pk_id=33",
        "itm_id=77",
    ],
)
def test_what_identifies_is_kept(query: str):
    url = f"https://news.example/story.asp?{query}"
    assert canonical_url(url) == url


def test_a_fragment_that_names_a_page_is_kept():
    first, second = (f"https://news.example/app#!/story/{n}" for n in (1, 2))
    assert (canonical_url(first), canonical_url(second)) == (first, second)


@pytest.mark.parametrize(
    "url",
    ["", "x", "/a", "mailto:a@b.example", "javascript:x", "http://", "http://[::1", "urn:x:y"],
)
def test_what_is_no_web_address_is_returned_as_it_is(url: str):
    assert canonical_url(url) == url


@given(st.text())
def test_any_string_can_be_asked_about(text: str):
    canonical_url(text)
    canonical_url(f"https://news.example/{text}")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_a_canonical_address_stays(path: str):
    once = canonical_url(f"https://news.example/{path}")
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://www.news.example.co.uk/a", "https://amp.news.example.co.uk/b", True),
        ("https://www.bbc.co.uk/a", "http://bbc.co.uk/b", True),
        ("https://www.bbc.co.uk/a", "https://www.itv.co.uk/b", False),
        ("https://a.blogspot.com/a", "https://b.blogspot.com/a", False),
        ("https://www.news.example/a", "https://news.example/b", True),
        ("https://ews.example/a", "https://news.example/b", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", True),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a", False),
        ("http://127.0.0.1:8001/a", "https://www.bbc.co.uk/a", False),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host(url: str, other: str, same: bool):
    assert same_site(url, other) is same


def test_an_article_id_is_32_hex_digits_and_never_changes():
    assert article_id("https://news.example/a") == "f65cc979f2fa2d3a0b030e7616628033"


TEXT = 'He said: "It\'s over" - and left.'
DRESSES = [
    'He said:  "It\'s over" -\nand left. ',
    "He said: “It’s over” – and left.",
    "HE SAID: «It's over»—and left.",
    'He said:\u00a0"It\'s over" - and left.',
]


@pytest.mark.parametrize("text", DRESSES)
def test_a_cosmetic_change_is_none(text: str):
    assert traces("", text).text_hash == traces("", TEXT).text_hash
    assert title_hash(text) == title_hash(TEXT)
    assert content_hash(text, text) == content_hash(TEXT, TEXT)
    assert changes(traces(TEXT, TEXT), traces(text, text)) == ()


@pytest.mark.parametrize(
    ("title", "text", "changed"),
    [
        ("Old", "Old text", ()),
        ("New", "Old text", ("title",)),
        ("Old", "Old text, corrected", ("text",)),
        ("New", "New text", ("title", "text")),
    ],
)
def test_changes_are_named(title: str, text: str, changed: tuple[str, ...]):
    assert changes(traces("Old", "Old text"), traces(title, text)) == changed


def test_words_that_move_from_title_to_text_change_the_content():
    assert content_hash("a b", "c") != content_hash("a", "b c")


def test_a_lone_surrogate_can_be_hashed():
    assert len(traces("", "\ud800").text_hash) == 32


@pytest.mark.parametrize(
    ("url", "original"),
    [
        ("https://www.google.com/amp/s/courier.example/a", "https://courier.example/a"),
        ("https://www.google.co.uk/amp/courier.example/a?b=1", "http://courier.example/a?b=1"),
        (
            "https://www-courier-example.cdn.ampproject.org/c/s/www.courier.example/amp/a",
            "https://www.courier.example/amp/a",
        ),
        (
            "https://courier-example.cdn.ampproject.org/v/courier.example/a?utm_source=x",
            "http://courier.example/a",
        ),
        ("https://courier-example.bing-amp.com/c/s/courier.example/a", "https://courier.example/a"),
        ("https://www.google.com/amp/help", "https://www.google.com/amp/help"),
        ("https://a.example/amp/s/b.example/a", "https://a.example/amp/s/b.example/a"),
        ("https://cdn.ampproject.org/v0.js", "https://cdn.ampproject.org/v0.js"),
    ],
)
def test_a_copy_in_an_amp_cache_is_the_original(url: str, original: str):
    assert canonical_url(url) == original


STORY = """A ferry with 430 people on board ran aground off Naxos on Monday evening.
The coastguard said that all passengers were taken to the port by fishing boats.
The captain, Nikos Vassos, was questioned by the port authority.
Winds of force 9 had been forecast for the whole of the southern Aegean."""
LINES = STORY.split("\n")


def story(*, before: str = "", after: str = "", **replaced: str) -> str:
    text = "\n".join(filter(None, (before, STORY, after)))
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "line",
    [
        "Updated 10:45",
        "Updated at 10.45 GMT on Tuesday",
        "Last updated: 25 November 2026, 10:45 a.m. EST",
        "Published 3 hours ago",
        "First published on Mon 23 Nov 2026 17.02 GMT",
        "2026-11-25T10:45:00Z",
        "Aktualisiert am 25. November 2026 um 10:45 Uhr",
        "Mis à jour le 25 novembre 2026 à 10h45",
        "1,234 shares",
        "Share 56 Comments",
        "1.2K views · 5 min read",
        "Read more: Five ferries that ran aground",
        "Related: Storm over the Aegean",
        "Lesen Sie auch: Sturm über der Ägäis",
        "Subscribe to our newsletter for the latest news in your inbox.",
        "Follow us on Twitter and Facebook.",
    ],
)
def test_a_line_of_the_page_around_the_article_is_no_revision(line: str):
    known = traces("Ferry", STORY)
    assert why(known, traces("Ferry", story(before=line))) == Why.COSMETIC
    assert why(known, traces("Ferry", story(after=line))) == Why.COSMETIC
    with_line = traces("Ferry", story(before=line))
    again = story(before=line.replace("10", "11").replace("23", "24").replace("56", "57"))
    assert why(with_line, traces("Ferry", again)) in (Why.IDENTICAL, Why.COSMETIC)
    assert why(with_line, traces("Ferry", STORY)) == Why.COSMETIC


@pytest.mark.parametrize(
    "end",
    ["Storm keeps islands cut off\nMinister defends ferry rules", "Reporting by Ana Díaz", "Naxos"],
)
def test_titles_of_other_articles_after_the_text_are_no_revision(end: str):
    assert why(traces("Ferry", STORY), traces("Ferry", story(after=end))) == Why.COSMETIC


def test_a_list_at_the_end_of_the_text_is_a_part_of_it():
    squad = "\n".join(["Maria Rossi", "Ana Díaz", "Li Wei", "Zofia Lasko", "Jan Novak", "Per Berg"])
    known = traces("Ferry", story(after=squad))
    changed = story(after=squad.replace("Rossi", "Bianchi"))
    assert why(known, traces("Ferry", changed)) == Why.CORRECTED


def test_a_time_that_passes_is_no_revision():
    texts = [f"{STORY}\nThe last boat came in {n} minutes ago, it said." for n in (5, 20)]
    assert why(traces("Ferry", texts[0]), traces("Ferry", texts[1])) == Why.COSMETIC


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("430 people", "431 people"),
        ("Nikos Vassos", "Nikos Vassas"),
        ("force 9", "force 10"),
        ("Monday evening", "Sunday evening"),
        ("were taken", "were not taken"),
    ],
)
def test_a_corrected_number_name_or_word_is_a_revision(old: str, new: str):
    text = STORY.replace(old, new)
    assert why(traces("Ferry", STORY), traces("Ferry", text)) == Why.CORRECTED


@pytest.mark.parametrize(
    "line",
    [
        "Final score: 3-1",
        "3-1",
        "In May 2026 the ferry was inspected.",
        "Updated rules for ferries apply from Monday.",
        "Shares of the company fell by 12 percent.",
        "More than 400 were rescued.",
        "He shared 5 pictures of it.",
        "10:45 Smith scores for Naxos!",
    ],
)
def test_a_line_that_says_something_is_a_revision(line: str):
    assert why(traces("Ferry", STORY), traces("Ferry", story(after=line))) == Why.EXTENDED


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Ferry", STORY, Why.IDENTICAL),
        ("FERRY", STORY, Why.COSMETIC),
        ("Ferry", STORY.replace(" ", "\u00a0"), Why.COSMETIC),
        ("Ferry aground", STORY, Why.TITLE),
        ("Ferry aground", STORY + "\nAll are well.", Why.EXTENDED),
        ("Ferry", "\n".join(LINES[:3]), Why.SHORTENED),
        ("Ferry", "\n".join([LINES[0], "Another text.", "And more of it."]), Why.REWRITTEN),
    ],
)
def test_the_reason_is_one_of_a_closed_set(title: str, text: str, reason: Why):
    assert why(traces("Ferry", STORY), traces(title, text)) == reason


def live(count: int) -> str:
    """A live blog of so many notes, the newest first."""
    notes = [
        f"1{n // 60}:{n % 60:02}\nNote {n} says that something has happened." for n in range(count)
    ]
    return "\n".join(reversed(notes))


def test_a_live_blog_is_extended_with_each_note():
    assert why(traces("Live", live(5)), traces("Live", live(6))) == Why.EXTENDED
    assert why(traces("Live", live(12)), traces("Live", live(14))) == Why.EXTENDED


def test_a_long_text_is_judged_by_a_sample_that_stays_small():
    assert len(traces("Live", live(200)).outline) == 64
    assert why(traces("Live", live(100)), traces("Live", live(200))) == Why.EXTENDED
    other = live(100).replace("something", "nothing")
    assert why(traces("Live", live(100)), traces("Live", other)) == Why.REWRITTEN


def test_a_text_that_is_all_furniture_still_counts():
    one, two = "Storm over Naxos", "Storm over Paros"
    assert traces("", one).text_hash != traces("", two).text_hash


@given(st.text())
def test_a_change_has_a_reason_and_a_reason_a_change(text: str):
    known = traces("Ferry", STORY)
    reason = why(known, traces("Ferry", text))
    changed = changes(known, traces("Ferry", text))
    assert (reason in (Why.IDENTICAL, Why.COSMETIC)) == (changed == ())
