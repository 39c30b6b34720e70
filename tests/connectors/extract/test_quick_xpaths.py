"""Quick evaluation of trafilatura's XPath expressions."""

import pytest
from lxml.etree import XPath
from trafilatura.xpaths import REGEXP_NS

from connectors.extract import quick_xpaths
from connectors.extract.html_parser import parse_html
from connectors.extract.quick_xpaths import QuickXPath
from evaluation.made_pages import pages

PATHS = {
    "by two attributes": ".//*[self::p][re:test(@id, '^ad-') or re:test(@class, 'bar')]",
    "by the first attribute of two": ".//*[re:test(@id|@class, 'cookie')]",
    "in any case": ".//*[self::div][contains(translate(@class, 'T', 't'), 'teaser')]",
    "with a flag": ".//*[self::div][re:test(@class, 'fulltext', 'i')]",
    "an attribute's presence": ".//*[@data-lp or re:test(@class, 'menu')]",
    "equal": ".//*[self::div][@class='post' or @itemprop='articleBody'][1]",
    "the first of all": "(.//*[self::div][@id='story' or starts-with(@class, 'article')])[1]",
    "by an element within": ".//*[self::div][re:test(@class, 'scroll')][not(.//h1)]",
}
ELEMENTS = """
<div class="cookie" id="x">1</div><div id="cookie" class="x">2</div><p class="bar">3</p>
<div class="x" id="cookie">4</div><div class="Teaser-box">5</div><div class="FullText">6</div>
<span data-lp="">7</span><div class="post">8</div><div itemprop="articleBody">9</div>
<div class="article main">10</div><div id="story">11</div><div class="post big">12</div>
<div class="scroll"><h1>13</h1></div><div class="scroll">14</div><b class="bar">15</b>
<div><div class="post"><div class="post">16</div></div></div><x:y class="menu">17</x:y>
"""


def tree(body: str):
    found = parse_html(f"<html><head></head><body>{body}</body></html>")
    assert found is not None
    return found


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_an_expression_selects_the_same_elements(path: str):
    page = tree(ELEMENTS)
    expected = XPath(path, namespaces={"re": REGEXP_NS})(page)
    assert expected
    assert QuickXPath(path)(page) == (expected[:1] if "[1]" in path else expected)


def test_all_expressions_of_trafilatura_select_the_same_elements_on_whole_pages():
    quick = [each for one in quick_xpaths.LISTS for each in one if isinstance(each, QuickXPath)]
    assert len(quick) == 12
    for page in pages()[::10]:
        root = parse_html(page.html.decode())
        for each in quick:
            expected = XPath(each.path, namespaces={"re": REGEXP_NS})(root)
            assert each(root) == (expected[:1] if "[1]" in each.path else expected)


def test_a_union_of_walks_is_no_quick_expression():
    with pytest.raises(ValueError, match="main"):
        QuickXPath("//main|.//article")
