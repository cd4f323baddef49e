"""A server with people of every role, and clients that act for them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from tests.fakes.embedder import HashingEmbedder
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.ingestion import Ingestion
from tollfree.server.passwords import Passwords
from tollfree.server.settings import ServerSettings
from tollfree.wiring.knowledge_jobs import work_off
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

SHOP, OTHER = ProjectId("shop"), ProjectId("other")
PASSWORD = "nine larks over Leith"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes that take no time; those of the product take 64 MB each."""


@dataclass(frozen=True)
class Tower:
    """An app, and the office behind it."""

    app: FastAPI
    desk: Desk

    @property
    def office(self) -> Office:
        """Its office."""
        return self.desk.office

    @asynccontextmanager
    async def client(self, email: str = "") -> AsyncGenerator[httpx.AsyncClient]:
        """Somebody's browser, signed in; nobody's without an address."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://tower.test") as client:
            if email:
                answer = await client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
                assert answer.status_code == 200, answer.text
                client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield client


def address(role: Role | str, project: str = SHOP) -> str:
    """Of the person who has this role in this project; `admin@everywhere.test` is everybody's admin."""
    return f"{role}@{project}.test"


ADMIN = "admin@everywhere.test"


@asynccontextmanager
async def tower(
    home: Path,
    settings: ServerSettings | None = None,
    *,
    livekit: LiveKitServer | None = None,
    phone: PhoneSettings | None = None,
    ingest: bool = False,
) -> AsyncGenerator[Tower]:
    """Two projects, and a person of each role in each. `ingest`: what is asked for is taken in, here; else it waits."""
    async with await Office.open(Settings(home=home, cache=home / "cache")) as office:
        office.__dict__["embedder"] = HashingEmbedder()
        given = settings or ServerSettings()
        doorkeeper = Doorkeeper(office.store, given, office.clock, home, Passwords(QUICK))
        desk = Desk(office=office, settings=given, doorkeeper=doorkeeper, livekit=livekit, phone=phone)
        kept = QUICK.hash(PASSWORD)
        await office.store.users.add(email=ADMIN, name="Ada", password_hash=kept, everywhere=True)
        for project in (SHOP, OTHER):
            await office.store.projects.new(project, settings={"name": project.title()})
            for role in Role:
                user = await office.store.users.add(email=address(role, project), name=role, password_hash=kept)
                await office.store.users.grant(user.id, project, role)
        async with Ingestion(office, start=_here) as ingestion:
            desk = replace(desk, ingestion=ingestion) if ingest else desk
            yield Tower(create_app(desk), desk)
            await desk.aclose()


async def _here(office: Office, project: ProjectId) -> int:
    """Jobs are done in this process, with the embedder that takes no time."""
    await work_off(office, project)
    return 0
