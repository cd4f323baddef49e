"""Every slot type by the name flows use for it."""

from collections.abc import Mapping
from typing import Any

from tollfree.flows.slots.base import Resources, SlotType
from tollfree.flows.slots.choice import ChoiceSlot
from tollfree.flows.slots.code import CodeSlot
from tollfree.flows.slots.date import DateSlot
from tollfree.flows.slots.date_range import DateRangeSlot
from tollfree.flows.slots.digits import DigitsSlot
from tollfree.flows.slots.email import EmailSlot
from tollfree.flows.slots.item import ItemSlot
from tollfree.flows.slots.money import MoneySlot
from tollfree.flows.slots.name import NameSlot
from tollfree.flows.slots.number import NumberSlot
from tollfree.flows.slots.phone import PhoneSlot
from tollfree.flows.slots.quantity import QuantitySlot
from tollfree.flows.slots.text import TextSlot
from tollfree.flows.slots.time import TimeSlot
from tollfree.flows.slots.yes_no import YesNoSlot

AnySlotType = SlotType[Any]
"""A slot type whatever its options: those were validated when it was made."""

SLOT_TYPES: Mapping[str, type[AnySlotType]] = {
    "digits": DigitsSlot,
    "code": CodeSlot,
    "number": NumberSlot,
    "quantity": QuantitySlot,
    "money": MoneySlot,
    "date": DateSlot,
    "date_range": DateRangeSlot,
    "time": TimeSlot,
    "phone": PhoneSlot,
    "email": EmailSlot,
    "name": NameSlot,
    "yes_no": YesNoSlot,
    "choice": ChoiceSlot,
    "item": ItemSlot,
    "text": TextSlot,
}


def make(type_name: str, options: Mapping[str, object], resources: Resources | None = None) -> AnySlotType:
    """The slot type with an author's options. Raises KeyError for an unknown name and pydantic's ValidationError,
    with every fault, for bad options."""
    slot_type = SLOT_TYPES[type_name]
    return slot_type(slot_type.options_model.model_validate(dict(options)), resources)
