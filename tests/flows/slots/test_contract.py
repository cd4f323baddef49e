"""The laws of `SlotType`, for every type in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.slots.spoken_forms import FACTS
from tollfree.flows.catalogue import Catalogue, Item
from tollfree.flows.slots.base import InvalidValue, Resources
from tollfree.flows.slots.registry import SLOT_TYPES, AnySlotType, make
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.values import Value

_CATALOGUE = Catalogue(
    "menu",
    tuple(
        Item(sku=sku, name=name, price=Decimal(price))
        for sku, name, price in (
            ("P1", "margherita", "9.50"),
            ("P2", "four cheese pizza", "12.00"),
            ("D1", "oat milk", "2.20"),
            ("D2", "orange juice", "3.00"),
        )
    ),
)
RESOURCES = Resources(catalogues={"menu": _CATALOGUE})


@dataclass(frozen=True)
class Sample:
    """One slot type with options, and values it can hold."""

    type: str
    options: Mapping[str, object]
    values: st.SearchStrategy[Value]

    @property
    def slot(self) -> AnySlotType:
        return make(self.type, self.options, RESOURCES)


def _dates(first: date, last: date) -> st.SearchStrategy[str]:
    return st.dates(first, last).map(date.isoformat)


def _possible(number: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    canonical = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE and canonical == number


_NUMBERS: st.SearchStrategy[str] = st.one_of(
    st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"\+(44|49|33|34|39|61|81|91|55|52|353|41)[1-9][0-9]{6,9}", fullmatch=True),
).filter(_possible)
_RANGES = st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 400)).map(
    lambda drawn: {"from": drawn[0].isoformat(), "to": (drawn[0] + timedelta(days=drawn[1])).isoformat()}
)
_NAME_PART = st.sampled_from("Jane Doe Smith Anna Garcia Lee Olsen Patel Maria Robert Chen Nguyen Müller Zoë".split())
_LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,8}([._-][a-z0-9]{1,6})?", fullmatch=True)
_DOMAIN = st.one_of(
    st.sampled_from(["gmail.com", "example.co.uk", "mail.example.org", "yahoo.com"]),
    st.from_regex(r"[a-z]{3,9}\.(com|net|org|io)", fullmatch=True),
)

SAMPLES = (
    Sample("digits", {}, st.from_regex(r"[0-9]{1,32}", fullmatch=True)),
    Sample("digits", {"length": 5}, st.from_regex(r"[0-9]{5}", fullmatch=True)),
    Sample("digits", {"min_length": 4, "max_length": 9}, st.from_regex(r"[0-9]{4,9}", fullmatch=True)),
    Sample("code", {}, st.from_regex(r"[A-Z0-9]{2,12}", fullmatch=True)),
    Sample("code", {"length": 6}, st.from_regex(r"[A-Z0-9]{6}", fullmatch=True)),
    Sample("code", {"pattern": "[A-Z]{2}[0-9]{3}"}, st.from_regex(r"[A-Z]{2}[0-9]{3}", fullmatch=True)),
    Sample("number", {}, st.decimals(-(10**9), 10**9, places=3).map(float)),
    Sample("number", {"integer": True}, st.integers(-(10**14), 10**14)),
    Sample("quantity", {}, st.integers(1, 10**6)),
    Sample("quantity", {"min": 0, "max": 20}, st.integers(0, 20)),
    Sample("money", {}, st.decimals(0, 10**7, places=2).map(str)),
    Sample("money", {"max": "100"}, st.decimals(0, 100, places=2).map(str)),
    Sample("phone", {}, _NUMBERS),
    Sample("phone", {"region": "GB"}, _NUMBERS),
    Sample("date", {}, _dates(date(1900, 1, 1), date(2100, 12, 31))),
    Sample("date_range", {}, _RANGES),
    Sample("time", {}, st.times().map(lambda time: time.strftime("%H:%M"))),
    Sample("email", {}, st.builds("{}@{}".format, _LOCAL, _DOMAIN)),
    Sample("name", {}, st.lists(_NAME_PART, min_size=1, max_size=3).map(" ".join)),
    Sample("yes_no", {}, st.booleans()),
    Sample(
        "choice",
        {"choices": {"small": ("little",), "large": ("big",), "extra large": ()}},
        st.sampled_from(["small", "large", "extra large"]),
    ),
    Sample(
        "item",
        {"catalogue": "menu"},
        st.sampled_from([{"sku": item.sku, "name": item.name} for item in _CATALOGUE.items]),
    ),
    Sample("text", {}, st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)),
)
EVERY_TYPE = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.type}{dict(sample.options) or ''}")
A_FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])

_WORDS = st.sampled_from(
    """one two for to oh double hundred thousand and a half point minus no sorry actually not 41755 22.50 1,250 $ + # b
    as in bravo at dot com jane next tuesday march 3rd half past three the blue one large yes I don't know please uh my
    order number is it's dozen couple dollars cents AB417 - / : . , ? x ext area code quarter last from until""".split()
)
NOISE = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.lists(_WORDS, max_size=25).map(" ".join),
)


def _checked(slot: AnySlotType, value: Value) -> Value | None:
    try:
        return slot.check(value)
    except InvalidValue:
        return None


def test_every_type_is_sampled() -> None:
    assert {sample.type for sample in SAMPLES} == set(SLOT_TYPES)
    assert all(slot_type.name == name for name, slot_type in SLOT_TYPES.items())


@EVERY_TYPE
def test_what_is_read_back_is_read_as_the_same_value(sample: Sample) -> None:
    slot = sample.slot

    @A_FEW
    @given(sample.values)
    def law(drawn: Value) -> None:
        value = _checked(slot, drawn)
        if value is None:
            return
        said = slot.say(value, FACTS)
        reading = slot.read(said, FACTS)
        assert reading is not None, said
        assert reading.value == value, said

    law()


@EVERY_TYPE
def test_a_checked_value_is_canonical_and_stays_as_it_is(sample: Sample) -> None:
    slot = sample.slot

    @A_FEW
    @given(sample.values)
    def law(drawn: Value) -> None:
        value = _checked(slot, drawn)
        if value is not None:
            assert slot.check(value) == value
            assert slot.canonical(value) == slot.canonical(slot.check(value))
            assert "\n" not in slot.canonical(value)

    law()


@EVERY_TYPE
def test_no_words_make_a_type_raise_and_what_it_reads_it_can_hold(sample: Sample) -> None:
    slot = sample.slot

    @A_FEW
    @given(NOISE)
    def law(said: str) -> None:
        assert isinstance(slot.problem(said, FACTS), str)
        for reading in (slot.read(said, FACTS), slot.find(said, FACTS), slot.find(said, FACTS, ("order", "my order"))):
            if reading is not None:
                assert slot.check(reading.value) == reading.value
                assert 0.0 < reading.confidence <= 1.0
                assert 0 <= reading.start <= reading.end <= len(said)
                assert slot.say(reading.value, FACTS)

    law()


@EVERY_TYPE
def test_keys_never_raise_and_give_values_the_type_can_hold(sample: Sample) -> None:
    slot = sample.slot

    @A_FEW
    @given(st.text("0123456789*#", max_size=40) | st.text(max_size=5))
    def law(keys: str) -> None:
        reading = slot.keys(keys, FACTS)
        if reading is not None:
            assert slot.check(reading.value) == reading.value
            assert slot.expectation().keypad is not None

    law()


_ANYTHING: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@EVERY_TYPE
def test_a_value_it_cannot_hold_is_refused_and_nothing_else_is_raised(sample: Sample) -> None:
    slot = sample.slot

    @A_FEW
    @given(_ANYTHING)
    def law(value: Value) -> None:
        try:
            checked = slot.check(value)
        except InvalidValue as refused:
            assert str(refused)
        else:
            assert slot.check(checked) == checked

    law()


_LONG: tuple[Callable[[], str], ...] = (
    lambda: "one two " * 1250,
    lambda: "twenty two hundred and five, " * 345,
    lambda: "double " * 1428,
    lambda: "b as in bravo " * 714,
    lambda: "no " * 3333,
    lambda: "4" * 10_000,
    lambda: "4.4" * 3333,
    lambda: "1,234" * 2000,
    lambda: "$" * 10_000,
    lambda: "a" * 10_000,
    lambda: "not that " * 1111,
    lambda: "e\u0301\u0323" * 3333,
    lambda: "\u0301" * 10_000,
    lambda: "½" * 10_000,
    lambda: "order " * 1666,
    lambda: "\x00\ud800" * 5000,
    lambda: "9" * 9998 + "th",
    lambda: "a.m. " * 2000,
)


@EVERY_TYPE
def test_ten_thousand_characters_are_read_or_refused(sample: Sample) -> None:
    slot = sample.slot
    for text in _LONG:
        said = text()[:10_000]
        slot.read(said, FACTS)
        slot.find(said, FACTS, ("order",))
        slot.problem(said, FACTS)


@EVERY_TYPE
@pytest.mark.parametrize("said", ["", " ", "uh", "um", "I don't know", "what was that", "?!"])
def test_no_answer_is_no_value(sample: Sample, said: str) -> None:
    if sample.type != "text":
        assert sample.slot.read(said, FACTS) is None


@EVERY_TYPE
@pytest.mark.parametrize("facts", [replace(FACTS, region="GB", currency="GBP"), replace(FACTS, region="", currency="")])
def test_other_regions_and_currencies_are_read_back_too(sample: Sample, facts: CallFacts) -> None:
    slot = sample.slot

    @settings(A_FEW, max_examples=20)
    @given(sample.values)
    def law(drawn: Value) -> None:
        value = _checked(slot, drawn)
        if value is not None:
            reading = slot.read(slot.say(value, facts), facts)
            assert reading is not None and reading.value == value

    law()
