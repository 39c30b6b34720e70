import pytest
from lxml.html import document_fromstring

from connectors.extract.bylines import Bylines, byline_elements
from connectors.extract.neighbours import Ownership

TITLE = "Old bridge over the Ume closed"
HEADING = f"<h1>{TITLE}</h1>"
LONG = f"<p>{'The bridge is old. ' * 20}</p>"


def authors(body: str, site_name: str = "The Courier") -> tuple[str, ...]:
    tree = document_fromstring(f"<html><body>{body}</body></html>")
    own = Ownership(tree, [TITLE])
    return Bylines(byline_elements(tree.iter()), own, site_name).authors(tree)


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline">By Ana Díaz</p>',
        '<span class="postAuthor-name">Ana Díaz</span>',
        '<div class="posted-by">Posted on 25 November by Ana Díaz</div>',
        '<div class="autor">Von Ana Díaz, Redakteurin</div>',
        '<a href="/authors/ana-diaz">Ana Díaz</a>',
        '<a href="https://courier.example/people/ana-diaz/">Ana Díaz</a>',
        "<span>By Ana Díaz</span>",
        "<p><em>This post was written by Ana Díaz, editor.</em></p>",
        '<div itemprop="author"><span itemprop="name">Ana Díaz</span></div>',
        '<div class="author-box"><h4>Ana Díaz</h4><p>'
        + "Writes about bridges. " * 20
        + "</p></div>",
        '<div class="byline">By <span>Ana</span> <span>Díaz</span></div>',
        '<p itemprop="author"><b itemprop="givenName">Ana</b> <b>Díaz</b></p>',
        '<p class="byline">Ana Díaz <a href="mailto:ana@courier.example">Email the author</a></p>',
        '<p class="byline">Ana Díaz\u200b Lisboa</p>',
        '<p>By <a rel="author" href="#">Ana Díaz</a></p>'
        '<p>Photos: <a rel="author" href="#">Tom Li</a></p>',
        "<p>By <b>Ana Díaz</b>. Reviewed by <b>Tom Li</b></p>",
        '<p>By <a rel="author" href="#">Ana Díaz</a>. '
        'Reviewed by <a rel="author" href="#">Tom Li</a></p>',
        "<p><strong>Author:</strong> Ana Díaz</p>",
        '<div class="submitted">Submitted by <a href="/u/7">Ana Díaz</a> on 11/23/2026</div>',
        '<p class="autor">Interview: Ana Díaz</p>',
        '<p class="article-signature">Ana Díaz</p>',
        '<p itemprop="author"><meta itemprop="name" content="Ana Díaz"><a href="#">Follow</a></p>',
    ],
)
def test_a_byline_is_found_in_many_kinds_of_markup(byline: str):
    assert authors(f"<article>{HEADING}{byline}<p>The bridge is old.</p></article>") == (
        "Ana Díaz",
    )


@pytest.mark.parametrize(
    "byline",
    [
        '<p>By <a rel="author" href="#">Ana Díaz</a> and <a rel="author" href="#">Tom Li</a></p>',
        '<div><span itemprop="author">Ana Díaz</span> <span itemprop="author">Tom Li</span></div>',
        '<ul><li class="author">Ana Díaz</li><li class="author">Tom Li</li></ul>',
        '<div><div class="author">Ana Díaz</div><div class="author">Tom Li</div></div>',
        "<p>By Ana Díaz &amp; Tom Li</p>",
        '<span property="author">Ana Díaz</span>, <span property="author">Tom Li</span>',
        '<p class="byline">By Ana Díaz</p><p class="byline">Tom Li</p>' + LONG,
        '<div itemprop="author"><b>Ana Díaz</b></div><div itemprop="author"><b>Tom Li</b></div>'
        + LONG,
    ],
)
def test_authors_beside_one_another_are_all_of_the_article(byline: str):
    assert authors(f"<article>{HEADING}{byline}</article>") == ("Ana Díaz", "Tom Li")


@pytest.mark.parametrize(
    "others",
    [
        '<div><a href="/o">Why all ferries are late</a><span class="author">Tom Li</span></div>',
        '<li><h3>Why all ferries are late</h3><a href="/author/tom-li">Tom Li</a></li>',
        '<div><a href="/o">渡轮为何总是晚点及其原因</a><span class="author">李伟</span></div>',
        '<div><h3><a href="/o">Late ferries</a></h3><span class="author">Tom Li</span></div>',
        '<p itemscope itemtype="https://schema.org/Review"><b itemprop="author">Tom Li</b></p>',
        '<div class="tweet"><span class="tweet-author">Tom Li</span><p>Again?</p></div>',
        '<div class="comment"><span class="comment-author">Tom Li</span><p>Yes.</p></div>',
        '<blockquote><p class="author">Tom Li</p></blockquote>',
        '<aside><a href="/author/tom-li">Tom Li</a></aside>',
        '<figure><figcaption><span class="author">Tom Li</span></figcaption></figure>',
    ],
)
def test_a_neighbour_s_author_is_not_the_article_s(others: str):
    article = f"<article>{HEADING}<p>The bridge is old.</p></article>"
    assert authors(article + others) == ()
    assert authors(others + article) == ()
    assert authors(f"<article>{HEADING}<p>The bridge is old.</p>{others}<p>So.</p></article>") == ()


@pytest.mark.parametrize("own", ["By our own staff", "Courier newsroom", "dpa", "Redaktion"])
def test_the_newsroom_s_own_byline_ends_the_search(own: str):
    box = '<div class="box"><span class="author">Ana Díaz</span></div>'
    article = f'<article>{HEADING}<p class="byline">{own}</p><p>{"The bridge. " * 40}</p></article>'
    assert authors(article + box) == ()


def test_a_single_word_is_an_author_if_declared_or_if_a_given_name():
    assert authors(f'{HEADING}<a rel="author" href="#">Berit</a>') == ("Berit",)
    assert authors(f'{HEADING}<span class="author">By Ana</span>') == ("Ana",)
    assert authors(f'{HEADING}<span class="author">Northport</span>') == ()


def test_a_description_of_an_author_is_no_name():
    box = '<div class="author-bio">Ana Díaz</div><img class="author-image"><p>Read more</p>'
    assert authors(f"<article>{HEADING}{box}</article>") == ()


def test_of_thousands_of_comments_only_the_first_are_looked_at():
    comment = '<p class="author">The Courier</p>'
    assert authors(f'{HEADING}{comment * 5_000}<p class="author">Ana Díaz</p>') == ()
