"""Who is let in: calls that go on, while there is no place and while the worker closes, and nobody else's."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tollfree.worker.door import Door
from tollfree.worker.metadata import Dispatch
from tollfree.worker.places import Places

CALL = "0" * 26


@dataclass
class Request:
    """A request for an agent, and what it was answered."""

    metadata: str
    answers: list[str] = field(default_factory=list)

    @property
    def room(self) -> Any:
        return SimpleNamespace(name="room")

    @property
    def job(self) -> Any:
        return SimpleNamespace(metadata=self.metadata)

    async def accept(self, **_: object) -> None:
        self.answers.append("accept")

    async def reject(self, *, terminate: bool) -> None:
        self.answers.append("terminate" if terminate else "reject")


@dataclass
class Waiting:
    """A hall that counts."""

    closing: bool = False
    welcomed: list[str] = field(default_factory=list)

    def welcome(self, room: str, metadata: str) -> None:
        self.welcomed.append(room)


async def answered(metadata: str, *, hall: Waiting, free: int = 1, here: bool = True) -> list[str]:
    request = Request(metadata)
    began: list[bool] = []
    door = Door(Places(1, lambda: free, lambda: 0), hall, lambda _: here, lambda: began.append(True))  # type: ignore[arg-type]
    await door.answer(request)  # type: ignore[arg-type]
    assert began == [True] * (request.answers == ["accept"])
    return request.answers


async def test_a_call_that_goes_on_is_taken_even_as_the_worker_closes():
    hall = Waiting(closing=True)
    assert await answered(Dispatch(resume=CALL).text(), hall=hall, free=0) == ["accept"]
    assert hall.welcomed == []


async def test_a_call_of_another_machine_is_left_to_it():
    hall = Waiting()
    assert await answered(Dispatch(resume=CALL).text(), hall=hall, here=False) == ["reject"]
    assert hall.welcomed == []


async def test_a_new_caller_waits_where_there_is_no_place_or_the_worker_closes():
    for hall, free in ((Waiting(), 0), (Waiting(closing=True), 1)):
        assert await answered("", hall=hall, free=free) == ["reject"]
        assert hall.welcomed == ["room"]
    assert await answered("", hall=Waiting()) == ["accept"]
