from dataclasses import replace

import pytest
from pydantic import ValidationError

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.date import DateOptions, DateSlot

ANY = DateSlot(DateOptions())
GB = replace(FACTS, region="GB")

# Today is Sunday, 22 November 2026.
SAID = table("""
today | 2026-11-22
tonight | 2026-11-22
this afternoon | 2026-11-22
uh tomorrow please | 2026-11-23
tomorrow morning | 2026-11-23
the day after tomorrow | 2026-11-24
day after tomorrow | 2026-11-24
yesterday | 2026-11-21
the day before yesterday | 2026-11-20
next Tuesday | 2026-11-24
this Friday | 2026-11-27
this coming Friday | 2026-11-27
on Friday | 2026-11-27
Friday works for me | 2026-11-27
friday morning | 2026-11-27
Sunday | 2026-11-29
this Sunday | 2026-11-22
next Sunday | 2026-11-29
last Monday | 2026-11-16
last Sunday | 2026-11-15
a week from Tuesday | 2026-12-01
a week on Tuesday | 2026-12-01
Tuesday week | 2026-12-01
the Tuesday after next | 2026-12-01
Tuesday next week | 2026-11-24
next week on Thursday | 2026-11-26
in three days | 2026-11-25
in 3 days | 2026-11-25
in a week | 2026-11-29
in a couple of weeks | 2026-12-06
in a fortnight | 2026-12-06
in a month | 2026-12-22
in one year | 2027-11-22
two weeks from now | 2026-12-06
a week from today | 2026-11-29
a week today | 2026-11-29
three days from tomorrow | 2026-11-26
five business days from now | 2026-11-27
three weeks ago | 2026-11-01
a month ago | 2026-10-22
two days after Christmas | 2026-12-27
the day before Thanksgiving | 2026-11-25
the Friday after Thanksgiving | 2026-11-27
the third | 2026-12-03
the twenty first | 2026-12-21
the thirty first | 2026-12-31
on the 15th | 2026-12-15
how about the fifteenth | 2026-12-15
the 22nd | 2026-11-22
March third | 2027-03-03
March the third | 2027-03-03
march 3 | 2027-03-03
march three | 2027-03-03
third of March | 2027-03-03
the 3rd of march | 2027-03-03
3 March 2027 | 2027-03-03
March 3rd 2026 | 2026-03-03
March 3rd, 2026 | 2026-03-03
Mar 3 2026 | 2026-03-03
March third twenty twenty seven | 2027-03-03
March third two thousand and six | 2006-03-03
March third nineteen oh five | 1905-03-03
December twenty fifth nineteen ninety nine | 1999-12-25
december 25th eighty four | 1984-12-25
March third next year | 2027-03-03
November twenty second | 2026-11-22
November twenty first | 2026-11-21
October twentieth | 2027-10-20
around the 15th of november | 2026-11-15
11/15 | 2026-11-15
may first | 2027-05-01
the fourth of July | 2027-07-04
July 4th twenty twenty seven | 2027-07-04
March twenty one twenty twenty six | 2026-03-21
Tuesday the twenty fourth | 2026-11-24
Tuesday, November 24th | 2026-11-24
Tuesday November twenty fourth twenty twenty six | 2026-11-24
the fifth of next month | 2026-12-05
the first of the month | 2026-12-01
Friday the thirteenth | 2027-08-13
Wednesday after next | 2026-12-02
jun 10 75 | 1975-06-10
it's gonna be Tuesday | 2026-11-24
the end of the month | 2026-11-30
end of next month | 2026-12-31
the last day of February | 2027-02-28
the first of next month | 2026-12-01
the end of the year | 2026-12-31
the first Monday of December | 2026-12-07
the last Friday of the month | 2026-11-27
Christmas | 2026-12-25
Christmas Eve | 2026-12-24
New Year's Day | 2027-01-01
New Year's Eve | 2026-12-31
thanksgiving | 2026-11-26
Halloween | 2027-10-31
Easter 2027 | 2027-03-28
Valentine's Day | 2027-02-14
3/4/2026 | 2026-03-04
3/4/26 | 2026-03-04
03-04-2026 | 2026-03-04
12/25 | 2026-12-25
25/12/2026 | 2026-12-25
2026-03-04 | 2026-03-04
twelve slash twenty five slash twenty twenty six | 2026-12-25
oh three oh four nineteen eighty four | 1984-03-04
eleven twenty four | 2026-11-24
Monday, no, Tuesday | 2026-11-24
Monday, sorry, I mean Wednesday | 2026-11-25
March third, no, fourth | 2027-03-04
not Monday, Tuesday | 2026-11-24
it was last Friday I think | 2026-11-20
my birthday is March third nineteen eighty four | 1984-03-03
I was born on the 5th of May 1990 | 1990-05-05
February thirtieth |
April 31st |
2026-02-30 |
13/13/2026 |
March twenty twenty six |
next month |
December |
may |
no |
the second one |
the third of march, no, the fourth | 2027-03-04
monday next week, no, tuesday | 2026-12-01
december third, no, january fifth | 2027-01-05
a fortnight today | 2026-12-06
two weeks on friday | 2026-12-11
I don't know |
just a second |
whenever |
half past three |
the blue one |
four one seven five five |
I march every day |
Monday or Tuesday |
2026 |
""")

FOUND = table("""
can you come by next Tuesday | 2026-11-24
I need it by the 5th | 2026-12-05
tomorrow at 3 pm | 2026-11-23
I ordered it on November 3rd and it never came | 2026-11-03
I bought it on Monday | 2026-11-16
it arrived on March third | 2026-03-03
I was hoping for Monday | 2026-11-23
it was supposed to come on Friday | 2026-11-27
it should arrive on Friday if all goes well | 2026-11-27
can we do it on 12/1/2026 at noon | 2026-12-01
is Monday or Tuesday better |
it may rain on the second floor |
the thirty second of december |
what's today's date |
give me a second |
I sat in the sun |
I want two pizzas and three cokes |
order 2026 please |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_spoken_date_is_read(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(("said", "value"), FOUND)
def test_a_mentioned_date_is_found_and_other_words_are_not(said: str, value: str) -> None:
    reading = ANY.find(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [("3/4/2026", "2026-04-03"), ("12/25/2026", "2026-12-25"), ("thanksgiving", ""), ("boxing day", "2026-12-26")],
)
def test_the_region_orders_day_and_month_and_knows_its_holidays(said: str, value: str) -> None:
    reading = ANY.read(said, GB)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("prefer", "said", "value"),
    [
        ("past", "Friday", "2026-11-20"),
        ("past", "March third", "2026-03-03"),
        ("past", "the third", "2026-11-03"),
        ("past", "November twenty second", "2026-11-22"),
        ("any", "November twentieth", "2026-11-20"),
        ("any", "the twentieth", "2026-11-20"),
    ],
)
def test_an_open_date_falls_where_the_author_prefers(prefer: str, said: str, value: str) -> None:
    reading = DateSlot(DateOptions.model_validate({"prefer": prefer})).read(said, FACTS)
    assert reading is not None
    assert reading.value == value


@pytest.mark.parametrize("said", ["November fifteenth", "the 15th of November", "11/15"])
def test_a_date_that_just_passed_is_meant_rather_than_one_in_a_year_but_is_less_sure(said: str) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is not None
    assert (reading.value, reading.confidence) == ("2026-11-15", 0.6)
    ahead = DateSlot(DateOptions(min="today")).read(said, FACTS)
    assert ahead is not None and ahead.value == "2027-11-15"


def test_a_date_outside_the_bounds_is_not_read_and_the_caller_is_told_why() -> None:
    slot = DateSlot(DateOptions(min="today", max="2027-01-31"))
    assert slot.read("yesterday", FACTS) is None
    assert slot.problem("yesterday", FACTS) == "I need a date on or after November twenty-second, twenty twenty-six."
    assert slot.read("tomorrow", FACTS) is not None
    with pytest.raises(InvalidValue):
        slot.check("2027-02-01")


def test_an_open_date_falls_within_the_bounds_rather_than_ahead() -> None:
    reading = DateSlot(DateOptions(max="today")).read("March third", FACTS)
    assert reading is not None
    assert reading.value == "2026-03-03"


def test_next_friday_is_less_sure_where_people_differ() -> None:
    wednesday = replace(FACTS, started_at="2026-11-25T09:00:00-05:00")
    reading = ANY.read("next Friday", wednesday)
    assert reading is not None
    assert (reading.value, reading.confidence) == ("2026-12-04", 0.7)


def test_keys_are_month_day_year_where_the_month_comes_first() -> None:
    for facts, keys in ((FACTS, "12252026"), (GB, "25122026"), (FACTS, "1225")):
        reading = ANY.keys(keys, facts)
        assert reading is not None
        assert reading.value == "2026-12-25"
    assert ANY.keys("99999999", FACTS) is None
    assert ANY.keys("12", FACTS) is None


def test_the_year_is_said_only_where_it_is_needed() -> None:
    assert ANY.say("2026-11-24", FACTS) == "Tuesday, November twenty-fourth"
    assert ANY.say("2026-11-24", GB) == "Tuesday the twenty-fourth of November"
    assert ANY.say("1984-03-03", FACTS) == "Saturday, March third, nineteen eighty-four"


@pytest.mark.parametrize("value", ["2026-02-30", "20261124", "tomorrow", "1799-01-01", 20261124, None, "2026-11-24 "])
def test_what_is_no_date_is_never_held(value: str | int | None) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)


def test_a_bound_that_is_no_date_is_refused() -> None:
    with pytest.raises(ValidationError):
        DateOptions(min="soon")
