import pytest

from pipeline import page
from pipeline.page import Flow

NOW = 1_000_000.0
QUIET = Flow({}, {}, {}, {}, {}, {}, {}, {})
ENRICHED_JUST_NOW = QUIET._replace(
    polls={"ok": 1}, entries={"published": 1}, enriched={"": 1}, last_enriched={"": NOW - 1}
)


@pytest.mark.parametrize(
    ("flow", "state", "words"),
    [
        (QUIET, "idle", "Idle"),
        (ENRICHED_JUST_NOW, "flowing", "flowing"),
        (ENRICHED_JUST_NOW._replace(last_enriched={"": NOW - 900}), "idle", "nothing new"),
        (
            ENRICHED_JUST_NOW._replace(last_enriched={"": NOW - 900}, lag_records={"0": 5}),
            "stopped",
            "between news.raw and news.enriched: 5 records",
        ),
        (QUIET._replace(polls={"connect": 3}), "stopped", "no poll has succeeded"),
    ],
)
def test_the_verdict_says_whether_news_flows_and_where_it_stopped(flow, state, words):
    verdict, said = page.verdict(flow, NOW)
    assert verdict == state
    assert words in said


def test_the_steps_follow_an_article_from_feed_to_enriched_record():
    names = [step.name for step in page.steps(QUIET)]
    assert names[0] == "feeds polled"
    assert names[-2:] == ["on news.enriched", "dead letters"]
