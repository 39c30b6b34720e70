import pytest

from newsline.page import foreign
from tests.support.example_status import EVIL


@pytest.mark.parametrize("text", EVIL)
def test_foreign_text_is_one_isolated_element_without_markup_and_control_characters(text):
    shown = foreign.shown(text)
    inner = shown.removeprefix("<bdi>").removesuffix("</bdi>")
    assert shown == f"<bdi>{inner}</bdi>"
    assert not {"<", ">", '"', "'"} & set(inner)
    assert all(char.isprintable() or char in "\u200c\u200d" for char in inner)


def test_long_text_is_cut_and_piled_up_marks_are_dropped():
    assert foreign.plain("W" * 10_000, 100) == "W" * 99 + "…"
    assert foreign.plain("n" + "\u0336" * 50 + "ews") == "n\u0336\u0336ews"
    assert foreign.plain("é\u0301") == "é\u0301"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " https://example.org/",
        "https://exa\nmple.org/",
        "data:text/html,x",
        "//example.org/",
        "https:///x",
        "https://[x/",
        "",
    ],
)
def test_only_the_text_of_a_url_that_is_not_http_is_shown(url):
    assert "<a" not in foreign.link(url, "title")
    assert "title" in foreign.link(url, "title")


def test_a_link_tells_its_site_nothing_and_cannot_leave_its_attribute():
    made = foreign.link('https://example.org/?a="><script>', "title")
    assert 'rel="noreferrer noopener"' in made
    assert "<script" not in made


def test_an_original_shows_control_characters_and_bytes_that_are_no_text():
    assert foreign.original(b"\x1b[2J\xff\x07<b>") == "<bdi>\\x1b[2J\\xff\\x07&lt;b&gt;</bdi>"
    assert foreign.original("\u202e\nx".encode()) == "<bdi>\\u202e\nx</bdi>"
    assert foreign.original("n\u0336\u0336\u0336".encode()) == "<bdi>n\u0336\u0336\\u0336</bdi>"
    assert len(foreign.original(b"x" * 10**6, 100)) < 200
