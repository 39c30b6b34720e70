from datetime import UTC, datetime

import pytest

from newsline.broker import Message, connect
from newsline.records import ENRICHED_TOPIC, EnrichedArticle, Language, encode
from newsline.service import live_page
from newsline.service.live_page import Flow
from newsline.topics import contents
from tests.support.example_records import raw_article

NOW = 1_000_000.0
LONG_AGO = NOW - 10_000
QUIET = Flow({}, {}, {}, {}, {}, {}, {}, {})
POLLING = QUIET._replace(polls={"ok": 1}, entries={"published": 1})
ENRICHED_JUST_NOW = POLLING._replace(
    enriched={"": 1}, last_enriched={"": NOW - 1}, lag_records={"0": 0}
)
SILENT = ENRICHED_JUST_NOW._replace(last_enriched={"": NOW - 900})


@pytest.fixture
def broker(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        contents.ensure(connection)
        yield connection


def put(broker, **fields):
    article = raw_article(**fields)
    enriched = EnrichedArticle(
        **{name: getattr(article, name) for name in article.__struct_fields__},
        language=Language("en", 1.0),
        entities=(),
        topic_tags=(),
        models=(),
        enriched_at=datetime.now(UTC),
    )
    producer = broker.producer("test")
    producer.commit([Message(ENRICHED_TOPIC, b"key", encode(enriched))])


@pytest.mark.parametrize(
    ("flow", "state", "words"),
    [
        (QUIET, "idle", "Starting"),
        (POLLING, "flowing", "being polled"),
        (ENRICHED_JUST_NOW, "flowing", "Fresh articles"),
        (SILENT, "idle", "nothing new"),
        (
            SILENT._replace(lag_records={"0": 5}),
            "stopped",
            "between news.raw and news.enriched: 5 records",
        ),
        (QUIET._replace(polls={"connect": 3}), "stopped", "no poll has succeeded"),
    ],
)
def test_the_verdict_says_whether_news_flows_and_where_it_stopped(flow, state, words):
    verdict, said = live_page.verdict(flow, NOW, LONG_AGO)
    assert verdict == state
    assert words in said


def test_a_job_that_has_just_started_on_old_records_has_not_stopped():
    waiting = QUIET._replace(lag_records={"0": 5}, last_enriched={"": 0.0})
    assert live_page.verdict(waiting, NOW, NOW - 2)[0] == "flowing"
    assert live_page.verdict(waiting, NOW, NOW - 61)[0] == "stopped"


def test_the_steps_follow_an_article_from_feed_to_enriched_record():
    names = [step.name for step in live_page.steps(QUIET)]
    assert names[0] == "feeds polled"
    assert names[-2:] == ["on news.enriched", "dead letters"]


def test_feeds_are_shown_by_health_with_what_is_lost_at_them(broker):
    flow = QUIET._replace(
        feeds={"ok": 7.0, "partly": 2.0}, entries_lost={"no_link": 3.0}, gaps={"": 1.0}
    )
    shown = {step.name: step for step in live_page.feeds(flow)}
    assert shown["feeds"].parts == {"ok": 7, "partly": 2}
    assert shown["listed entries lost"].parts == {"no_link": 3}
    assert [step.name for step in shown.values() if step.is_trouble] == [
        "listed entries lost",
        "gaps between polls",
    ]
    assert live_page.feeds(QUIET) == []


def test_a_step_lists_what_it_is_made_up_of_largest_first_and_leaves_out_what_never_happened():
    entries = {"duplicate": 2.0, "published": 9.0, "no_text": 0.0}
    step = live_page.steps(QUIET._replace(entries=entries))[1]
    assert (step.value, list(step.parts)) == (11, ["published", "duplicate"])


def test_only_dead_letters_that_there_are_stand_out():
    assert not any(step.is_trouble for step in live_page.steps(QUIET))
    dead = QUIET._replace(dead_letters={"decode/invalid": 1})
    assert [step.name for step in live_page.steps(dead) if step.is_trouble] == ["dead letters"]


def test_markup_in_an_article_is_shown_as_text(broker):
    put(broker, title="<script>alert(1)</script>", site_name='"><img src=x onerror=alert(2)>')
    html = live_page.render(broker)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html


def test_a_template_sign_in_an_article_is_shown_as_it_is(broker):
    put(broker, title="Bank takes $verdict and $5")
    assert "Bank takes $verdict and $5" in live_page.render(broker)


def test_the_newest_articles_come_first_and_what_is_no_article_is_left_out(broker):
    for number in (1, 2, 3):
        put(broker, number=number, title=f"Title {number}")
    broker.producer("test").commit([Message(ENRICHED_TOPIC, b"key", b"not an article")])
    assert [article.title for article in live_page.newest(broker)] == [
        "Title 3",
        "Title 2",
        "Title 1",
    ]


def test_a_broker_that_is_gone_is_what_the_page_says(broker, tmp_path):
    broker.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "broker.db").mkdir()
    html = live_page.render(broker)
    assert "broker.db" in html
    assert "var(--stopped)" in html.split("h1 {")[1].split("}")[0]
