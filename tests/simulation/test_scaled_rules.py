"""Alert rules by a faster clock: every duration is scaled, and nothing else."""

from __future__ import annotations

import pytest
import yaml

from simulation.gameday.scaled_rules import scaled_duration, scaled_expression, scaled_rules
from tests.deploy import tools
from tests.deploy.expressions import RULE_FILES


@pytest.mark.parametrize(
    ("duration", "scaled"),
    [
        ("1h", "60000ms"),
        ("1h30m", "90000ms"),
        ("10s", "167ms"),
        ("5ms", "1ms"),
        ("1d", "1440000ms"),
    ],
)
def test_a_duration_is_divided_and_never_nothing(duration, scaled):
    assert scaled_duration(duration, 60) == scaled


@pytest.mark.parametrize("text", ["", "5", "m", "1h 5m", "5mm"])
def test_a_text_that_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        scaled_duration(text, 60)


@pytest.mark.parametrize(
    ("expression", "scaled"),
    [
        ("rate(x[5m])", "rate(x[5000ms])"),
        ("rate(x[1h:1m] offset 2h)", "rate(x[60000ms:1000ms] offset 120000ms)"),
        ("x offset -1w", "x offset -10080000ms"),
        ("max_over_time(x[1h:])", "max_over_time(x[60000ms:])"),
    ],
)
def test_ranges_steps_and_offsets_are_scaled(expression, scaled):
    assert scaled_expression(expression, 60) == scaled


@pytest.mark.parametrize(
    "expression",
    [
        "x{le=\"5m\", window=~'1h|6h', path=`10s`}",
        r'x{le="\"5m"}',
        "newsline:rate5m > 0.25",
        "job:errors:ratio_5m and x5m",
        "x > 0x1d",
        "x * 1e5 # for 5m",
        "newsline_articles_total > 300",
        "newsline_a_seconds / newsline_b_seconds > 3",
        "newsline_cpu_seconds_total > 300",
        "deriv(newsline_lag_seconds[x]) > 3",
    ],
)
def test_names_strings_comments_and_plain_numbers_stay(expression):
    assert scaled_expression(expression, 60) == expression


@pytest.mark.parametrize(
    ("expression", "scaled"),
    [
        ("newsline_lag_seconds > 300", "newsline_lag_seconds > 5"),
        (
            "max by (p) (newsline_a_seconds) >= bool 120",
            "max by (p) (newsline_a_seconds) >= bool 2",
        ),
        ("x > 5 and newsline_lag_seconds < 60", "x > 5 and newsline_lag_seconds < 1"),
        ("(newsline_lag_seconds > 60) and x > 60", "(newsline_lag_seconds > 1) and x > 60"),
    ],
)
def test_a_limit_of_a_metric_in_seconds_is_a_duration_too(expression, scaled):
    assert scaled_expression(expression, 60) == scaled


def test_all_durations_of_a_rule_and_its_group_are_scaled():
    rule = {"alert": "Slow", "expr": "x", "for": "10m", "labels": {"for": "10m"}}
    group = {"name": "5m", "interval": "1m", "rules": [rule]}
    (made,) = scaled_rules({"groups": [group]}, 60)["groups"]
    assert (made["name"], made["interval"]) == ("5m", "1000ms")
    assert made["rules"] == [rule | {"for": "10000ms"}]


@pytest.mark.slow
@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_the_shipped_rules_are_valid_when_scaled(path, tmp_path):
    rules = yaml.safe_load(path.read_text())
    (tmp_path / path.name).write_text(yaml.safe_dump(scaled_rules(rules, 60)))
    assert "SUCCESS" in tools.promtool("check", "rules", tmp_path / path.name)
