from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.dates import EARLIEST, parse_time, url_date


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
    ],
)
def test_a_moment_is_understood_in_many_spellings(written: str):
    assert parse_time(written) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def test_a_mere_date_is_midnight():
    assert parse_time("2026-11-23") == datetime(2026, 11, 23, tzinfo=UTC)


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
