from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.text.dates import EARLIEST, as_written, from_epoch, has_time, parse_time, url_date


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
        "2026-11-23t09:05:00z",
        "2026-11-23T04:05:00-05:00Z",
        "2026-11-23T10:05:00+01:00[Europe/Vienna]",
        "2026-11-23 09:05:00 +0000 UTC",
        "20261123090500",
        "2026-327T09:05:00Z",
        "2026-W48-1T09:05:00Z",
        "Monday, November 23, 2026 - 9:05am",
        "Mon, 11/23/2026 - 09:05",
        "11/23/2026 9:05:00 AM",
        "Mon, 23rd Nov 2026 09:05:00 GMT",
        "Mon, 23 Nov 2026 10:05:00 Europe/Berlin",
        "Mon, 23 Nov 2026 06:05 America/Argentina/Buenos_Aires",
        "Nov. 23, 2026, 4:05 a.m. ET",
        "23 November 2026, 9.05am",
        "Mon Nov 23 10:05:00 2026 +0100",
        "09:05, 23 Nov 2026",
        "1795424700",
        "1795424700000",
    ],
)
def test_a_moment_is_understood_in_many_spellings(written: str):
    moment = parse_time(written)
    assert moment
    assert moment.replace(microsecond=0) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "lundi 23 novembre 2026 à 9h05",
        "lun., 23 nov. 2026 09:05:00 +0000",
        "Montag, 23. November 2026, 9:05 Uhr",
        "lunes, 23 de noviembre de 2026 a las 9:05",
        "segunda-feira, 23 de novembro de 2026 às 9h05",
        "lunedì 23 novembre 2026, ore 9.05",
        "maandag 23 november 2026 09:05",
        "poniedziałek, 23 listopada 2026, 9:05",
        "23. listopadu 2026 9:05",
        "23. novembra 2026 9:05",
        "23. studenoga 2026. 9:05",
        "ponedeljak, 23. novembar 2026. 9:05",
        "понедељак, 23. новембар 2026. 9:05",
        "23 ноября 2026 г. в 9:05",
        "понеділок, 23 листопада 2026 р., 9:05",
        "23 ноември 2026 г. 9:05 ч.",
        "maanantai 23. marraskuuta 2026 klo 9.05",
        "måndag 23 november 2026 kl. 09:05",
        "mandag den 23. november 2026 kl. 9.05",
        "23. nóvember 2026 09:05",
        "23 noiembrie 2026, 09:05",
        "2026. november 23., hétfő 9:05",
        "2026 m. lapkričio 23 d. 9:05",
        "2026. gada 23. novembris, 9:05",
        "23 Kasım 2026 Pazartesi 09:05",
        "Δευ, 23 Νοε 2026 09:05:00",
        "Δευτέρα, 23 Νοεμβρίου 2026 9:05",
        "23 de novembre de 2026, 9:05",
        "2026(e)ko azaroaren 23a 9:05",
        "Senin, 23 November 2026 16:05 WIB",
        "Thứ Hai, 23/11/2026, 16:05 (GMT+7)",
        "23 tháng 11 năm 2026 lúc 9:05",
        "الاثنين 23 نوفمبر 2026 - 09:05",
        "٢٣ تشرين الثاني ٢٠٢٦ ٩:٠٥ ص",
        "۲۳ نوامبر ۲۰۲۶ ۰۹:۰۵",
        "יום שני, 23 בנובמבר 2026 בשעה 9:05",
        "सोमवार, २३ नवंबर २०२६ ०९:०५",
        "২৩ নভেম্বর ২০২৬ ০৯:০৫",
        "23 พฤศจิกายน 2569 เวลา 09:05 น.",
        "๒๓ พ.ย. ๒๕๖๙ ๐๙:๐๕",
        "2026年11月23日 星期一 上午9:05",
        "2026年11月23日(月) 9時05分",
        "令和8年11月23日 09:05",
        "中華民國115年11月23日 9:05",
        "دوشنبه ۲ آذر ۱۴۰۵ - ۰۹:۰۵",
        "۱۴۰۵/۰۹/۰۲ ۰۹:۰۵",
        "2 آذر 1405 09:05",
        "۲ قوس ۱۴۰۵ ۰۹:۰۵",
        "2026년 11월 23일 (월) 오전 9:05",
        "2026. 11. 23. 9:05",
    ],
)
def test_a_moment_is_understood_in_many_languages(written: str):
    assert parse_time(written) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23",
        "Mon, 23 Nov 2026",
        "23 November 2026",
        "Nov. 23, 2026",
        "20261123",
        "2026-327",
        "2026-W48-1",
        "2026-11-23Z",
        "23.11.2026",
        "23/11/2026",
        "11/23/2026",
        "11/23/26",
        "23 Nov 26",
        "2569-11-23",
    ],
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


def test_a_date_alone_may_have_a_zone():
    assert as_written("2026-11-23+01:00") == datetime.fromisoformat("2026-11-23T00:00+01:00")


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("mar. 3 mars 2026", 3),
        ("mar. 3 mar. 2026", 3),
        ("Mar 3, 2026", 3),
        ("mar 03 nov 2026", 11),
        ("Sal, 3 Şub 2026", 2),
        ("Paz, 3 Şub 2026", 2),
    ],
)
def test_a_word_that_is_a_weekday_and_a_month_is_read_by_its_place(written: str, month: int):
    assert parse_time(written) == datetime(2026, month, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "month"),
    [("Fri, 06/11/2026 - 9:05", 11), ("Fri, 11/06/2026 - 9:05", 11), ("Thu, 11/06/2026 - 9:05", 6)],
)
def test_the_weekday_decides_whether_the_day_or_the_month_comes_first(written: str, month: int):
    day = 6 if month == 11 else 11
    assert parse_time(written) == datetime(2026, month, day, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("hr", 10), ("en", None), ("", None)])
def test_a_month_that_differs_between_two_languages_is_that_of_the_text(
    language: str, month: int | None
):
    expected = month and datetime(2026, month, 23, tzinfo=UTC)
    assert parse_time("23 listopada 2026", language) == expected


@pytest.mark.parametrize("number", [0, -1, 1e300, float("nan"), float("inf"), 10**30])
def test_a_number_that_is_no_moment_of_ours_gives_none(number: float):
    assert from_epoch(number) is None


@pytest.mark.parametrize("number", [1_795_424_700, 1_795_424_700_000, 1_795_424_700_000_000])
def test_seconds_and_smaller_units_since_1970_are_a_moment(number: int):
    assert from_epoch(number) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


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
        "Wed, 25 Nov 2026 25:00:00 GMT",
        "Wed, 25 Nov 2026 14:30 AM",
        "Wed, 25 Nov 2026 10:00:00 IST",
        "Wed, 25 Nov 2026 10:00:00 Europe/Atlantis",
        "Wed, 25 Nov 2026 10:00:00 CET+2",
        "25 Xyz 2026",
        "25 Nov 2026 if possible",
        "25-26 Nov 2026",
        "November 2026",
        "25 Nov",
        "05/04/2026",
        "25.11.26",
        "2026-W48",
        "2026-366",
        "3 hours ago",
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


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("۱ فروردین ۱۴۰۳", datetime(2024, 3, 20, tzinfo=UTC)),
        ("۳۰ اسفند ۱۴۰۳", datetime(2025, 3, 20, tzinfo=UTC)),
        ("۱ فروردين ۱۴۰۴", datetime(2025, 3, 21, tzinfo=UTC)),
        ("۳۱ شهریور ۱۴۰۴", datetime(2025, 9, 22, tzinfo=UTC)),
        ("1404-07-01", datetime(2025, 9, 23, tzinfo=UTC)),
        ("۱ دی ۱۳۶۹", datetime(1990, 12, 22, tzinfo=UTC)),
        ("۳۰ اسفند ۱۴۰۴", None),
        ("۳۱ مهر ۱۴۰۴", None),
        ("سه‌شنبه ۲ آذر ۱۴۰۵", None),
        ("1447/06/02", None),
    ],
)
def test_a_date_of_the_persian_calendar_is_its_gregorian_day(written: str, day: datetime | None):
    assert parse_time(written) == day
