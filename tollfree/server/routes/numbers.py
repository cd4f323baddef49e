"""Telephone numbers, and which agent answers them."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from tollfree.calls.phone.adding import Brought, add_number, remove_number
from tollfree.calls.phone.number import same_number
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.store.errors import NumberTaken, UnknownNumber
from tollfree.calls.store.numbers import Number
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.errors import ServerError
from tollfree.server.routes.flow_models import Asked, Told

router = guarded("numbers")

Written = Annotated[
    str,
    Path(
        min_length=3,
        max_length=40,
        description="A number in E.164, such as +12125550100.",
        examples=["+12125550100"],
    ),
]


class NumberFacts(Told):
    """A number."""

    number: str = Field(examples=["+12125550100"])
    """In E.164."""
    agent: str
    """Who answers it."""
    by_sip: bool = Field(examples=[True])
    """Whether LiveKit's SIP service brings its calls."""
    addresses: tuple[str, ...] = Field(examples=[["203.0.113.0/24"]])
    """The provider's addresses that may send calls; none: any."""
    reachable: bool = Field(examples=[True])
    """Whether everything that its calls need was made."""
    created_at: datetime
    missing: str = ""
    """Why its calls do not come here yet; empty: they do, or it was not tried just now."""


class GivenNumber(Asked):
    """A number to be answered."""

    number: str = Field(min_length=3, max_length=40, examples=["+12125550100"])
    """With its country code, or as it is dialled in the project's region."""
    agent: str = Field(default=DEFAULT_AGENT, max_length=64)
    by_sip: bool = True
    """Have LiveKit's SIP service bring its calls."""
    addresses: tuple[str, ...] = Field(default=(), max_length=50, examples=[["203.0.113.0/24"]])
    """Addresses or networks of the provider that may send calls; none: any."""


class TakenElsewhere(ServerError):
    """Another project answers the number; which, is nobody's business here."""

    code = "number_taken"
    status = 409

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is answered by another project. It must be removed there first.")


@router.get("/projects/{project}/numbers", dependencies=[may(Role.VIEWER)])
async def list_numbers(desk: TheDesk, project: str) -> list[NumberFacts]:
    """The numbers that the project's agents answer."""
    return [_facts(one) for one in await desk.store.numbers.list(ProjectId(project))]


@router.post("/projects/{project}/numbers", dependencies=[may(Role.EDITOR)], status_code=201)
async def add_number_to_agent(desk: TheDesk, project: str, given: GivenNumber) -> NumberFacts:
    """Have a number answered by an agent. Adding it again changes what is different, and finishes what was left
    undone."""
    try:
        brought = await add_number(
            desk.store,
            PhoneSettings(),
            ProjectId(project),
            given.number,
            agent=given.agent,
            by_sip=given.by_sip,
            addresses=given.addresses,
        )
    except NumberTaken as error:
        if error.project == project:
            raise
        raise TakenElsewhere(error.number) from error
    return _brought(brought)


@router.delete("/projects/{project}/numbers/{number}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_number(
    desk: TheDesk,
    project: str,
    number: Written,
    only_here: Annotated[bool, Query(description="Leave its trunk and dispatch rule in LiveKit.")] = False,
) -> None:
    """Stop answering a number, and remove what was made for it in LiveKit."""
    own = {one.number: one for one in await desk.store.numbers.list(ProjectId(project))}
    known = same_number(number, own)
    if known is None:
        raise UnknownNumber(number)
    await remove_number(desk.store, PhoneSettings(), known, only_here=only_here)


def _facts(number: Number, missing: str = "") -> NumberFacts:
    return NumberFacts(
        number=number.number,
        agent=number.agent,
        by_sip=number.by_sip,
        addresses=number.addresses,
        reachable=number.reachable,
        created_at=number.created_at,
        missing=missing,
    )


def _brought(brought: Brought) -> NumberFacts:
    return _facts(brought.number, brought.missing.message if brought.missing is not None else "")
