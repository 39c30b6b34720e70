"""The metadata elements of article pages: schema.org JSON-LD and OpenGraph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from newsline.sample.edition import Edition
from newsline.sample.sites import SITES
from newsline.sample.stories import Story


def metadata_elements(edition: Edition, story: Story) -> Iterator[str]:
    """The elements for the page's head, in the formats of its site."""
    kinds = SITES[story.site].metadata
    if "opengraph" in kinds:
        yield from _opengraph(edition, story)
    if "json-ld" in kinds:
        yield _script({"@context": "https://schema.org", **_news_article(edition, story)})
    if "json-ld-graph" in kinds:
        site = {"@type": "WebSite", "name": SITES[story.site].name}
        graph = [site, _news_article(edition, story)]
        yield _script({"@context": "https://schema.org", "@graph": graph})


def _opengraph(edition: Edition, story: Story) -> Iterator[str]:
    properties = [
        ("og:type", "article"),
        ("og:title", story.title),
        ("og:description", story.summary),
        ("og:url", edition.url(story)),
        ("og:site_name", SITES[story.site].name),
        ("og:image", edition.image_url(story)),
        ("og:locale", story.language),
        ("article:published_time", edition.published(story).isoformat()),
        ("article:modified_time", edition.modified(story).isoformat()),
        ("article:section", story.section),
        *(("article:author", author) for author in story.authors),
        *(("article:tag", keyword) for keyword in story.keywords),
    ]
    for name, content in properties:
        yield f'<meta property="{name}" content="{escape(content)}">'


def _news_article(edition: Edition, story: Story) -> dict[str, object]:
    """The schema.org NewsArticle."""
    return {
        "@type": "NewsArticle",
        "mainEntityOfPage": edition.url(story),
        "headline": story.title,
        "description": story.summary,
        "author": [{"@type": "Person", "name": author} for author in story.authors],
        "datePublished": edition.published(story).isoformat(),
        "dateModified": edition.modified(story).isoformat(),
        "articleSection": story.section,
        "keywords": list(story.keywords),
        "image": [edition.image_url(story)],
        "publisher": {"@type": "NewsMediaOrganization", "name": SITES[story.site].name},
        "inLanguage": story.language,
    }


def _script(data: object) -> str:
    # Escaped, or a "</script>" in a text would end the element.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'
