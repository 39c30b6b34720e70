"""Rows of teasers for other articles go; lists of the article itself stay."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from connectors.extract.teasers import drop_teasers

URL = "https://courier.example/world/bridge"
TEXT = f"<p>{'The bridge over the river stays closed. ' * 20}</p>"


def rest(body: str) -> str:
    tree = document_fromstring(f"<html><body><article>{TEXT}{body}</article></body></html>")
    drop_teasers(tree, URL)
    return " ".join(
        tree.text_content().removeprefix(document_fromstring(TEXT).text_content()).split()
    )


@pytest.mark.parametrize(
    "teaser",
    [
        '<div><h4><a href="/{n}">A ferry for Orton</a></h4><p>THE ferry is late again.</p></div>',
        '<article><a href="/{n}"><h3>A ferry for Orton</h3></a><p>It is late again.</p></article>',
        '<li><a href="/{n}">A ferry for Orton</a><br>It is late again.</li>',
        '<section><div><img></div><div><a href="/{n}"><b>A late ferry</b></a></div>Late.</section>',
    ],
)
def test_a_row_of_teasers_goes_with_its_heading(teaser: str):
    row = "".join(teaser.format(n=n) for n in range(3))
    assert rest(f"<h3>More of our columns</h3>{row}") == ""
    assert rest(f"<div><p>More of our columns</p><div>{row}</div></div>") == ""


@pytest.mark.parametrize(
    "part",
    [
        '<div><h4><a href="/1">A ferry for Orton</a></h4><p>A single box.</p></div>',
        '<div><h4><a href="/1">Pier 1</a></h4><p>No label.</p></div>'
        '<div><h4><a href="/2">Pier 2</a></h4><p>None.</p></div>',
        '<h3><a href="/1">Who pays?</a></h3><p>All.</p><h3><a href="/2">When?</a></h3><p>Now.</p>',
        '<ul><li><a href="https://a.example/1">A</a> far</li>'
        '<li><a href="https://b.example/">B</a> near</li></ul>',
        "<div><h4>The first pier</h4><p>Cracked.</p></div><div><h4>The deck</h4><p>Not.</p></div>",
        '<div><a href="/1">Engineers</a> look at it.</div><div><a href="/2">Divers</a> too.</div>',
    ],
)
def test_other_parts_stay(part: str):
    expected = " ".join(document_fromstring(f"<div>{part}</div>").text_content().split())
    assert rest(part) == expected


def test_a_row_that_is_a_large_part_of_the_page_is_the_article():
    entry = '<div><h4><a href="/{n}">Pier {n}</a></h4><p>' + "It is cracked. " * 15 + "</p></div>"
    row = "".join(entry.format(n=n) for n in range(4))
    assert "Pier 2" in rest(f"<h3>The piers</h3>{row}")
