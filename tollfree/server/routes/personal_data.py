"""Personal data: how long it is kept, and erasing a caller on request."""

from typing import Self

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tollfree.calls.erasing import erase_call, erase_caller
from tollfree.calls.project import ProjectSettings, RetentionSettings
from tollfree.calls.publishing import project_settings
from tollfree.calls.settings_edits import edit_settings
from tollfree.calls.store.errors import StaleSettings
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk, audit
from tollfree.server.etags import TAGGED, IfMatch, etag, matched, tag_of

router = guarded("personal data")


class ErasureRequest(BaseModel):
    """Whose calls, or which one; one of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    caller: str | None = Field(default=None, min_length=3, max_length=100, examples=["+12025550143"])
    """A caller's number: all of their calls in this project."""
    call: str | None = Field(default=None, min_length=1, max_length=100)
    """One call."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.caller is None) == (self.call is None):
            raise ValueError("name a caller, or a call, and not both")
        return self


class ErasureFacts(BaseModel):
    """What was erased: words, sound and personal values. That there were calls, and their figures, stay."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    calls: int = Field(examples=[4])
    recordings: int = Field(examples=[4])
    """Files of sound."""
    running: int = Field(examples=[0])
    """Calls that still run, and were left alone: ask again when they are over."""


@router.post("/projects/{project}/erasures", dependencies=[may(Role.ADMIN)])
async def erase(request: Request, desk: TheDesk, project: str, given: ErasureRequest) -> ErasureFacts:
    """Erase a caller, or a call. It cannot be undone."""
    owner, home = ProjectId(project), desk.office.settings.home
    if given.call is not None:
        done = await erase_call(desk.store, home, owner, CallId(given.call))
        audit(request, call=given.call)
    else:
        settings = await project_settings(desk.store, owner)
        done = await erase_caller(desk.store, home, owner, given.caller or "", settings)
    audit(request, calls=done.calls, recordings=done.recordings)  # never whose: the trail outlives the erasure
    return ErasureFacts(calls=done.calls, recordings=done.recordings, running=done.running)


@router.get("/projects/{project}/retention", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_retention(desk: TheDesk, project: str, response: Response) -> RetentionSettings:
    """How long personal data is kept."""
    retention = (await project_settings(desk.store, ProjectId(project))).retention
    response.headers["ETag"] = etag(tag_of(retention))
    return retention


@router.put("/projects/{project}/retention", dependencies=[may(Role.ADMIN)], responses=TAGGED)
async def change_retention(
    request: Request,
    desk: TheDesk,
    project: str,
    given: RetentionSettings,
    response: Response,
    if_match: IfMatch = "",
) -> RetentionSettings:
    """Keep personal data for another time; within an hour, what is older is gone."""
    wanted = matched(if_match)

    def change(settings: ProjectSettings) -> ProjectSettings:
        if tag_of(settings.retention) != wanted:
            raise StaleSettings(ProjectId(project), settings.retention.model_dump(mode="json"))
        return settings.model_copy(update={"retention": given})

    await edit_settings(desk.store, ProjectId(project), change)
    audit(request, audio_days=given.audio_days, transcript_days=given.transcript_days)
    response.headers["ETag"] = etag(tag_of(given))
    return given
