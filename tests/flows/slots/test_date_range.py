import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.date_range import DateRangeOptions, DateRangeSlot

ANY = DateRangeSlot(DateRangeOptions())

# Today is Sunday, 22 November 2026.
SAID = table("""
from Monday to Friday | 2026-11-23/2026-11-27
Monday through Friday | 2026-11-23/2026-11-27
Friday to Monday | 2026-11-27/2026-11-30
between Monday and Wednesday | 2026-11-23/2026-11-25
monday through friday next week | 2026-11-23/2026-11-27
from tomorrow to Friday | 2026-11-23/2026-11-27
from tomorrow until next Tuesday | 2026-11-23/2026-11-24
between the third and the seventh of March | 2027-03-03/2027-03-07
the third to the seventh of March | 2027-03-03/2027-03-07
from 3 to 7 march | 2027-03-03/2027-03-07
March third to seventh | 2027-03-03/2027-03-07
March 3 - 7 | 2027-03-03/2027-03-07
March 3rd to March 7th 2025 | 2025-03-03/2025-03-07
from the first to the fifteenth | 2026-12-01/2026-12-15
December twentieth to January third | 2026-12-20/2027-01-03
December 25 to January 3 2027 | 2026-12-25/2027-01-03
11/24 to 11/30 | 2026-11-24/2026-11-30
12/1/2026 - 12/15/2026 | 2026-12-01/2026-12-15
2026-11-24/2026-11-30 | 2026-11-24/2026-11-30
November 24th through 30th | 2026-11-24/2026-11-30
Christmas to New Year's | 2026-12-25/2027-01-01
this week | 2026-11-16/2026-11-22
next week | 2026-11-23/2026-11-29
last week | 2026-11-09/2026-11-15
this weekend | 2026-11-21/2026-11-22
next weekend | 2026-11-28/2026-11-29
next month | 2026-12-01/2026-12-31
this month | 2026-11-01/2026-11-30
last month | 2026-10-01/2026-10-31
next year | 2027-01-01/2027-12-31
the last three days | 2026-11-20/2026-11-22
the next two weeks | 2026-11-23/2026-12-06
December | 2026-12-01/2026-12-31
in March | 2027-03-01/2027-03-31
March 2026 | 2026-03-01/2026-03-31
sometime in May | 2027-05-01/2027-05-31
2025 | 2025-01-01/2025-12-31
the first two weeks of May | 2027-05-01/2027-05-14
the last week of the month | 2026-11-24/2026-11-30
the first half of December | 2026-12-01/2026-12-15
the week of December 7th | 2026-12-07/2026-12-13
a week starting Monday | 2026-11-23/2026-11-29
from December tenth for three nights | 2026-12-10/2026-12-13
since Monday | 2026-11-16/2026-11-22
until Friday | 2026-11-22/2026-11-27
Monday to Thursday, no, Friday | 2026-11-23/2026-11-27
nov 24 - nov 27 | 2026-11-24/2026-11-27
monday - wednesday | 2026-11-23/2026-11-25
yesterday and today | 2026-11-21/2026-11-22
monday and friday |
starting on december first and ending on the fifth | 2026-12-01/2026-12-05
arriving december first leaving december fifth | 2026-12-01/2026-12-05
we arrive on friday and leave on sunday | 2026-11-27/2026-11-29
checking in on december 1 and checking out december 5 | 2026-12-01/2026-12-05
the weekend of december 5th | 2026-12-05/2026-12-06
from monday to friday, no, wednesday to friday | 2026-11-25/2026-11-27
from november 15 to december 15 | 2026-11-15/2026-12-15
five to six |
between five and ten |
for three nights from december tenth | 2026-12-10/2026-12-13
tomorrow | 2026-11-23/2026-11-23
I don't know |
from March to |
from one place to another |
the seventh to the third of March |
February 30th to March 3rd |
yes |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_spoken_stretch_of_days_is_read(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (ANY.canonical(reading.value) if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("I want a room from Monday to Friday if possible", "2026-11-23/2026-11-27"),
        ("do you have anything next week for two people", "2026-11-23/2026-11-29"),
        ("it may be broken", ""),
        ("I march every day", ""),
    ],
)
def test_a_mentioned_stretch_is_found(said: str, value: str) -> None:
    reading = ANY.find(said, FACTS)
    assert (ANY.canonical(reading.value) if reading is not None else "") == value


def test_both_ends_are_held_and_said() -> None:
    value = ANY.check("2026-11-24/2026-11-30")
    assert value == {"from": "2026-11-24", "to": "2026-11-30"}
    assert ANY.say(value, FACTS) == "from Tuesday, November twenty-fourth to Monday, November thirtieth"


@pytest.mark.parametrize("value", ["2026-11-30/2026-11-24", "2026-11-30", {"from": "2026-11-30"}, None, 5, "a/b"])
def test_what_is_no_stretch_is_never_held(value: object) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)  # pyright: ignore[reportArgumentType]
