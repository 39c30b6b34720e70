"""Real articles through the real path, from feed to enriched record, on both brokers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors.parse import Entry, FeedBody, parse_feed
from connectors.text.urls import canonical_url
from newsline.broker import connect
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, EnrichedArticle, decode_enriched
from tests.support.command import newsline
from tests.support.news_site import Answer, Site, page, rss
from tests.support.shared_data import DATA, needs
from tests.support.topic_reader import values

pytestmark = pytest.mark.slow


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def address(request, tmp_path) -> str:
    """Each broker, with topics of its own: the Kafka that other tests share has news.raw once."""
    if request.param == "embedded":
        return f"embedded:{tmp_path / 'broker.db'}"
    return request.getfixturevalue("mortal_kafka").address


def through(site: Site, feeds: str, address: str, directory: Path) -> list[EnrichedArticle]:
    """Poll the feeds once, enrich until caught up, read what was committed."""
    common = ("--broker", address, "--status", "127.0.0.1:0")
    polled = newsline(
        *("poll", feeds, "--once", "--allow", site.host),
        *("--state", str(directory / "state.db"), *common),
    )
    assert polled.returncode == 0, polled.stderr
    enriched = newsline("enrich", "--until-caught-up", *common)
    assert enriched.returncode == 0, enriched.stderr
    with connect(address) as broker:
        assert len(values(broker, RAW_TOPIC)) == len(values(broker, ENRICHED_TOPIC))
        return [decode_enriched(value) for value in values(broker, ENRICHED_TOPIC)]


@contextmanager
def seed_site(paragraphs: list[str]) -> Iterator[Site]:
    title = "Blinken calls on Russia to stop attacks on humanitarian corridors"
    pages: dict[str, Answer] = {
        "/feed": (200, "application/rss+xml", rss([("/world/corridors", title, "")])),
        "/world/corridors": (200, "text/html; charset=utf-8", page(title, paragraphs)),
    }
    with Site(pages.get) as site:
        yield site


def names(article: EnrichedArticle, kind: str) -> list[str]:
    return [entity.name for entity in article.entities if entity.type == kind]


@needs("seed")
def test_the_seed_article_comes_out_as_an_editor_would_want_it(address, tmp_path):
    (path,) = (DATA / "seed").iterdir()
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    paragraphs = [line for line in lines if not line.startswith("Source:")]
    with seed_site(paragraphs) as site:
        (article,) = through(site, f"{site.url}/feed", address, tmp_path)

    def is_prose(line: str) -> bool:
        return line.endswith((".", ".”", "”")) and "contributed to this report" not in line

    prose = [" ".join(line.split()) for line in paragraphs if is_prose(line)]
    assert len(prose) > 25
    kept = [line for line in article.text.split("\n") if line in prose]
    assert kept == prose
    for furniture in ("cookies", "Share on", "Related", "gadgets", "Great read", "All rights"):
        assert furniture not in article.text

    people = names(article, "person")
    for person in (
        "Antony Blinken",
        "Edgars Rinkēvičs",
        "Jen Psaki",
        "Linda Thomas-Greenfield",
    ):
        assert person in people
    assert any(name.startswith("Volodym") and name.endswith("Zelenskyy") for name in people)
    assert {"Joe Biden", "President Biden"} & set(people)
    organisations = " | ".join(names(article, "organisation"))
    for organisation in (
        "NATO",
        "OSCE",
        "International Atomic Energy Agency",
        "Human Rights Council",
        "Fox News",
        "Associated Press",
        "National Security Council",
    ):
        assert organisation in organisations
    places = names(article, "place")
    for place in ("Russia", "Ukraine", "Kyiv", "Chernobyl", "Zaporizhzhya", "The Hague"):
        assert place in places
    assert any(name.startswith("United States") for name in places)

    tags = [tag.name for tag in article.topic_tags]
    assert tags[0] == "conflict, war and peace"
    assert {"politics", "crime, law and justice"} <= set(tags)
    for entity in article.entities:
        for mention in entity.mentions:
            assert article.text[mention.start : mention.end].strip()


REAL_FEEDS = {
    "real-cnn.rss": "https://www.cnn.com",
    "real-korean-times.rss": "https://www.koreatimes.co.kr",
}
LONG_ENOUGH = 30
"""Words in a description for it to be an article when it stands on a page of its own."""


@needs("feeds")
def test_two_real_feeds_come_out_whole(address, tmp_path):
    """The feeds as they are but for the host in their links; on the pages, their descriptions."""
    pages: dict[str, Answer] = {}
    with Site(pages.get) as site:
        entries = [
            entry for name, host in REAL_FEEDS.items() for entry in put(site, pages, name, host)
        ]
        feeds = "".join(f'[[feed]]\nurl = "{site.url}/{name}"\n' for name in REAL_FEEDS)
        (tmp_path / "feeds.toml").write_text(feeds)
        articles = through(site, str(tmp_path / "feeds.toml"), address, tmp_path)
    expected = {entry.link for entry in entries if len(entry.summary.split()) >= LONG_ENOUGH}
    print(f"{len(entries)} entries, {len(expected)} with a text, {len(articles)} articles")
    assert len(expected) > 100
    assert {article.url for article in articles} == {canonical_url(link) for link in expected}
    english = [article for article in articles if article.language.code == "en"]
    with_entities = [article for article in english if article.entities]
    others = Counter(article.language.code for article in articles if article not in english)
    print(f"languages but English: {dict(others)}")
    assert len(english) >= 0.95 * len(articles)
    assert len(with_entities) >= 0.9 * len(english)


def put(site: Site, pages: dict[str, Answer], name: str, host: str) -> Sequence[Entry]:
    """Serve the feed and its entries' pages; returns its entries."""
    body = (DATA / "feeds" / name).read_bytes().replace(host.encode(), site.url.encode())
    pages[f"/{name}"] = (200, "application/rss+xml", body)
    entries = parse_feed(FeedBody(body, f"{site.url}/{name}", "application/rss+xml", None)).entries
    for entry in entries:
        if entry.link and len(entry.summary.split()) >= LONG_ENOUGH:
            path = entry.link.removeprefix(site.url)
            pages[path] = (200, "text/html", page(entry.title, [entry.summary]))
    return entries
