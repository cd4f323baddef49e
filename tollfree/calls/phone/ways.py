"""How a person is reached: decided from what the flow asks for, who calls, and what is configured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tollfree.calls.phone.errors import NoWayToPerson
from tollfree.calls.phone.number import e164, looks_like_number
from tollfree.protocol.effects import Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The caller's provider connects them elsewhere (SIP REFER); the call leaves this house."""

    to: tuple[str, ...]
    """`tel:` or `sip:` addresses, tried in order."""
    untold: bool = False
    """The flow wants the person told first, and that cannot be done: nobody can be dialled from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A person is dialled and joined to the caller."""

    numbers: tuple[str, ...]
    """In E.164, tried in order."""
    told_first: bool
    """Whether the person hears the summary, and takes the call, before they are joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """A person joins from a browser."""

    queue: str


Way: TypeAlias = Forward | Dial | Await


def way_to(
    effect: Transfer,
    *,
    by_telephone: bool,
    can_dial: bool,
    queues: Mapping[str, Sequence[str]],
    region: str,
) -> Way:
    """`by_telephone`: the caller is. `can_dial`: there is an outbound trunk. `queues`: numbers by the queue's name;
    the people of a queue without numbers join from a browser. `region`: how numbers without country code are read.

    Raises `NoWayToPerson` or `BadNumber`.
    """
    to = effect.to.strip()
    if not to:
        raise NoWayToPerson("The flow does not say to whom the caller should be handed: its `to` came out empty.")
    if to.startswith(("sip:", "sips:")):
        if by_telephone:
            return Forward(to=(to,), untold=effect.mode == "warm")
        raise NoWayToPerson(f"A caller in a browser cannot be forwarded to {to}. Name a number or a queue.")
    named = not looks_like_number(to)
    numbers = tuple(e164(one, region) for one in (queues.get(to, ()) if named else (to,)))
    if not numbers:
        return Await(queue=to)
    if by_telephone and (effect.mode == "cold" or not can_dial):
        return Forward(to=tuple(f"tel:{number}" for number in numbers), untold=effect.mode == "warm")
    if can_dial:
        return Dial(numbers=numbers, told_first=effect.mode == "warm")
    if named:
        return Await(queue=to)
    raise NoWayToPerson(
        f"A caller in a browser cannot be connected to {to}: set TOLLFREE_SIP_OUTBOUND_TRUNK, or name a queue whose "
        "people join from a browser."
    )
