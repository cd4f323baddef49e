"""Catalogues: what a project sells, as orders read it."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from tollfree.calls.store.catalogues import ABSENT, CatalogueText, Format
from tollfree.calls.store.document import digest_of_text
from tollfree.flows.catalogue_file import BadCatalogue, read_catalogue
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.etags import TAGGED, IfMatch, IfNoneMatch, etag, expected
from tollfree.server.routes.flow_models import Asked, Told

router = guarded("catalogues")

CatalogueName = Annotated[
    str,
    Path(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="The catalogue's name, as flows write it.", examples=["menu"]),
]


class CatalogueFacts(Told):
    """A catalogue, without its text."""

    name: str = Field(examples=["menu"])
    format: Format
    saved_at: datetime
    characters: int = Field(examples=[36])
    items: int | None = Field(examples=[1])
    """Null: it cannot be read by this program."""


class CatalogueDocument(CatalogueFacts):
    """A catalogue."""

    text: str = Field(examples=["sku,name,price\nBR-01,Rye bread,4.20\n"])


class GivenCatalogue(Asked):
    """A catalogue's text."""

    text: str = Field(min_length=1, max_length=2_000_000, examples=["sku,name,price\nBR-01,Rye bread,4.20\n"])
    """CSV with a head line, or a JSON list of records."""
    format: Format = "csv"


@router.get("/projects/{project}/catalogues", dependencies=[may(Role.VIEWER)])
async def list_catalogues(desk: TheDesk, project: str) -> list[CatalogueFacts]:
    """All of them, by name."""
    stored = await desk.store.catalogues.all(ProjectId(project))
    return [await asyncio.to_thread(_facts, one) for one in stored.values()]


@router.get("/projects/{project}/catalogues/{catalogue}", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_catalogue(
    desk: TheDesk, project: str, catalogue: CatalogueName, response: Response
) -> CatalogueDocument:
    """One of them, with its text."""
    stored = await desk.store.catalogues.get(ProjectId(project), catalogue)
    response.headers["ETag"] = etag(digest_of_text(stored.text))
    facts = await asyncio.to_thread(_facts, stored)
    return CatalogueDocument(**facts.model_dump(), text=stored.text)


@router.put("/projects/{project}/catalogues/{catalogue}", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_catalogue(
    desk: TheDesk,
    project: str,
    catalogue: CatalogueName,
    given: GivenCatalogue,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> CatalogueFacts:
    """Replace a catalogue, or with `If-None-Match: *` add one. Published flows keep the one that they were published
    with."""
    wanted = expected(if_match, if_none_match, absent=ABSENT)
    await desk.workbench.within(lambda: read_catalogue(catalogue, given.text))
    stored = await desk.store.catalogues.save(
        ProjectId(project), catalogue, given.text, format=given.format, expected=wanted
    )
    response.headers["ETag"] = etag(digest_of_text(stored.text))
    return await asyncio.to_thread(_facts, stored)


@router.delete("/projects/{project}/catalogues/{catalogue}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_catalogue(desk: TheDesk, project: str, catalogue: CatalogueName) -> None:
    """Remove a catalogue. Published flows keep their copy; drafts that name it have a fault."""
    await desk.store.catalogues.delete(ProjectId(project), catalogue)


def _facts(stored: CatalogueText) -> CatalogueFacts:
    try:
        items = len(read_catalogue(stored.name, stored.text).items)
    except BadCatalogue:
        items = None
    return CatalogueFacts(
        name=stored.name,
        format=stored.format,
        saved_at=stored.saved_at,
        characters=len(stored.text),
        items=items,
    )
