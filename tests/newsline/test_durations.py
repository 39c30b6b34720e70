from datetime import UTC, datetime, timedelta

from newsline.durations import format_duration, parse_duration, parse_moment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_duration_is_shown_in_its_largest_unit_of_which_there_are_two():
    shown = [format_duration(seconds) for seconds in (2, 119, 120, 3_600, 7_200, 86_400, 172_800)]
    assert shown == ["2 s", "119 s", "2 min", "60 min", "2 h", "24 h", "2 d"]


def test_a_duration_is_a_number_with_its_unit():
    assert [parse_duration(text) for text in ("90s", "15m", "6h", "7d", "2w")] == [
        *(90.0, 900.0, 21_600.0, 604_800.0, 1_209_600.0)
    ]
    assert [parse_duration(text) for text in ("", "90", "1.5h", "h", "1h30m")] == [None] * 5


def test_a_moment_is_a_time_or_a_duration_before_now():
    assert parse_moment("2h", NOON) == NOON - timedelta(hours=2)
    assert parse_moment("2026-03-01T12:00", NOON) == NOON
    assert parse_moment("2026-03-01T13:00+01:00", NOON) == NOON
    assert parse_moment("2026-03-01", NOON) == NOON.replace(hour=0)
    assert [parse_moment(text, NOON) for text in ("", "noon", "99999999w", "2026-13-01")] == [
        *(None, None, None, None)
    ]
