"""Which links of a page may lead to feeds, and in which order."""

import pytest

from connectors.feedlist.page_links import FeedLink, is_of_comments, known_feeds, page_links

SITE = "https://a.example"
RSS = 'type="application/rss+xml"'


def declared(head: str, url: str = f"{SITE}/") -> list[str]:
    links = page_links(f"<html><head>{head}</head></html>".encode(), url).declared
    return [link.url.removeprefix(SITE) for link in links]


def anchors(body: str, url: str = f"{SITE}/") -> list[str]:
    links = page_links(f"<html><body>{body}</body></html>".encode(), url).anchors
    return [link.url.removeprefix(SITE) for link in links]


@pytest.mark.parametrize(
    "link",
    [
        f'<link rel="alternate" {RSS} href="/f">',
        "<LINK REL='Alternate' TYPE='Application/RSS+XML' HREF='/f'/>",
        "<link rel=alternate type=application/atom+xml href=/f>",
        '<link href="/f" type="application/feed+json; charset=utf-8" rel="home alternate">',
        f'<link rel="alternate" {RSS} href=" \n/f ">',
        f'<link rel="alternate" {RSS} href="f">',
        f'<link rel="alternate" {RSS} href="//a.example/f">',
        f'<link rel="alternate" {RSS} href="feed:https://a.example/f">',
        '<link rel="alternate" type="application/rdf+xml" href="/f">',
        '<link rel="alternate" type="text/rss" href="/f">',
        '<link rel="alternate" type="application/x.atom+xml" href="/f">',
        '<link rel="feed" href="/f">',
        '<link rel="alternate feed" href="/f">',
        '<link rel="service.feed" type="application/x.atom+xml" href="/f">',
        '<link rel="alternate" title="RSS" href="/f">',
        '<link rel="alternate" type="text/xml" href="/f">',
        f'<base href="{SITE}/"><link rel="alternate" {RSS} href="f">',
        f'</head><body><div><link rel="alternate" {RSS} href="/f"></div>',
    ],
)
def test_a_feed_is_declared_in_any_notation(link):
    assert declared(link) == ["/f"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="text/html" href="/de">',
        '<link rel="alternate" hreflang="de" href="/de/feed">',
        '<link rel="alternate" href="/de">',
        '<link rel="stylesheet" type="text/xml" href="/x">',
        '<link rel="alternate stylesheet" title="feed" href="/x">',
        f'<link rel="alternate" {RSS} href="javascript:x">',
        f'<link rel="alternate" {RSS}>',
        f'<!-- <link rel="alternate" {RSS} href="/f"> -->',
        '<link rel="alternate" type="application/json+oembed" href="/oembed">',
    ],
)
def test_another_link_declares_no_feed(link):
    assert declared(link) == []


def test_links_are_relative_to_the_base_and_keep_their_titles():
    page = (
        b'<base href="https://b.example/x/"><link rel=alternate type=text/xml href=f title=" A  B">'
    )
    (link,) = page_links(page, f"{SITE}/").declared
    assert link == FeedLink("https://b.example/x/f", "A B")


def test_certain_feeds_go_first_and_those_of_comments_last():
    links = [
        f'<link rel="alternate" {RSS} href="/comments/feed">',
        '<link rel="alternate" type="application/json" href="/wp-json/1">',
        f'<link rel="alternate" {RSS} href="/all">',
        f'<link rel="alternate" {RSS} href="/k" title="Kommentare zu: Kai">',
        f'<link rel="alternate" {RSS} href="/all">',
    ]
    assert declared("".join(links)) == ["/all", "/wp-json/1", "/comments/feed", "/k"]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/f.rss">here</a>',
        '<a href="/feed">x</a>',
        '<a href="/en/feed/">x</a>',
        '<a href="/rss.xml">x</a>',
        '<a href="/news.xml">x</a>',
        '<a href="/?feed=rss2">x</a>',
        '<a href="/index.php?format=feed&amp;type=rss">x</a>',
        '<a href="/f">RSS</a>',
        '<a href="/f">Atom feed</a>',
        '<a href="/f"><img src="i.png" alt="RSS"></a>',
        '<a class="icon rss" href="/f"></a>',
        '<a title="RSS-Feed abonnieren" href="/f"></a>',
        '<a aria-label="RSS" href="/f"></a>',
        '<a class="icon-feed" href="/f"></a>',
        '<a href="/f"><i class="fa fa-rss"></i></a>',
        '<a href="/f"><svg><use xlink:href="#icon-rss"></use></svg></a>',
        '<a rel="alternate" type="application/rss+xml" href="/f">x</a>',
        '<A HREF="feed://a.example/f">x</A>',
        '<map><area href="/rss" alt=""></map>',
        '<a href="/f">RSS フィード</a>',
    ],
)
def test_a_link_in_the_text_may_lead_to_a_feed(link):
    assert len(anchors(link)) == 1


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/about">About us</a>',
        '<a href="/feedback">Feedback</a>',
        '<a href="/2026/quay" class="feed-item news-feed">The quay</a>',
        '<a href="/2026/hay">Farmers feed cattle with last year’s hay</a>',
        '<a href="/sitemap.xml">Sitemap</a>',
        '<a href="/2026/cattle-feed-prices-rise">Prices</a>',
        '<a href="/feeding-the-birds">Feeding the birds in winter</a>',
        '<a href="/2026/atoms">What atoms are made of</a>',
        '<a href="#rss">RSS</a>',
        '<a href="mailto:rss@a.example">RSS</a>',
        "<a>RSS</a>",
    ],
)
def test_other_links_in_the_text_do_not(link):
    assert anchors(link) == []


def test_links_of_the_same_site_go_first_and_those_known_by_their_url():
    body = (
        '<a href="https://example.net/feed">Friend</a><a href="/subscribe">RSS</a>'
        '<a href="https://feeds.example.com/main">Main</a><a href="/rss">all</a>'
    )
    assert anchors(body, "https://www.example.com/") == [
        "https://feeds.example.com/main",
        "https://www.example.com/rss",
        "https://www.example.com/subscribe",
        "https://example.net/feed",
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://feedly.com/i/subscription/feed/https://a.example/f?x=1",
        "https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fa.example%2Ff%3Fx%3D1",
        "https://add.my.yahoo.com/rss?url=https%3A%2F%2Fa.example%2Ff%3Fx%3D1",
        "https://www.inoreader.com/?add_feed=https://a.example/f?x=1",
    ],
)
def test_a_link_to_a_reader_leads_to_the_feed_in_it(link):
    assert anchors(f'<a href="{link}">Follow by RSS</a>') == ["/f?x=1"]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (
            "https://www.youtube.com/channel/UCab-c_1/videos",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCab-c_1",
        ),
        (
            "https://youtube.com/playlist?list=PLx1",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx1",
        ),
        ("https://old.reddit.com/r/news/", "https://www.reddit.com/r/news/.rss"),
        ("https://medium.com/@ana", "https://medium.com/feed/@ana"),
        ("https://github.com/a/b.c", "https://github.com/a/b.c/releases.atom"),
    ],
)
def test_the_feeds_of_some_sites_are_known_from_their_addresses(page, feed):
    assert known_feeds([page]) == [feed]


def test_a_page_may_name_its_known_address_as_the_canonical_one():
    link = '<link rel="canonical" href="https://www.youtube.com/channel/UCx">'
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UCx"
    assert declared(link, "https://www.youtube.com/@ana") == [feed]


@pytest.mark.parametrize(
    "words", ["/comments/feed/", "Kommentare zu X", "Комментарии", "Comentários", "コメント"]
)
def test_feeds_of_comments_are_known_in_many_languages(words):
    assert is_of_comments(words)


@pytest.mark.parametrize(
    "words",
    [
        "Commentary",
        "Comment | The Courier",
        "Kommentar",
        "/commentisfree/rss",
        "/?withoutcomments=1",
    ],
)
def test_a_feed_of_opinions_is_not_one_of_comments(words):
    assert not is_of_comments(words)


def test_a_title_in_another_encoding_is_read():
    title = "Комментарии".encode("cp1251")
    page = b'<link rel=alternate type=application/rss+xml href=/c title="' + title + b'">'
    (link,) = page_links(page, f"{SITE}/", "text/html; charset=windows-1251").declared
    assert link.title == "Комментарии"


@pytest.mark.parametrize("page", [b"", b"\0", b"<", b"\xff" * 9, b"<a href='http://['>RSS</a>"])
def test_a_broken_page_has_no_links(page):
    links = page_links(page, f"{SITE}/")
    assert (links.declared, links.anchors) == ([], [])
