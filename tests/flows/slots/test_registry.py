import pytest
from pydantic import ValidationError

from tests.flows.slots.spoken_forms import FACTS
from tollfree.flows.slots.reader import FlowSlotReader
from tollfree.flows.slots.registry import SLOT_TYPES, make
from tollfree.protocol.ids import FlowId, SlotName


def test_every_type_is_listed_under_its_own_name() -> None:
    assert {name: slot_type.name for name, slot_type in SLOT_TYPES.items()} == {name: name for name in SLOT_TYPES}


def test_options_a_type_does_not_have_are_refused_all_at_once() -> None:
    with pytest.raises(ValidationError) as raised:
        make("date", {"colour": "red", "prefer": "sideways"})
    assert raised.value.error_count() == 2


def test_a_reader_reads_and_finds_the_slots_of_its_flows() -> None:
    support = FlowId("support")
    reader = FlowSlotReader({(support, SlotName("when")): (make("date", {}), ("on",))})
    read = reader.read(support, SlotName("when"), "tomorrow", FACTS)
    found = reader.find(support, SlotName("when"), "I will come tomorrow then", FACTS)
    assert read is not None
    assert found is not None
    assert (read.value, found.value) == ("2026-11-23", "2026-11-23")


def test_a_slot_the_reader_does_not_know_reads_as_nothing() -> None:
    reader = FlowSlotReader({})
    assert reader.read(FlowId("support"), SlotName("when"), "tomorrow", FACTS) is None
    assert reader.find(FlowId("support"), SlotName("when"), "tomorrow", FACTS) is None
