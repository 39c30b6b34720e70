from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.text.dates import EARLIEST, as_written, from_seconds, has_time, parse_time, url_date


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23T09:05:00Z",
        "2026-11-23T10:05:00+01:00",
        "2026-11-23T10:05:00+0100",
        "2026-11-23 09:05",
        " 2026-11-23T09:05:00.000Z\n",
        "Mon, 23 Nov 2026 09:05:00 GMT",
        "Mon, 23 Nov 2026 04:05:00 EST",
        "23 Nov 2026 09:05 UTC",
        "Mon,23 Nov 2026 18:5:0 GMT+9",
        "Mon, 23 Nov 2026 14:35:00 UTC+05:30",
        "Mon, 23 Nov 2026 10:05:00 CET",
        "Mon, 23 Nov 2026 12:05:00 msk",
        "Mon, 23 Nov 2026 18:05:00 JST",
        "Mon, 23 Nov 2026 10:05:00 BST",
        "Mon, 23 Nov 2026 10:05:00 +0100 (CET)",
        "Mo, 23. Nov 2026 10:05:00 +01:00",
        "23 Nov 26 09:05 Z",
        "23-Nov-2026 09:05:00",
        "2026/11/23 09:05:00.5",
        "2026-11-23 09:05:00 UTC",
        "2026-11-23 10:05:00 +0100",
        "2026-11-23T18:05:00 GMT+9",
        "2026-11-23 09:05 AM",
        "Nov 23, 2026 9:05 a.m.",
        "Monday, November 23rd, 2026 at 4:05AM EST",
        "Mon Nov 23 09:05:00 2026",
        "Mon Nov 23 10:05:00 CET 2026",
        "Mon Nov 23 2026 10:05:00 GMT+0100 (Central European Standard Time)",
    ],
)
def test_a_moment_is_understood_in_many_spellings(written: str):
    moment = parse_time(written)
    assert moment
    assert moment.replace(microsecond=0) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2026-11-23", "Mon, 23 Nov 2026", "23 November 2026", "Nov. 23, 2026", "20261123"]
)
def test_a_mere_date_is_midnight(written: str):
    assert parse_time(written) == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"), [("12:05 AM", 0), ("0:05 am", 0), ("12:05 PM", 12), ("10:05 p.m.", 22)]
)
def test_the_half_of_the_day_is_read(written: str, hour: int):
    assert parse_time(f"Nov 23, 2026 {written}") == datetime(2026, 11, 23, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "says_time"),
    [
        ("2026-11-23", False),
        ("2026-11-23T00:00:00Z", False),
        ("2026-11-23T00:00:00+02:00", False),
        ("Mon, 23 Nov 2026 00:00:00 CET", False),
        ("2026-11-23T02:00:00+02:00", True),
        ("2026-11-23T00:00:01Z", True),
    ],
)
def test_midnight_where_it_is_written_is_a_mere_date(written: str, says_time: bool):
    moment = as_written(written)
    assert moment
    assert has_time(moment) == says_time


@pytest.mark.parametrize("seconds", [0, -1, 1e300, float("nan"), 10**30, 1_764_064_800_000])
def test_seconds_that_are_no_moment_of_ours_give_none(seconds: float):
    assert from_seconds(seconds) is None


def test_seconds_since_1970_are_a_moment():
    assert from_seconds(1_795_424_700) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "10",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "Mon, 99 Nov 2026 09:05:00 GMT",
        "Mon, 23 Nov 2026 09:05:00 GMT+99",
        "2026",
        "2026-11",
        "2026-11-25T25:00:00Z",
        "2026-11-25T10:61:00Z",
        "2026-11-25+01:00",
        "Wed, 25 Nov 2026 25:00:00 GMT",
        "Wed, 25 Nov 2026 14:30 AM",
        "Wed, 25 Nov 2026 10:00:00 IST",
        "Wed, 25 Nov 2026 10:00:00 Europe/Berlin",
        "Wed, 25 Nov 2026 10:00:00 CET+1",
        "25 Xyz 2026",
        "11/25/2026",
        "1" * 10_000,
    ],
)
def test_what_says_no_moment_gives_none(written: str):
    assert parse_time(written) is None


@given(st.text())
def test_any_string_can_be_asked_about(written: str):
    moment = parse_time(written)
    assert moment is None or moment >= EARLIEST


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/11/25/bridge", 25),
        ("/world/2026/nov/5/bridge", 5),
        ("/2026-11-25-bridge.html", 25),
        ("/bridge/2026-11-25", 25),
        ("/bridge-20261125/", 25),
        ("/bridge_20261125.html", 25),
        ("/2026/11/bridge", None),
        ("/2026/13/25/bridge", None),
        ("/20261199/bridge", None),
        ("/bridge-1120261125", None),
        ("/bridge?day=/2026/11/25/", None),
        ("/1960/11/25/bridge", None),
        ("/bridge", None),
    ],
)
def test_the_date_in_a_url_s_path_is_found(path: str, day: int | None):
    expected = day and datetime(2026, 11, day, tzinfo=UTC)
    assert url_date(f"https://courier.example{path}") == expected
