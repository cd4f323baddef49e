"""What a project is, besides its flows, tools and catalogues; and its queues of people."""

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import Field

from tollfree.calls.project import ProjectSettings, QueueSettings, settings_of
from tollfree.calls.settings_edits import edit_settings
from tollfree.calls.store.errors import StaleResource, UnknownResource
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk, Who, audit
from tollfree.server.errors import NotAllowed
from tollfree.server.etags import TAGGED, IfMatch, IfNoneMatch, etag, expected, matched, tag_of
from tollfree.server.principal import Principal
from tollfree.wiring.engine_names import check_engines

router = guarded("settings")

QueueName = Annotated[str, Path(min_length=1, max_length=64, description="The queue's name.")]
NEW = ""
"""The expected tag of a queue that is not there yet."""


class QueueFacts(QueueSettings):
    """A queue as it is stored."""

    etag: str = Field(examples=['"9f2c4e7a1b3d5f60"'])
    """Send it back in If-Match to change the queue."""


@router.get("/projects/{project}/settings", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_settings(desk: TheDesk, project: str, response: Response) -> ProjectSettings:
    """What the project is."""
    values, sha256 = await desk.store.projects.settings(ProjectId(project))
    response.headers["ETag"] = etag(sha256)
    return settings_of(values, f"project {project}")


@router.put("/projects/{project}/settings", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_settings(
    request: Request,
    desk: TheDesk,
    who: Who,
    project: str,
    given: ProjectSettings,
    response: Response,
    if_match: IfMatch = "",
) -> ProjectSettings:
    """Replace it. It counts from the next call on. Only an admin of the project may change where its tools reach."""
    tag = matched(if_match)
    values, sha256 = await desk.store.projects.settings(ProjectId(project))
    before = settings_of(values, f"project {project}")
    if tag == sha256:  # else it is refused below, with what is there now
        _check(desk, who, ProjectId(project), before, given)
    saved = await desk.store.projects.save_settings(
        ProjectId(project), given.model_dump(mode="json"), expected=tag, name=given.name
    )
    changed = [name for name in ProjectSettings.model_fields if getattr(given, name) != getattr(before, name)]
    audit(request, fields=", ".join(changed))
    response.headers["ETag"] = etag(saved)
    return given


@router.get("/projects/{project}/queues", dependencies=[may(Role.VIEWER)])
async def list_queues(desk: TheDesk, project: str) -> dict[str, QueueFacts]:
    """The queues of people to whom flows hand callers, by name."""
    values, _ = await desk.store.projects.settings(ProjectId(project))
    return {name: _queue(one) for name, one in settings_of(values, f"project {project}").queues.items()}


@router.put("/projects/{project}/queues/{queue}", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_queue(
    desk: TheDesk,
    project: str,
    queue: QueueName,
    given: QueueSettings,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> QueueFacts:
    """Replace a queue, or with `If-None-Match: *` add one."""
    wanted = expected(if_match, if_none_match, absent=NEW)

    def change(settings: ProjectSettings) -> ProjectSettings:
        before = settings.queues.get(queue)
        if (NEW if before is None else tag_of(before)) != wanted:
            raise StaleResource(ProjectId(project), "queue", queue, before and before.model_dump(mode="json"))
        return _with(settings, {**settings.queues, queue: given})

    settings = await edit_settings(desk.store, ProjectId(project), change)
    saved = _queue(settings.queues[queue])
    response.headers["ETag"] = saved.etag
    return saved


@router.delete("/projects/{project}/queues/{queue}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_queue(desk: TheDesk, project: str, queue: QueueName) -> None:
    """Remove a queue: it is then one of people who join from a browser."""

    def change(settings: ProjectSettings) -> ProjectSettings:
        if queue not in settings.queues:
            raise UnknownResource(ProjectId(project), "queue", queue)
        return _with(settings, {name: one for name, one in settings.queues.items() if name != queue})

    await edit_settings(desk.store, ProjectId(project), change)


def _queue(queue: QueueSettings) -> QueueFacts:
    return QueueFacts(numbers=queue.numbers, etag=etag(tag_of(queue)))


def _with(settings: ProjectSettings, queues: dict[str, QueueSettings]) -> ProjectSettings:
    plain = {name: one.model_dump(mode="json") for name, one in queues.items()}
    return settings_of({**settings.model_dump(mode="json"), "queues": plain}, "the queues")


def _check(desk: Desk, who: Principal, project: ProjectId, before: ProjectSettings, after: ProjectSettings) -> None:
    """Raises `NotAllowed` or `ForeignEngine`."""
    if set(after.allowed_hosts) - set(before.allowed_hosts) and not who.may(project, Role.ADMIN):
        raise NotAllowed("Only an admin of the project may change which hosts its tools reach.")
    if after.retention != before.retention and not who.may(project, Role.ADMIN):
        raise NotAllowed("Only an admin of the project may change how long recordings and words are kept.")
    if not who.everywhere:
        for name, agent in after.agents.items():
            check_engines(desk.office.settings, before.agents.get(name), agent)
