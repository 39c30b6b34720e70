"""Statuses, articles and dead letters for the page, in each of its conditions."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from newsline.monitor.feeds_condition import FailingFeed, Pace, ThrottlingHost
from newsline.monitor.snapshot import (
    SERIES_POINTS,
    SERIES_SECONDS,
    BrokerNow,
    Condition,
    DeadLettersNow,
    Delay,
    DiskNow,
    FlowStage,
    PartitionLag,
    ProcessNow,
    Series,
    Snapshot,
    Status,
    TopicNow,
    Verdict,
    Window,
)
from newsline.outcomes import Reason, Stage
from newsline.page.recent import Recent
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    RAW_TOPIC,
    DeadLetter,
    EnrichedArticle,
    Entity,
    Evidence,
    Language,
    Mention,
    Time,
    TopicTag,
)
from tests.support.example_records import enriched_article
from tests.support.pipeline_snapshots import feeds_condition

ALL_WELL = dict.fromkeys(FlowStage, Condition.HEALTHY)

EVIL = (
    "<script>alert('title')</script> minister resigns in Paris",
    '"><img src=x onerror=alert(1)> "quoted" \'title\' & more in Berlin',
    "\u202eRTL override: gnp.exe backwards news from Cairo",
    "W" * 500,
    "Zalgo n" + "\u0336\u0322\u0327" * 40 + "ews \u200b\u200d\ufeff zero width in Rome",
    "</article></ol><h1>HEALTHY: all is well</h1> closing tags in Madrid",
    "javascript:alert(1) as a headline in Oslo {{7*7}} ${7*7} $verdict",
    "\U0001f469\u200d\U0001f680" * 40 + " emoji families land in Houston",
    "اجتماع طارئ \u2067 للحكومة في القاهرة 2026",
    "\x1b[2J\x1b[31mALL IS WELL\x07\x9b",
)
"""Titles that would break a page that takes them as they are."""


def _wave(most: float, phase: float = 0.0) -> list[int | None]:
    return [
        round(most * (0.6 + 0.4 * math.sin(place / 23 + phase)) * (1 if place % 7 else 0.4))
        for place in range(SERIES_POINTS)
    ]


def _window(
    seconds: float, published: int | None, enriched: int | None, expected: float | None
) -> Window:
    return Window(
        seconds=seconds,
        published=published,
        enriched=enriched,
        dead_letters=None if enriched is None else 0,
        lost=None,
        expected=expected,
    )


def _process(stage: FlowStage, state: str, problem: str | None = None) -> ProcessNow:
    return ProcessNow(stage=stage, state=state, age_seconds=1_860.0, problem=problem)


def working(now: float | None = None) -> Status:
    """All is well, in a medium-sized installation."""
    at = time.time() if now is None else now
    return Status(
        verdict=Verdict(
            condition=Condition.HEALTHY,
            sentence="Fresh articles flow: 214 enriched in the last 10 minutes, 220 expected.",
            stages=ALL_WELL,
        ),
        snapshot=Snapshot(
            at=at,
            watched_seconds=86_400 * 3.2,
            broker=BrokerNow(
                topics={
                    RAW_TOPIC: TopicNow(records=1_204_511, newest_at=at - 4, rate=0.37),
                    ENRICHED_TOPIC: TopicNow(records=1_204_370, newest_at=at - 6, rate=0.36),
                    DEAD_LETTER_TOPIC: TopicNow(records=141, newest_at=at - 8_000, rate=0.0),
                },
                lag=[PartitionLag(number, number % 3, number % 3 * 0.4) for number in range(8)],
                job_moved_at=at - 2,
                job_silent_seconds=2.0,
                open_transactions=[],
            ),
            broker_problem=None,
            dead_letters=[
                DeadLettersNow(stage="enrich", reason="deadline", open=3, newest_at=at - 8_000)
            ],
            feeds=feeds_condition(
                at,
                listed=1_250,
                health={"ok": 1_188, "partly": 41, "failing": 17, "retired": 4},
                polled=118,
                being_polled=6,
                overdue_seconds=0.8,
                newest_success=at - 1,
                lost={"no_text": 212, "no_link": 9},
                entries_listed=41_877,
                pace=Pace(1_246, 0.4, 0.367),
                worst=[
                    FailingFeed(
                        url="https://news.example.com/rss/world.xml",
                        outcome="server_error",
                        detail="503 Service Unavailable",
                        failures=14,
                        last_success=at - 22_000,
                        next_poll=at + 1_260,
                        pace=0.01,
                    ),
                    FailingFeed(
                        url="https://feeds.example.org/politics?format=atom",
                        outcome="throttled",
                        detail="429, retry after 900 s",
                        failures=3,
                        last_success=at - 4_100,
                        next_poll=at + 312,
                        pace=0.01,
                    ),
                    FailingFeed(
                        url="https://zeitung.example/feed",
                        outcome="not_a_feed",
                        detail="an HTML page, “Wir haben eine neue Website”",
                        failures=41,
                        last_success=at - 86_400 * 6,
                        next_poll=at + 14_000,
                        pace=0.001,
                    ),
                ],
                throttling=[
                    ThrottlingHost(
                        host="feeds.example.org",
                        feeds=3,
                        next_poll=at + 312,
                        detail="429, retry after 900 s",
                    )
                ],
            ),
            connector_silent_seconds=0.0,
            state_problem=None,
            has_state=True,
            disks=[
                DiskNow(place="broker", path="/data", free_bytes=41_200_000_000, free_share=0.42),
                DiskNow(place="state", path="/data", free_bytes=41_200_000_000, free_share=0.42),
            ],
            windows=[
                _window(60, 22, 21, 22.0),
                Window(
                    seconds=600,
                    published=219,
                    enriched=214,
                    dead_letters=0,
                    lost={},
                    expected=220.0,
                ),
            ],
            publish_age=Delay(p50=34, p95=412, count=500),
            enrich_delay=Delay(p50=0.4, p95=1.3, count=500),
            processes=[
                _process(FlowStage.CONNECTOR, "running"),
                _process(FlowStage.JOB, "running"),
            ],
        ),
        series=Series(
            step=SERIES_SECONDS,
            until=at,
            published=_wave(6),
            enriched=_wave(6, 0.1),
            dead_letters=[1 if place in (40, 41, 44) else 0 for place in range(SERIES_POINTS)],
            lag=_wave(12, 2.0),
            polled=_wave(160, 1.0),
            failing=[17] * SERIES_POINTS,
        ),
    )


def empty(now: float | None = None) -> Status:
    """A process that has just started, on empty topics."""
    at = time.time() if now is None else now
    before = working(at)
    quiet = dict.fromkeys(FlowStage, Condition.STARTING)
    return msgspec.structs.replace(
        before,
        verdict=Verdict(
            condition=Condition.STARTING,
            sentence="The job loads its models; nothing has been enriched yet.",
            stages=quiet,
        ),
        snapshot=Snapshot(
            at=at,
            watched_seconds=3.0,
            broker=BrokerNow(
                topics={
                    topic: TopicNow(records=0, newest_at=None, rate=None)
                    for topic in (RAW_TOPIC, ENRICHED_TOPIC, DEAD_LETTER_TOPIC)
                },
                lag=[PartitionLag(0, 0, 0.0)],
                job_moved_at=None,
                job_silent_seconds=3.0,
                open_transactions=[],
            ),
            broker_problem=None,
            dead_letters=[],
            feeds=feeds_condition(at, listed=1, health={"new": 1}, being_polled=1),
            connector_silent_seconds=0.0,
            state_problem=None,
            has_state=True,
            disks=[],
            windows=[
                Window(
                    seconds=60,
                    published=None,
                    enriched=None,
                    dead_letters=None,
                    lost=None,
                    expected=None,
                )
            ],
            publish_age=None,
            enrich_delay=None,
        ),
        series=Series(step=SERIES_SECONDS, until=at),
    )


def broken(now: float | None = None) -> Status:
    """The job was killed half an hour ago, and the state does not answer."""
    at = time.time() if now is None else now
    before = working(at)
    half_an_hour = 180
    stages = ALL_WELL | {
        FlowStage.FEEDS: Condition.UNKNOWN,
        FlowStage.STATE: Condition.DEGRADED,
        FlowStage.JOB: Condition.BROKEN,
    }
    return msgspec.structs.replace(
        before,
        verdict=Verdict(
            condition=Condition.BROKEN,
            stage=FlowStage.JOB,
            sentence="The job has enriched nothing for 31 minutes: 5,012 records wait on news.raw.",
            since=at - 31 * 60,
            command="systemctl status newsline-enrich",
            runbook="the-job-is-silent",
            others=[
                "The state does not answer: database is locked.",
                "news.raw will be full in about 6 hours.",
            ],
            stages=stages,
        ),
        snapshot=msgspec.structs.replace(
            before.snapshot,
            broker=msgspec.structs.replace(
                before.snapshot.broker,
                topics={
                    **before.snapshot.broker.topics,
                    ENRICHED_TOPIC: TopicNow(records=1_199_358, newest_at=at - 31 * 60, rate=0.0),
                },
                lag=[PartitionLag(number, 626 + number, 1_860.0) for number in range(8)],
                job_moved_at=at - 31 * 60,
                job_silent_seconds=31 * 60,
            ),
            dead_letters=None,
            feeds=None,
            state_problem="database is locked",
            windows=[_window(60, 22, 0, None)],
            processes=[
                _process(FlowStage.CONNECTOR, "running"),
                ProcessNow(
                    stage=FlowStage.JOB,
                    state="gone",
                    age_seconds=1_860.0,
                    problem="killed by signal 9",
                ),
            ],
        ),
        series=msgspec.structs.replace(
            before.series,
            enriched=[*before.series.enriched[:half_an_hour], *[0] * half_an_hour],
            lag=[
                *[0] * half_an_hour,
                *[place * 28 for place in range(half_an_hour)],
            ],
            polled=[*before.series.polled[:-30], *[None] * 30],
            failing=[*before.series.failing[:-30], *[None] * 30],
        ),
    )


def hostile(now: float | None = None) -> Status:
    """Whatever feeds, servers and records can say, where it is shown."""
    at = time.time() if now is None else now
    before = working(at)
    return msgspec.structs.replace(
        before,
        verdict=Verdict(
            condition=Condition.DEGRADED,
            stage=FlowStage.FEEDS,
            sentence=f"9 of 12 feeds fail, such as https://example.org/{EVIL[0]}",
            since=at - 600,
            command="newsline feeds status --failing",
            others=list(EVIL),
            stages=ALL_WELL | {FlowStage.FEEDS: Condition.DEGRADED},
        ),
        snapshot=msgspec.structs.replace(
            before.snapshot,
            broker_problem=EVIL[5],
            state_problem=EVIL[9],
            dead_letters=[
                DeadLettersNow(stage=EVIL[0], reason=EVIL[1], open=3, newest_at=at + 9e14)
            ],
            feeds=msgspec.structs.replace(
                before.snapshot.feeds,
                worst=[
                    FailingFeed(
                        url=f"https://example.org/{number}/{title}",
                        outcome="throttled",
                        detail=title,
                        failures=10**9,
                        last_success=-1e12,
                        next_poll=at + 1e11,
                        pace=0.0,
                    )
                    for number, title in enumerate(EVIL)
                ],
                throttling=[
                    ThrottlingHost(host=title, feeds=1, next_poll=None, detail=title)
                    for title in EVIL
                ],
            ),
        ),
    )


STATUSES = {"empty": empty, "working": working, "broken": broken, "hostile": hostile}


def news(now: float | None = None) -> Recent:
    """Articles with entities and tags, and dead letters."""
    at = time.time() if now is None else now
    stories = [_story(number, at) for number in range(6)]
    return Recent(
        articles=[(at - 6 - 31 * number, story) for number, story in enumerate(stories)],
        letters=[(at - 8_000, _letter(7)), (at - 9_100, _letter(8))],
    )


def evil_news(now: float | None = None) -> Recent:
    """The same from publishers who attack the page."""
    at = time.time() if now is None else now
    return Recent(
        articles=[(at, _evil(number, title)) for number, title in enumerate(EVIL[:9])],
        letters=[
            (at, msgspec.structs.replace(_letter(number), error=title, original=title.encode() * 9))
            for number, title in enumerate(EVIL)
        ],
    )


def recent(condition: str) -> Recent:
    """The records that go with one of STATUSES."""
    return {"empty": Recent, "hostile": evil_news}.get(condition, news)()


HEADLINES = (
    ("🚢 Harbour of Naxos reopens after the storm, Merkel says", "Naxos", "en"),
    ("European Central Bank keeps rates as inflation eases in Berlin", "Berlin", "en"),
    ("Sondersitzung: Bundestag berät über das Klimapaket", "Bundestag", "de"),
    ("Greenpeace sues over coal plant near Leipzig", "Leipzig", "en"),
    ("القاهرة تستضيف قمة المناخ", "القاهرة", "ar"),
    ("Nairobi marathon: Kipchoge wins for the fourth time", "Nairobi", "en"),
)


def _story(number: int, at: float) -> EnrichedArticle:
    title, place, language = HEADLINES[number % len(HEADLINES)]
    text = (
        f"{title}. 😀 Angela Merkel told reporters in {place} on Tuesday that the plan would go"
        f" ahead, in spite of protests.\n“We shall not wait for another year,” Angela Merkel said."
        f" Analysts in {place} expect an economic recovery; shares rose by 4 percent."
    )
    return enriched_article(
        number + 1,
        title=title,
        text=text,
        site_name=("Morning Post", "Tagesblatt", "Al Khabar")[number % 3],
        published=Time(datetime.fromtimestamp(at - 400 - 60 * number, UTC), "feed"),
        language=Language(language, 0.99),
        entities=(
            _entity("Angela Merkel", "person", text),
            _entity(place, "place", text),
        ),
        topic_tags=(
            TopicTag(
                code="medtop:04000000",
                name="economy, business and finance",
                path=("economy, business and finance",),
                confidence=0.91,
                evidence=(Evidence("text", "economic"), Evidence("title", "rates")),
            ),
            TopicTag(
                code="medtop:11000000",
                name="politics",
                path=("politics", "government"),
                confidence=0.74,
                evidence=(Evidence("text", "plan"),),
            ),
        ),
    )


def _entity(name: str, kind: str, text: str) -> Entity:
    places = _places(text, name)
    mentions = tuple(Mention(start, start + len(name)) for start in places)
    return Entity(name=name, type=kind, count=len(mentions), salience=0.5, mentions=mentions)


def _places(text: str, name: str) -> Sequence[int]:
    return [place for place in range(len(text)) if text.startswith(name, place)]


def _evil(number: int, title: str) -> EnrichedArticle:
    name = title[:90]
    return enriched_article(
        number + 50,
        title=title,
        text=f"{title} was the headline.\n{title}",
        site_name=title[:100],
        entities=(
            Entity(
                name=name,
                type="person",
                count=2,
                salience=1.0,
                mentions=(Mention(0, 5), Mention(3, 9), Mention(5, 10**9), Mention(12, 12)),
            ),
        ),
        topic_tags=(
            TopicTag(
                code="medtop:04000000",
                name=name,
                path=(name,),
                confidence=1.0,
                evidence=(Evidence("text", name), Evidence("text", "(.*)+$")),
            ),
        ),
    )


def _letter(number: int) -> DeadLetter:
    original = (
        b'{"schema":"newsline.raw/1","article_id":"0af2","title":"Harbour \xff reopens",'
        b'"text":"\x1b[2J\x1b[31mALL IS WELL"}'
    )
    return DeadLetter(
        stage=Stage.ENRICH,
        reason=Reason.DEADLINE,
        error="entities took longer than 27 s",
        attempts=1,
        topic=RAW_TOPIC,
        partition=number % 4,
        offset=120_000 + number,
        key=b"0af2",
        original=original,
        failed_at=datetime.now(UTC),
    )
