import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise.dates import DateOptions, parse_date

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
OPTIONS = DateOptions(now=NOW)


def instant(raw: str) -> str | None:
    at = parse_date(raw, OPTIONS).at
    return at.isoformat() if at else None


def day(raw: str, options: DateOptions = OPTIONS) -> str | None:
    on = parse_date(raw, options).on
    return on.date().isoformat() if on else None


@pytest.mark.parametrize(
    "raw",
    [
        "2023-05-04",
        "2023/05/04",
        "20230504",
        "4 May 2023",
        "May 4, 2023",
        "04-May-2023",
        "Thursday, May 4, 2023",
        " 2023-05-04 ",
        "2023-5-4",
        "04 MAY 2023",
    ],
)
def test_days(raw):
    found = parse_date(raw, OPTIONS)
    assert (found.at, found.on, found.warnings) == (None, datetime(2023, 5, 4), ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2023-05-04T10:00:00Z", "2023-05-04T10:00:00+00:00"),
        ("2023-05-04T10:00Z", "2023-05-04T10:00:00+00:00"),
        ("2023-05-04 10:00:00 UTC", "2023-05-04T10:00:00+00:00"),
        ("2023-05-04T23:30:00.123456-02:00", "2023-05-05T01:30:00+00:00"),
        ("2023-05-04T10:00:00+0530", "2023-05-04T04:30:00+00:00"),
        ("2023-05-04 10:00:00+00", "2023-05-04T10:00:00+00:00"),
        ("20230504T100000Z", "2023-05-04T10:00:00+00:00"),
        ("Thu, 04 May 2023 10:00:00 GMT", "2023-05-04T10:00:00+00:00"),
        ("Thu, 4 May 2023 10:00:00 -0500 (CDT)", "2023-05-04T15:00:00+00:00"),
        ("4 May 2023 10:00 EST", "2023-05-04T15:00:00+00:00"),
        ("1683194400", "2023-05-04T10:00:00+00:00"),
        ("1683194400000", "2023-05-04T10:00:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
    ],
)
def test_instants(raw, expected):
    assert instant(raw) == expected
    assert day(raw) == expected[:10]


def test_a_time_without_zone_keeps_its_day():
    found = parse_date("2023-05-04 23:30:00", OPTIONS)
    assert (found.at, found.on) == (None, datetime(2023, 5, 4))
    assert found.warnings == ("time_without_zone: 2023-05-04 23:30:00",)
    zoned = DateOptions(now=NOW, zone=ZoneInfo("America/New_York"))
    assert parse_date("2023-05-04 23:30:00", zoned).at == datetime(2023, 5, 5, 3, 30, tzinfo=UTC)
    assert day("2023-05-04 23:30:00", zoned) == "2023-05-05"


@pytest.mark.parametrize(
    "raw",
    [
        "2023-13-45",
        "2023-02-30",
        "yesterday",
        "May 2023",
        "2023",
        "12",
        "4.5.23",
        "2023-05-04T25:00:00Z",
        "Version 2.0.1",
        "on 2023-05-04",
        "2023-05-04 to 2023-05-06",
        "2023-05-04T10:00:00+25:00",
        "0000-00-00",
        "13/13/2023",
        "x" * 5000,
        "4 May 2023 10:00 IST",
        "555-1234",
        "2023-05/04",
        "٢٠٢٣-٠٥-٠٤",
    ],
)
def test_what_is_no_date_is_told(raw):
    found = parse_date(raw, OPTIONS)
    assert (found.at, found.on) == (None, None)
    assert [warning.split(":")[0] for warning in found.warnings] == ["bad_date"]


def test_day_and_month_are_not_guessed():
    assert parse_date("03/04/2024", OPTIONS).warnings == ("ambiguous_date: 03/04/2024",)
    assert day("03/04/2024", DateOptions(now=NOW, day_first=True)) == "2024-04-03"
    assert day("03/04/2024", DateOptions(now=NOW, day_first=False)) == "2024-03-04"
    assert day("13/04/2024") == day("04/13/2024") == "2024-04-13"
    assert day("04.04.2024") == "2024-04-04"


def test_only_credible_years_count():
    assert parse_date("1799-12-31", OPTIONS).warnings == ("absurd_date: 1799-12-31",)
    assert day("1800-01-01") == "1800-01-01"
    assert day("2024-06-03") == "2024-06-03"
    assert parse_date("2024-06-04", OPTIONS).warnings == ("future_date: 2024-06-04",)
    assert day("2024-06-04", DateOptions(now=NOW, future_days=3)) == "2024-06-04"
    assert parse_date("9999-12-31T23:59:59-12:00", OPTIONS).warnings[0].startswith("future_date")


def test_nothing_in_nothing_out():
    assert parse_date(None, OPTIONS) == parse_date("  ", OPTIONS)
    assert parse_date(None, OPTIONS).warnings == ()


NUMBERS = st.builds("{:02d}{sep}{:02d}{sep}{}".format, st.integers(0, 40), st.integers(0, 40), st.integers(1700, 2100),
                    sep=st.sampled_from("-/."))  # fmt: skip


@given(NUMBERS, st.sampled_from([None, True, False]), st.integers(0, 366))
def test_whatever_the_options_a_date_is_credible_and_says_why_it_is_not(raw, day_first, future_days):
    options = DateOptions(NOW, day_first, future_days)
    found = parse_date(raw, options)
    assert (found.on is None) == bool(found.warnings)
    if found.on is not None:
        assert datetime(1800, 1, 1) <= found.on <= NOW.replace(tzinfo=None) + timedelta(days=future_days)
        numbers = [int(number) for number in re.split("[-/.]", raw)]
        assert {found.on.day, found.on.month} == set(numbers[:2])
        if day_first is not None and max(numbers[:2]) <= 12:
            assert found.on.day == numbers[0 if day_first else 1]


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[0-9T:Z+./ -]{0,40}", fullmatch=True)))
def test_no_string_makes_it_raise(raw):
    found = parse_date(raw, OPTIONS)
    assert found.on is None or found.on.tzinfo is None
    assert found.at is None or found.on == found.at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


@given(st.datetimes(datetime(1800, 1, 2), datetime(2024, 5, 31)), st.integers(-14 * 60, 14 * 60))
def test_iso_round_trip(moment, offset):
    sign, size = "-" if offset < 0 else "+", abs(offset)
    raw = f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f"{sign}{size // 60:02}:{size % 60:02}"
    at = parse_date(raw, OPTIONS).at
    assert at is not None
    assert at == datetime.fromisoformat(raw)
