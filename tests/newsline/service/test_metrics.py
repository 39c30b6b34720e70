import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from newsline.enricher import Run
from newsline.outcomes import EnricherOutcome, Reason, Stage
from newsline.records import DeadLetter, EnrichedArticle, Language, Time
from newsline.service import metrics
from tests.support.example_records import raw_article


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


def enriched(**fields):
    article = raw_article(**fields)
    return EnrichedArticle(
        **{name: getattr(article, name) for name in article.__struct_fields__},
        language=Language("en", 1.0),
        entities=(),
        topic_tags=(),
        models=(),
        enriched_at=datetime.now(UTC),
    )


def dead_letter():
    return DeadLetter(
        stage=Stage.DECODE,
        reason=Reason.INVALID,
        error="no title",
        attempts=1,
        topic="news.raw",
        partition=0,
        offset=0,
        key=b"k",
        original=b"{}",
        failed_at=datetime.now(UTC),
    )


def test_articles_and_dead_letters_are_counted_apart():
    articles = value("newsline_articles_enriched_total")
    dead = value("newsline_dead_letters_total", stage="decode", reason="invalid")
    metrics.count_outcomes([enriched(), dead_letter(), enriched()])
    assert value("newsline_articles_enriched_total") == articles + 2
    assert value("newsline_dead_letters_total", stage="decode", reason="invalid") == dead + 1
    age = datetime.now(UTC).timestamp() - value("newsline_last_enriched_timestamp_seconds")
    assert 0 <= age < 60


def test_an_enrichers_runs_are_counted_by_outcome_and_timed():
    labels = {"enricher": "quotes", "outcome": "deadline"}
    count = value("newsline_enricher_articles_total", **labels)
    seconds = value("newsline_enricher_seconds_sum", enricher="quotes")
    metrics.count_runs(
        [Run("quotes", EnricherOutcome.DEADLINE, 3.0), Run("language", EnricherOutcome.OK, 0.1)]
    )
    assert value("newsline_enricher_articles_total", **labels) == count + 1
    assert value("newsline_enricher_seconds_sum", enricher="quotes") == seconds + 3.0


@pytest.mark.parametrize(("source", "counted"), [("feed", 1), ("page", 1), ("first_seen", 0)])
def test_freshness_is_measured_from_the_publishers_own_time_alone(source, counted):
    before = value("newsline_freshness_seconds_count")
    metrics.count_outcomes([enriched(published=Time(datetime.now(UTC), source))])
    assert value("newsline_freshness_seconds_count") == before + counted


def test_a_publisher_whose_clock_is_ahead_makes_no_negative_age():
    before = value("newsline_freshness_seconds_sum")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    metrics.count_outcomes([enriched(published=Time(tomorrow, "feed"))])
    assert value("newsline_freshness_seconds_sum") == before


def test_lag_is_told_for_each_partition():
    metrics.set_lag([3, 0], [1.5, 0.0])
    totals = metrics.totals(metrics.LAG_RECORDS, metrics.LAG_SECONDS)
    assert totals["newsline_lag_records"] == {"0": 3, "1": 0}
    assert totals["newsline_lag_seconds"] == {"0": 1.5, "1": 0}


def test_processes_that_share_a_directory_are_counted_together_even_after_their_end(
    tmp_path, monkeypatch
):
    monkeypatch.setenv(metrics.MULTIPROCESS_DIRECTORY, "")  # so that it is unset afterwards
    metrics.share(str(tmp_path))
    count("metrics.POLLS.labels('ok').inc(2); metrics.LAST_ENRICHED.set(1)")
    count("metrics.POLLS.labels('ok').inc(3); metrics.LAST_ENRICHED.set(2)")
    totals = metrics.totals(metrics.POLLS, metrics.LAST_ENRICHED)
    assert totals["newsline_polls"] == {"ok": 5}
    assert list(totals["newsline_last_enriched_timestamp_seconds"].values()) == [2]
    families = text_string_to_metric_families(metrics.exposition().decode())
    assert {family.name: family.documentation for family in families}["newsline_polls"] == (
        "Feeds polled, by what came of it"
    )


def test_a_process_that_comes_to_share_shows_the_lag_that_it_measures_itself(tmp_path, monkeypatch):
    monkeypatch.setenv(metrics.MULTIPROCESS_DIRECTORY, "")
    metrics.share(str(tmp_path))
    metrics.set_lag([3, 0], [1.5, 0.0])
    count("metrics.ENRICHED.inc(2)")
    totals = metrics.totals(metrics.LAG_SECONDS, metrics.ENRICHED)
    assert totals["newsline_lag_seconds"] == {"0": 1.5, "1": 0}
    assert totals["newsline_articles_enriched"] == {"": 2}
    assert metrics.exposition().count(b"# TYPE newsline_lag_records gauge") == 1


def count(code):
    subprocess.run(
        [sys.executable, "-c", f"from newsline.service import metrics; {code}"], check=True
    )
