import pytest
from lxml.html import document_fromstring

from connectors.extract.neighbours import Ownership

TITLE = "Old bridge over the Ume closed"


def is_own(body: str) -> bool:
    """Whether the element with the id "it" is the article's own."""
    tree = document_fromstring(f"<html><body>{body}</body></html>")
    (element,) = tree.xpath("//*[@id='it']")
    return Ownership(tree, [TITLE]).is_own(element)


@pytest.mark.parametrize(
    "body",
    [
        f"<div><h1>{TITLE}</h1><p id=it>x</p></div>",
        f"<div><h1>{TITLE} | The Courier</h1><p id=it>x</p></div>",
        f"<div class=related><h2>{TITLE}</h2><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><h3>About</h3><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><h3>More stories by Ana Díaz</h3><p id=it>Ana Díaz</p></div>",
        f"<h1>{TITLE}</h1><div><a href='#comments'>All of the 12 comments</a><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><p id=it>x</p>{'Text. ' * 220}<h2>What we know so far</h2></div>",
        f"<h1>{TITLE}</h1><div><h3><a href='/team/7'>Karen Holm</a></h3><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><h3><a href='/news'>News</a></h3><p id=it>x</p></div>",
        f"<article><h1>{TITLE}</h1><div><footer><p id=it>x</p></footer></div></article>",
        "<p id=it>x</p>",
    ],
)
def test_an_element_is_the_article_s_if_the_nearest_heading_is_its_title(body: str):
    assert is_own(body)


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{TITLE}</h1><div><h3>Why all ferries are late</h3><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><a href='/o'>Why all ferries are late</a><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div><h3><a href='/o'>Late ferries</a></h3><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><div class='post-comments'><p id=it>x</p></div>",
        f"<h1>{TITLE}</h1><aside><p id=it>x</p></aside>",
        f"<h1>{TITLE}</h1><ol class='most-read'><li id=it>x</li></ol>",
        f"<h1>{TITLE}</h1><div itemprop=comment><p id=it>x</p></div>",
        f"<article><h1>{TITLE}</h1></article><footer><p id=it>x</p></footer>",
    ],
)
def test_an_element_beside_another_heading_or_in_a_neighbour_s_box_is_not(body: str):
    assert not is_own(body)
