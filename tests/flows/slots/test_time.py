import pytest
from pydantic import ValidationError

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.time import TimeOptions, TimeSlot

ANY = TimeSlot(TimeOptions())
SHOP = TimeSlot(TimeOptions(min="08:00", max="18:30"))

# The call began at 14:05.
SAID = table("""
half past three | 15:30
half three | 15:30
quarter to five | 16:45
a quarter past nine | 09:15
quarter of four | 15:45
ten to six | 17:50
ten past six | 18:10
twenty five past eight | 08:25
twenty five minutes to nine | 08:35
five to twelve | 11:55
twenty to one pm | 12:40
three thirty | 15:30
three thirty p m | 15:30
three oh five pm | 15:05
3:30 | 15:30
3:30 pm | 15:30
3:30 a.m. | 03:30
7.15 | 07:15
330 pm | 15:30
3 30 p.m. | 15:30
17:30 | 17:30
17h30 | 17:30
17h | 17:00
1730 | 17:30
fifteen hundred | 15:00
fifteen hundred hours | 15:00
oh nine hundred | 09:00
zero six thirty | 06:30
nineteen forty five | 19:45
noon | 12:00
midday | 12:00
twelve noon | 12:00
midnight | 00:00
half past midnight | 00:30
three o'clock | 15:00
5 o'clock pm | 17:00
six o'clock in the morning | 06:00
seven in the evening | 19:00
eight tonight | 20:00
seven p.m. tonight | 19:00
10 a.m. tomorrow morning | 10:00
tonight at nine thirty | 21:30
nine at night | 21:00
two at night | 02:00
twelve at night | 00:00
five pm | 17:00
5pm | 17:00
5 PM sharp | 17:00
12 am | 00:00
twelve thirty am | 00:30
twelve thirty | 12:30
around five-ish | 17:00
at about ten in the morning | 10:00
tomorrow at 3 pm | 15:00
in an hour | 15:05
in half an hour | 14:35
in twenty minutes | 14:25
ten past | 14:10
eleven, no, ten pm | 22:00
three thirty, no, forty five | 15:45
ten thirty, sorry, eleven | 11:00
six works for me | 18:00
25:00 |
three sixty |
twenty five |
14:30 am |
three pizzas |
between three and four |
next Tuesday |
maybe |
ten am, no, eleven am | 11:00
ten thirty am, sorry, eleven | 11:00
six pm, no, seven | 19:00
three thirty, no, forty five | 15:45
I don't know |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_spoken_time_is_read(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("can we meet at four thirty", "16:30"),
        ("I'll come by around noon if that is fine", "12:00"),
        ("could somebody call me at 9 am on Monday", "09:00"),
        ("I need three pizzas", ""),
        ("between 3 pm and 5 pm", ""),
        ("somewhere between three and four", ""),
        ("I waited for two hours", ""),
        ("order four one seven", ""),
    ],
)
def test_a_mentioned_time_is_found_and_counts_are_not(said: str, value: str) -> None:
    reading = ANY.find(said, FACTS)
    assert (reading.value if reading is not None else "") == value


def test_morning_or_afternoon_unsaid_is_unsure() -> None:
    reading = ANY.read("half past three", FACTS)
    assert reading is not None
    assert reading.confidence == 0.7


def test_opening_hours_settle_morning_and_afternoon() -> None:
    for said, value in (("eight", "08:00"), ("six", "18:00"), ("nine thirty", "09:30")):
        reading = SHOP.read(said, FACTS)
        assert reading is not None
        assert (reading.value, reading.confidence) == (value, 0.9)


def test_a_time_outside_opening_hours_is_not_read_and_the_caller_is_told() -> None:
    assert SHOP.read("nine pm", FACTS) is None
    assert SHOP.problem("nine pm", FACTS) == "I need a time between eight AM and six thirty PM."
    with pytest.raises(InvalidValue):
        SHOP.check("21:00")


def test_hours_may_run_past_midnight() -> None:
    bar = TimeSlot(TimeOptions(min="18:00", max="02:00"))
    assert bar.check("01:00") == "01:00"
    reading = bar.read("one", FACTS)
    assert reading is not None
    assert reading.value == "01:00"


@pytest.mark.parametrize(("keys", "value"), [("1530", "15:30"), ("930", "09:30"), ("2500", ""), ("9", "")])
def test_keys_are_hours_and_minutes(keys: str, value: str) -> None:
    reading = ANY.keys(keys, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize("value", ["24:00", "9:30", "noon", None, 930])
def test_what_is_no_time_is_never_held(value: str | int | None) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)


def test_a_bound_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValidationError):
        TimeOptions(min="9")
