"""Which agent answers a number."""

from typing import NamedTuple

from tollfree.calls.phone.number import same_number
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId


class Answering(NamedTuple):
    """Who answers."""

    project: ProjectId
    agent: str


async def answering(store: Store, number: str) -> Answering | None:
    """The agent that answers a number, as the number was written by a person or sent by a network. None: nobody
    does. Raises `StoreError`."""
    numbers = {one.number: one for one in await store.numbers.list()}
    known = same_number(number, numbers)
    return None if known is None else Answering(numbers[known].project, numbers[known].agent)
