"""Metadata of pages, correct and wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from connectors.extract.metadata import PageMetadata, page_metadata
from connectors.extract.page_metadata_index import PageIndex

URL = "https://www.courier.example/world/bridge"
AT_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def page(head: str = "", body: str = "<p>x</p>", lang: str = "", url: str = URL) -> PageMetadata:
    html = f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return page_metadata(PageIndex(document_fromstring(html), url), NOW)


def json_ld(data: object) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


ARTICLE = {
    "@type": ["NewsArticle"],
    "headline": "Bridge &amp; tunnel closed",
    "description": "No way across.",
    "author": [{"@type": "Person", "name": "Ana Díaz"}, {"@type": "Organization", "name": "Ox"}],
    "datePublished": "2026-11-23T10:00:00+01:00",
    "dateModified": "2026-11-23T09:00:00Z",
    "articleSection": ["World", "Europe"],
    "keywords": ["bridge", "tunnel", "Bridge", "@post-id:1", "type_news"],
    "image": [{"@type": "ImageObject", "url": "/bridge.jpg"}],
    "publisher": {"name": "The Courier"},
    "inLanguage": "en-GB",
}
EXPECTED = PageMetadata(
    title="Bridge & tunnel closed",
    summary="No way across.",
    authors=("Ana Díaz",),
    published=AT_NINE,
    published_in="json_ld",
    modified=AT_NINE,
    modified_in="json_ld",
    section="World",
    keywords=("bridge", "tunnel"),
    image_url="https://www.courier.example/bridge.jpg",
    site_name="The Courier",
    declared_language="en",
)


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [{"@type": "WebSite"}, ARTICLE],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        f"<!-- {json.dumps(ARTICLE)} -->",
        f"//<![CDATA[\n{json.dumps(ARTICLE)};\n//]]>",
        json.dumps(ARTICLE).replace("No way across.", "No way\n across."),
    ],
)
def test_json_ld_is_read_however_it_is_wrapped(data: object):
    assert page(json_ld(data)) == EXPECTED


def test_references_within_json_ld_are_followed():
    people = [{"@id": "#ana", "@type": "Person", "name": "Ana Díaz"}]
    article = {"@type": "Article", "headline": "H", "author": {"@id": "#ana"}}
    assert page(json_ld({"@graph": [article, *people]})).authors == ("Ana Díaz",)


OTHER = ARTICLE | {"headline": "Ferry sold", "author": {"name": "Li Wei"}}
PLACES: list[dict[str, object]] = [
    {"url": f"{URL}/?utm_source=x"},
    {"mainEntityOfPage": URL.replace("https://www.", "http://")},
    {"mainEntityOfPage": {"@type": "WebPage", "@id": URL}},
    {"@id": f"{URL}#article"},
    {"url": "https://www.courier.example/canonical"},
]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_of_several_articles_the_one_at_the_page_s_address_is_read(place: dict[str, object]):
    other = OTHER | dict.fromkeys(place, "https://www.courier.example/ferry")
    head = '<link rel="canonical" href="/canonical"><title>Ferry sold</title>'
    assert page(json_ld([other, ARTICLE | place]) + head).authors == ("Ana Díaz",)


def test_without_addresses_the_article_with_the_page_s_title_is_read():
    head = "<title>Bridge &amp; tunnel closed | The Courier</title>"
    assert page(json_ld([OTHER | {"headline": ""}, OTHER, ARTICLE]) + head).authors == ("Ana Díaz",)


def test_of_articles_that_nothing_tells_apart_the_first_is_read():
    assert page(json_ld([ARTICLE, OTHER])).authors == ("Ana Díaz",)


def test_an_update_within_a_live_blog_is_not_its_page_s_article():
    update = OTHER | {"@type": "BlogPosting", "url": f"{URL}#update-1"}
    blog = ARTICLE | {"@type": "LiveBlogPosting", "liveBlogUpdate": [update]}
    assert page(json_ld(blog | {"mainEntityOfPage": URL})).authors == ("Ana Díaz",)


def test_opengraph_is_read():
    said = (
        meta("og:title", "Bridge closed")
        + meta("og:description", "No way across.")
        + meta("og:site_name", "The Courier")
        + meta("og:image", "https://cdn.example/b.jpg")
        + meta("og:locale", "de_DE")
        + meta("article:published_time", "2026-11-23T09:00:00Z")
        + meta("article:modified_time", "2026-11-23T10:00:00+01:00")
        + meta("article:section", "World")
        + meta("article:tag", "bridge")
        + meta("article:tag", "tunnel")
        + meta("article:author", "https://facebook.com/ana")
        + meta("article:author", "Ana Díaz")
    )
    assert page(said) == PageMetadata(
        title="Bridge closed",
        summary="No way across.",
        site_name="The Courier",
        image_url="https://cdn.example/b.jpg",
        declared_language="de",
        published=AT_NINE,
        published_in="meta",
        modified=AT_NINE,
        modified_in="meta",
        section="World",
        keywords=("bridge", "tunnel"),
        authors=("Ana Díaz",),
    )


@pytest.mark.parametrize(
    "data",
    [
        "",
        "not JSON",
        "{",
        "null",
        "5",
        '"x"',
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        {"@type": "NewsArticle", "author": {"name": {"name": []}}, "headline": 5, "image": [[]]},
        {"@type": {"x": 1}, "@id": ["a"], "headline": None},
        {"@type": "NewsArticle", "keywords": {"a": "b"}, "datePublished": ["x", None, 4]},
        '{"@type": "NewsArticle", "articleSection": "\\ud800"}',
        json.dumps([{"@type": "Thing", "n": n} for n in range(20_000)]),
        '{"@type": "NewsArticle", "headline": "' + "x" * 600_000 + '"}',
    ],
    ids=lambda data: str(data)[:20],
)
def test_no_json_ld_can_keep_the_rest_from_being_read(data: object):
    found = page(json_ld(data) + meta("og:title", "Bridge closed"))
    assert found == PageMetadata(title="Bridge closed")


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        (
            "https://courier.example/world/bridge?utm_source=x",
            "https://courier.example/world/bridge",
        ),
        ("/world/bridge", "https://www.courier.example/world/bridge"),
        ("https://www.courier.example/?p=7", "https://www.courier.example/?p=7"),
        ("https://www.courier.example/", None),
        ("https://elsewhere.example/world/bridge", None),
        ("javascript:x", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_the_canonical_address_is_on_the_same_site(href: str, canonical: str | None):
    assert page(f'<link rel="canonical" href="{href}">').canonical_url == canonical


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("world/bridge", "https://www.courier.example/world/bridge"),
        ("?p=7", "https://www.courier.example/?p=7"),
    ],
)
def test_the_canonical_address_is_relative_to_the_page_s_base(href: str, canonical: str):
    head = f'<base href="/"><base href="/second/"><link rel="canonical" href="{href}">'
    assert page(head).canonical_url == canonical


@pytest.mark.parametrize("base", ["", "javascript:x", "http://[::1"])
def test_a_base_that_is_no_address_is_ignored(base: str):
    head = f'<base href="{base}"><link rel="canonical" href="bridge">'
    assert page(head).canonical_url == URL


@pytest.mark.parametrize(
    "href",
    [
        "undefined",
        "null",
        "{{ page.url }}",
        "https://www.courier.example/${slug}",
        "<%= url %>",
        "[object Object]",
        "/404",
        "/404.html",
    ],
)
def test_a_placeholder_is_no_canonical_address(href: str):
    head = f'<link rel="canonical" href="{href}">'
    assert page(head).canonical_url is None
    assert page(head + meta("og:url", URL)).canonical_url == URL


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/news/2026/bridge", "/news/"),
        ("/news/2026/bridge", "/news/2026"),
        ("/20261125/bridge", "/20261125"),
        ("/news/12345", "/news/"),
        ("/arts-culture-and-media/bridge", "/arts-culture-and-media/"),
        ("/news/bridge/2", "/news"),
    ],
)
def test_the_section_that_a_page_is_in_is_no_canonical_address(path: str, section: str):
    site = "https://www.courier.example"
    head = f'<link rel="canonical" href="{section}">'
    assert page(head, url=site + path).canonical_url is None


@pytest.mark.parametrize(
    "below",
    ["amp", "amp/", "amp.html", "print", "2", "page/2", "page-2", "seite2.html", "index.html", ""],
)
def test_what_a_page_is_one_version_of_is_its_canonical_address(below: str):
    found = page(f'<link rel="canonical" href="{URL}">', url=f"{URL}/{below}")
    assert found.canonical_url == URL


@pytest.mark.parametrize(
    ("path", "article"),
    [
        ("/story/1234567/bridge-closed", "/story/1234567"),
        ("/bridge-closed-to-all-traffic/photos-of-it", "/bridge-closed-to-all-traffic"),
        ("/news/undefined", "/news/undefined"),
    ],
)
def test_an_address_above_a_page_that_names_an_article_is_canonical(path: str, article: str):
    site = "https://www.courier.example"
    head = f'<link rel="canonical" href="{article}">'
    assert page(head, url=site + path).canonical_url == site + article


def test_a_canonical_address_elsewhere_leaves_opengraph_s():
    head = '<link rel="canonical" href="https://elsewhere.example/a">'
    assert page(head + meta("og:url", URL)).canonical_url == URL


@pytest.mark.parametrize(
    "body",
    [
        '<span class="byline">By <a rel="author" href="#">Ana Díaz</a></span>',
        '<p class="article__byline byline">By <b>Ana Díaz</b><i>Senior Writer</i></p>',
        '<p><a rel="author" href="#">Courier staff</a> <a rel="author" href="#">Ana Díaz</a></p>',
    ],
)
def test_a_byline_names_the_author_where_nothing_else_does(body: str):
    head = meta("og:site_name", "The Courier")
    assert page(head, body).authors == ("Ana Díaz",)


def test_authors_in_json_ld_are_objects_of_one_person_each_or_strings():
    band = {"@type": "Person", "name": "Fire & Fury"}
    assert page(json_ld(ARTICLE | {"author": [band, "Ana Díaz, Berlin"]})).authors == (
        "Fire & Fury",
        "Ana Díaz",
    )


@pytest.mark.parametrize(
    "author",
    [
        [[{"@type": "Person", "name": "Ana Díaz"}], [[{"@type": "Person", "name": "Li Wei"}]]],
        [{"@type": "Person", "givenName": "Ana", "familyName": "Díaz"}, {"name": "Li Wei"}],
        {"@type": "Person", "name": ["Ana Díaz", "Li Wei"]},
        [["Ana Díaz"], "Li Wei"],
        {"@list": [{"name": "Ana Díaz"}, {"name": "Li Wei"}]},
        {"@set": ["Ana Díaz", "Li Wei"]},
        {"@type": "Role", "author": [{"name": "Ana Díaz"}, {"name": "Li Wei"}]},
        [{"@type": "OrganizationRole", "author": name} for name in ("Ana Díaz", "Li Wei")],
        "Ana Díaz, Li Wei",
    ],
)
def test_authors_in_json_ld_may_be_nested_and_have_their_names_in_parts(author: object):
    assert page(json_ld(ARTICLE | {"author": author})).authors == ("Ana Díaz", "Li Wei")
    creator = {name: value for name, value in ARTICLE.items() if name != "author"}
    assert page(json_ld(creator | {"creator": author})).authors == ("Ana Díaz", "Li Wei")


def test_a_page_without_an_article_in_json_ld_may_have_an_author_there():
    person = {"@type": "Person", "@id": "#ana", "name": "Ana Díaz"}
    web_page = {"@type": "WebPage", "author": {"@id": "#ana"}}
    assert page(json_ld({"@graph": [web_page, person]})).authors == ("Ana Díaz",)
    review = {"@type": "Review", "author": person}
    assert page(json_ld({"@graph": [review]})).authors == ()


def test_json_ld_with_lists_of_any_depth_is_read():
    deep = '{"@type": "NewsArticle", "author": ' + "[" * 900 + '"Ana Díaz"' + "]" * 900 + "}"
    assert page(json_ld(deep)).authors == ("Ana Díaz",)


def test_a_teaser_s_article_in_json_ld_is_not_the_page_s():
    teaser = ARTICLE | {"headline": "Ferries are late", "url": "https://courier.example/ferries"}
    found = page(json_ld(teaser) + meta("og:title", "Bridge closed"))
    assert (found.title, found.authors, found.published) == ("Bridge closed", (), None)
    elsewhere = teaser | {"headline": "The old bridge is closed"}
    assert page(json_ld(elsewhere) + meta("og:title", "Bridge closed")).authors == ("Ana Díaz",)


def test_wordpress_names_the_author_in_a_label_for_twitter():
    label = meta("twitter:label1", "Written by") + meta("twitter:data1", "Ana Díaz")
    assert page(label).authors == ("Ana Díaz",)
    label = meta("twitter:label1", "Reading time") + meta("twitter:data1", "Ana Díaz")
    assert page(label).authors == ()


def test_a_zero_width_space_in_an_author_separates_a_place():
    assert page(meta("author", "Ana Díaz\u200b Lisboa")).authors == ("Ana Díaz",)


def test_the_first_source_that_names_a_person_wins():
    head = json_ld(ARTICLE | {"author": "The Courier"}) + meta("author", "Li Wei")
    assert page(head, '<p class="byline">Ana Díaz</p>').authors == ("Li Wei",)


def test_a_byline_that_names_the_author_and_more_goes_first():
    head = json_ld(ARTICLE | {"author": {"name": "Li Wei"}})
    assert page(head, '<p class="byline">By Li Wei, Ana Díaz</p>').authors == ("Li Wei", "Ana Díaz")


def test_what_stands_after_the_date_of_a_byline_is_no_author():
    body = '<p class="byline"><b>Ana Díaz</b><i>23/11/2026</i><i>Games and Toys</i></p>'
    assert page(body=body).authors == ("Ana Díaz",)


def test_the_byline_after_an_agency_s_is_another_story_s():
    body = '<p class="byline">Associated Press</p><div><p class="byline">Ana Díaz</p></div>'
    assert page(body=body).authors == ()


@pytest.mark.parametrize(
    "variant",
    [
        "https://www.courier.example/amp/world/bridge",
        "https://www.courier.example/world/bridge?amp=1",
        "https://www.courier.example/world/bridge?outputType=amp",
        "https://www.courier.example/world/bridge/print",
        "https://www.courier.example/world/bridge?print=1",
        "https://www.google.com/amp/s/www.courier.example/amp/world/bridge",
        "https://www-courier-example.cdn.ampproject.org/c/s/www.courier.example/amp/world/bridge",
    ],
)
def test_amp_and_print_versions_name_the_article(variant: str):
    head = f'<link rel="canonical" href="{URL}">'
    tree = document_fromstring(f"<html amp><head>{head}</head><body></body></html>")
    assert page_metadata(PageIndex(tree, variant), NOW).canonical_url == URL


def test_an_amp_page_elsewhere_cannot_name_another_site_s_article():
    tree = document_fromstring(f'<html amp><head><link rel="canonical" href="{URL}"></head></html>')
    assert (
        page_metadata(PageIndex(tree, "https://elsewhere.example/amp/bridge"), NOW).canonical_url
        is None
    )


def test_a_marked_time_is_when_it_was_published():
    body = (
        '<time datetime="2020-01-01T00:01Z">x</time><time class="published" datetime="{}">y</time>'
    )
    found = page(body=body.format("2026-11-23T09:00Z"))
    assert (found.published, found.published_in) == (AT_NINE, "time_element")


def test_one_of_several_unmarked_times_is_not_taken():
    body = '<time datetime="2020-01-01T00:01Z">x</time><time datetime="2021-01-01T00:01Z">y</time>'
    assert page(body=body).published is None


def test_a_time_goes_before_a_mere_date():
    head = json_ld(ARTICLE | {"datePublished": "2026-11-23"})
    assert page(head + meta("article:published_time", "2026-11-23T09:00Z")).published == AT_NINE
    assert page(head).published == datetime(2026, 11, 23, tzinfo=UTC)
    head = json_ld(ARTICLE | {"datePublished": "2026-11-23T00:00:00+02:00"})
    assert page(head + meta("article:published_time", "2026-11-23T09:00Z")).published == AT_NINE


@pytest.mark.parametrize(
    ("lang", "language"),
    [("en", "en"), ("de-AT", "de"), ("pt_BR", "pt"), ("FR", "fr"), ("english", None), ("", None)],
)
def test_the_declared_language_is_a_primary_subtag(lang: str, language: str | None):
    assert page(lang=lang).declared_language == language


def test_a_page_that_says_nothing_has_no_metadata():
    assert page() == PageMetadata()


def organisation_as_author(name: str) -> str:
    return json_ld({"@type": "Article", "author": {"@type": "Organization", "name": name}})


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (organisation_as_author("Harbour Institute"), ""),
        (json_ld({"@type": "Article", "author": "Harbour Institute"}), ""),
        (meta("author", "Harbour Institute"), ""),
        ("", '<h1>Bridge closed</h1><p class="byline">By Harbour Institute</p>'),
    ],
)
def test_an_organisation_is_credited_where_the_page_names_no_person(head: str, body: str):
    found = page(head, body)
    assert (found.authors, found.credited) == ((), "Harbour Institute")


def test_a_person_in_the_byline_comes_before_an_organisation_in_the_json_ld():
    byline = '<h1>Bridge closed</h1><p class="byline">By Ana Díaz</p>'
    found = page(organisation_as_author("Harbour Institute"), byline)
    assert (found.authors, found.credited) == (("Ana Díaz",), "")


def test_a_login_is_credited_only_if_a_byline_shows_it():
    assert page(meta("author", "harbourcat")).credited == ""
    byline = '<h1>Bridge closed</h1><p class="byline">by harbourcat</p>'
    assert page(meta("author", "harbourcat"), byline).credited == "harbourcat"
