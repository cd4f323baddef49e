"""A control tower for benchmarks: one project, one flow that asks for a personal code, and who looks at it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tollfree.calls.bundle import make_bundle
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.library import Library
from tollfree.language.understand.training import dump
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.settings import ServerSettings
from tollfree.wiring.office import Office

PROJECT, FLOW = ProjectId("bench"), FlowId("made")
PASSWORD = "nine larks over Leith"
_AFTER = ("given", "refused", "gave_up", "silent")


def _ask(slot: str, target: str, *, personal: bool = False) -> dict[str, Any]:
    code = {"type": "digits", "length": 3, "ask": f"Which {slot}?", "personal": personal}
    return {"kind": "ask", "slots": {slot: code}, "exits": dict.fromkeys(_AFTER, target)}


def document(questions: int) -> dict[str, Any]:
    """A flow of so many questions, the first for a personal code."""
    names = [f"code{place}" for place in range(questions)]
    nodes = {
        name: _ask(name, after, personal=place == 0)
        for place, (name, after) in enumerate(zip(names, [*names[1:], "bye"], strict=True))
    }
    person = {"kind": "transfer", "to": "staff", "exits": dict.fromkeys(("connected", "nobody", "failed"), "bye")}
    ends: Mapping[str, Any] = {"person": person, "bye": {"kind": "end", "say": "Goodbye then."}}
    return {"flow": FLOW, "start": names[0], "handlers": {"person": {"go": "person"}}, "nodes": {**nodes, **ends}}


async def open_shop(office: Office, questions: int) -> None:
    """The project, and its flow published; nothing in it needs a classifier."""
    store = office.store
    await store.projects.new(PROJECT, settings={"name": "Bench"})
    flow = document(questions)
    await store.drafts.save(PROJECT, FLOW, flow, expected_revision=0)
    compiled = compile_or_raise(flow, Library(project={"name": "Bench", "currency": "USD"}))
    bundle = make_bundle(compiled, {FLOW: flow}, {}, embedder="none")
    await store.versions.publish(PROJECT, FLOW, bundle, classifier=dump({}))


async def desk_of(office: Office) -> Desk:
    """A desk, and a person of each role, unless they are there."""
    settings = ServerSettings()
    doorkeeper = Doorkeeper(office.store, settings, office.clock, office.settings.home)
    for role in (Role.VIEWER, Role.SUPERVISOR):
        if await office.store.users.by_email(address(role)) is not None:
            continue
        kept = await doorkeeper.passwords.hash(PASSWORD, of=address(role))
        user = await office.store.users.add(email=address(role), name=role, password_hash=kept)
        await office.store.users.grant(user.id, PROJECT, role)
    return Desk(office=office, settings=settings, doorkeeper=doorkeeper)


def address(role: Role) -> str:
    """Of the person with this role."""
    return f"{role}@bench.test"


@asynccontextmanager
async def signed_in(client: httpx.AsyncClient, role: Role) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser of that person."""
    async with client:
        answer = await client.post("/api/v1/session", json={"email": address(role), "password": PASSWORD})
        answer.raise_for_status()
        yield client
