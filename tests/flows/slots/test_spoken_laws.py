"""The laws of base.py for dates, times, names, addresses, choices, items, texts and yes/no."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.catalogue import Catalogue, Item
from tollfree.flows.slots.base import InvalidValue, Resources
from tollfree.flows.slots.registry import AnySlotType, make
from tollfree.protocol.facts import CallFacts

US = CallFacts(started_at="2026-11-22T14:05:00-05:00")
GB = CallFacts(started_at="2026-11-22T14:05:00+00:00", region="GB", language="en-GB", currency="GBP")
CATALOGUE = Catalogue(
    "menu",
    (
        Item(sku="P1", name="Margherita Pizza", price=Decimal("9.50"), synonyms=("plain pizza",)),
        Item(sku="P2", name="Pepperoni Pizza", price=Decimal("11")),
        Item(sku="D1", name="7UP", price=Decimal("2")),
        Item(sku="D2", name="2 Liter Cola", price=Decimal("3")),
        Item(sku="D3", name="Crème Brûlée", price=Decimal("5")),
        Item(sku="D4", name="The One", price=Decimal("5")),
        Item(sku="D5", name="The One", price=Decimal("6")),
    ),
)
RESOURCES = Resources({"menu": CATALOGUE})
MINE: dict[str, AnySlotType] = {
    "yes_no": make("yes_no", {}),
    "choice": make("choice", {"choices": {"red": ["crimson"], "the blue one": [], "no": [], "second class": []}}),
    "item": make("item", {"catalogue": "menu"}, RESOURCES),
    "text": make("text", {}),
    "name": make("name", {}),
    "email": make("email", {}),
    "date": make("date", {}),
    "date_range": make("date_range", {}),
    "time": make("time", {}),
}
WORDS = st.lists(
    st.sampled_from(
        """the next last this on in a an two three third twenty first of march may monday friday week weeks month days
        from to until between and half past quarter ten pm am noon oh hundred at dot dash com gmail double as in jane
        doe o'brien van my name is no not sorry red blue one yes yeah please 3/4 3:30 2026 2026-03-04 @ . , - 17h30
        end christmas day before after ago year years time minutes hour last""".split()
    ),
    max_size=14,
).map(" ".join)


def check_reading(slot: AnySlotType, said: str, facts: CallFacts) -> None:
    for reading in (slot.read(said, facts), slot.find(said, facts), slot.find(said, facts, ("order", "on"))):
        if reading is not None:
            assert 0 < reading.confidence <= 1
            assert 0 <= reading.start <= reading.end <= len(said)
            assert slot.check(reading.value) == reading.value
            assert slot.check(slot.check(reading.value)) == reading.value
            assert slot.canonical(reading.value)
    assert isinstance(slot.problem(said, facts), str)


@pytest.mark.parametrize("name", MINE)
@settings(max_examples=80, deadline=None)
@given(said=st.one_of(st.text(max_size=80), WORDS))
def test_no_text_breaks_a_type_and_what_it_reads_it_can_hold(name: str, said: str) -> None:
    check_reading(MINE[name], said, US)
    check_reading(MINE[name], said, GB)


@pytest.mark.parametrize("name", MINE)
@pytest.mark.parametrize(
    "unit", ["a", "at ", "no ", "the third ", "\u0301", "三", "3/4 ", "j ", "dot ", "\x00", "red "]
)
def test_ten_thousand_characters_are_read_or_refused(name: str, unit: str) -> None:
    check_reading(MINE[name], unit * (10_000 // len(unit)), US)


def same_when_said(name: str, value: object, facts: CallFacts) -> None:
    slot = MINE[name]
    held = slot.check(value)  # pyright: ignore[reportArgumentType]
    reading = slot.read(slot.say(held, facts), facts)
    assert reading is not None, slot.say(held, facts)
    assert reading.value == held


@settings(max_examples=200, deadline=None)
@given(day=st.dates(date(1800, 1, 1), date(2199, 12, 31)), near=st.dates(date(2025, 10, 1), date(2028, 1, 31)))
def test_a_date_read_back_is_the_same_date(day: date, near: date) -> None:
    for facts in (US, GB):
        same_when_said("date", day.isoformat(), facts)
        same_when_said("date", near.isoformat(), facts)


@settings(max_examples=200, deadline=None)
@given(
    days=st.one_of(
        st.tuples(st.dates(date(2025, 6, 1), date(2028, 6, 1)), st.dates(date(2025, 6, 1), date(2028, 6, 1))),
        st.tuples(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.dates(date(1800, 1, 1), date(2199, 12, 31))),
        st.tuples(st.dates(date(2026, 9, 1), date(2027, 3, 1)), st.dates(date(2026, 9, 1), date(2027, 3, 1))),
    )
)
def test_a_stretch_read_back_is_the_same_stretch(days: tuple[date, date]) -> None:
    first, last = sorted(days)
    for facts in (US, GB):
        same_when_said("date_range", {"from": first.isoformat(), "to": last.isoformat()}, facts)


@pytest.mark.parametrize("hour", range(24))
def test_a_time_read_back_is_the_same_time(hour: int) -> None:
    for minute in range(60):
        same_when_said("time", f"{hour:02}:{minute:02}", US)


@settings(max_examples=200, deadline=None)
@given(
    local=st.lists(
        st.text("abcdefghijklmnopqrstuvwxyz0123456789_-+!#$%&'*/=?^`{|}~", min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ).map(".".join),
    domain=st.lists(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True), min_size=1, max_size=3),
    end=st.sampled_from(["com", "org", "co.uk", "io", "de", "example.com"]),
)
def test_an_address_read_back_is_the_same_address(local: str, domain: list[str], end: str) -> None:
    try:
        MINE["email"].check(f"{local}@{'.'.join(domain)}.{end}")
    except InvalidValue:
        return
    same_when_said("email", f"{local}@{'.'.join(domain)}.{end}", US)


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.one_of(
            st.from_regex(r"[A-Za-zÀ-ÖØ-öø-ÿ]{1,10}([-'][A-Za-z]{1,8})?", fullmatch=True),
            st.sampled_from(["van", "der", "de", "McDonald", "O'Brien", "Mary-Jane", "al", "J", "Will", "May", "from"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_name_read_back_is_the_same_name(parts: list[str]) -> None:
    try:
        MINE["name"].check(" ".join(parts))
    except InvalidValue:
        return
    same_when_said("name", " ".join(parts), US)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_a_text_read_back_is_the_same_text(text: str) -> None:
    try:
        MINE["text"].check(text)
    except InvalidValue:
        return
    same_when_said("text", text, US)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True))
def test_any_choice_read_back_is_the_same_choice(names: list[str]) -> None:
    try:
        slot = make("choice", {"choices": names})
    except ValueError:
        return
    for name in names:
        reading = slot.read(slot.say(name, US), US)
        assert reading is not None
        assert reading.value == name


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5), other=st.text(max_size=8))
def test_any_item_read_back_is_the_same_item(names: list[str], other: str) -> None:
    items = tuple(
        Item(sku=f"S{place}", name=name, price=Decimal(1), synonyms=(other,)) for place, name in enumerate(names)
    )
    slot = make("item", {"catalogue": "c"}, Resources({"c": Catalogue("c", items)}))
    for item in items:
        value = slot.check(item.sku)
        reading = slot.read(slot.say(value, US), US)
        assert reading is not None
        assert reading.value == value


@pytest.mark.parametrize("sku", [item.sku for item in CATALOGUE.items])
def test_an_item_read_back_is_the_same_item(sku: str) -> None:
    same_when_said("item", sku, US)


@pytest.mark.parametrize("value", [True, False])
def test_an_answer_read_back_is_the_same_answer(value: bool) -> None:
    same_when_said("yes_no", value, US)
