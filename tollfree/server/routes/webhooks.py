"""Webhooks: where a project wants to be told what happens in it."""

import json
import os
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tollfree.calls.secrets import load_key
from tollfree.calls.store.outbox import Delivery, State
from tollfree.calls.store.webhooks import Webhook, new_webhook_id
from tollfree.calls.webhooks.deliverer import checked_url, guard_of
from tollfree.calls.webhooks.signing import new_secret, seal
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk, Who, audit
from tollfree.server.etags import TAGGED, IfMatch, etag, matched
from tollfree.server.paging import Cursor, Limit, Page, cursor_of, number_at

router = guarded("webhooks")

Event = Literal["call.started", "call.ended", "flow.published", "knowledge.changed"]
"""What can be told."""
Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://crm.example.com/hooks/calls"])]
Events = Annotated[tuple[Event, ...], Field(min_length=1, max_length=4, examples=[["call.ended"]])]
PAYLOAD = {
    "type": "call.ended",
    "timestamp": "2026-11-22T19:06:35+00:00",
    "data": {"call": "01kavz3m5tq8s0v5y3c9w1r7bd", "agent": "main", "flow": "support", "outcome": "answered"},
}
"""A message for the examples."""
DeliveryId = Annotated[int, Path(ge=1, lt=2**63)]


class NewWebhook(BaseModel):
    """A webhook to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: Url
    """On the public Internet; within a private network only where the project's `allowed_hosts` say so."""
    events: Events


class WebhookChange(BaseModel):
    """What is to be different; the rest stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = None
    """Whether it is told anything; what happens meanwhile is not kept for it."""


class WebhookFacts(BaseModel):
    """A webhook."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str = Field(examples=["wh_0f3a5c9e21b47d68"])
    url: str = Field(examples=["https://crm.example.com/hooks/calls"])
    events: tuple[str, ...] = Field(examples=[["call.ended"]])
    enabled: bool = Field(examples=[True])
    """False also after its server has answered 410: it wants no more."""
    created_at: datetime
    created_by: str
    etag: str = Field(examples=['"c47a90be1f5d8362"'])
    """Send it back in If-Match to change the webhook."""


class MadeWebhook(BaseModel):
    """A webhook with its secret, which is shown here and never again."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    secret: str = Field(examples=["whsec_…"])
    """Signs every message, as Standard Webhooks has it: HMAC-SHA256 of `ID.TIMESTAMP.BODY`."""
    webhook: WebhookFacts


class DeliveryFacts(BaseModel):
    """One message."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: int = Field(examples=[311])
    event: str = Field(examples=["call.ended"])
    payload: dict[str, JsonValue] = Field(examples=[PAYLOAD])
    """As it is sent."""
    state: State = Field(examples=["delivered"])
    """`dead`: given up after a day of tries; it can be sent again by hand."""
    attempts: int = Field(examples=[1])
    made_at: datetime = Field(examples=["2026-11-22T19:06:35Z"])
    next_at: datetime | None = Field(examples=[None])
    """When it is sent next; null: it is not."""
    ended_at: datetime | None = Field(examples=["2026-11-22T19:06:36Z"])
    status: int | None = Field(examples=[200])
    """HTTP status of the last answer; null: there was none."""
    error: str = Field(examples=[""])
    """What went wrong the last time; empty: nothing."""


@router.get("/projects/{project}/webhooks", dependencies=[may(Role.ADMIN)])
async def list_webhooks(desk: TheDesk, project: str) -> list[WebhookFacts]:
    """The project's, the oldest first."""
    return [_facts(one) for one in await desk.store.webhooks.list(ProjectId(project))]


@router.post("/projects/{project}/webhooks", dependencies=[may(Role.ADMIN)], status_code=201)
async def make_webhook(request: Request, desk: TheDesk, who: Who, project: str, given: NewWebhook) -> MadeWebhook:
    """Make a webhook."""
    owner = ProjectId(project)
    url = await _checked(desk, owner, given.url)
    id, secret = new_webhook_id(), new_secret()
    key = await load_key(desk.office.settings.home, os.environ)
    made = await desk.store.webhooks.add(
        id, owner, url=url, events=given.events, sealed=seal(key, id, secret), created_by=who.name
    )
    audit(request, webhook=id, url=url)
    return MadeWebhook(secret=secret, webhook=_facts(made))


@router.get("/projects/{project}/webhooks/{webhook}", dependencies=[may(Role.ADMIN)], responses=TAGGED)
async def show_webhook(desk: TheDesk, project: str, webhook: str, response: Response) -> WebhookFacts:
    """One of them."""
    facts = _facts(await desk.store.webhooks.get(ProjectId(project), webhook))
    response.headers["ETag"] = facts.etag
    return facts


@router.patch("/projects/{project}/webhooks/{webhook}", dependencies=[may(Role.ADMIN)], responses=TAGGED)
async def change_webhook(
    request: Request,
    desk: TheDesk,
    project: str,
    webhook: str,
    given: WebhookChange,
    response: Response,
    if_match: IfMatch = "",
) -> WebhookFacts:
    """Change a webhook. Its secret stays; for another one make it anew."""
    owner, wanted = ProjectId(project), matched(if_match)
    url = None if given.url is None else await _checked(desk, owner, given.url)
    audit(request, url=url, enabled=given.enabled)
    changed = await desk.store.webhooks.change(
        owner, webhook, url=url, events=given.events, enabled=given.enabled, expected=wanted
    )
    facts = _facts(changed)
    response.headers["ETag"] = facts.etag
    return facts


@router.delete("/projects/{project}/webhooks/{webhook}", dependencies=[may(Role.ADMIN)], status_code=204)
async def remove_webhook(desk: TheDesk, project: str, webhook: str) -> None:
    """It is told nothing any more, not even what is under way."""
    await desk.store.webhooks.remove(ProjectId(project), webhook)


@router.post("/projects/{project}/webhooks/{webhook}/test", dependencies=[may(Role.ADMIN)], status_code=202)
async def try_webhook(desk: TheDesk, project: str, webhook: str) -> None:
    """Send it a message of the type `test`; what came of it is among its deliveries."""
    found = await desk.store.webhooks.get(ProjectId(project), webhook)
    await desk.store.outbox.add(found.id, "test", {"project": project})


@router.get("/projects/{project}/webhooks/{webhook}/deliveries", dependencies=[may(Role.ADMIN)])
async def list_deliveries(
    desk: TheDesk,
    project: str,
    webhook: str,
    state: Annotated[State | None, Query(description="Only those; `dead`: the dead letters.")] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[DeliveryFacts]:
    """Its messages of the last month, newest first."""
    found = await desk.store.webhooks.get(ProjectId(project), webhook)
    page = await desk.store.outbox.list(found.id, state=state, before=number_at(cursor), limit=limit)
    return Page(items=tuple(_delivery(one) for one in page.deliveries), next=cursor_of(page.older))


@router.post(
    "/projects/{project}/webhooks/{webhook}/deliveries/{delivery}/redeliver",
    dependencies=[may(Role.ADMIN)],
    status_code=202,
)
async def redeliver(desk: TheDesk, project: str, webhook: str, delivery: DeliveryId) -> None:
    """Send a message again, now, whatever came of it."""
    found = await desk.store.webhooks.get(ProjectId(project), webhook)
    await desk.store.outbox.redeliver(found.project, found.id, delivery)


async def _checked(desk: Desk, project: ProjectId, url: str) -> str:
    return checked_url(await guard_of(desk.store, project), url)


def _facts(webhook: Webhook) -> WebhookFacts:
    return WebhookFacts(
        id=webhook.id,
        url=webhook.url,
        events=webhook.events,
        enabled=webhook.enabled,
        created_at=webhook.created_at,
        created_by=webhook.created_by,
        etag=etag(webhook.sha256),
    )


def _delivery(delivery: Delivery) -> DeliveryFacts:
    return DeliveryFacts(
        id=delivery.id,
        event=delivery.event,
        payload=json.loads(delivery.payload),
        state=delivery.state,
        attempts=delivery.attempts,
        made_at=delivery.made_at,
        next_at=delivery.next_at if delivery.state == "waiting" else None,
        ended_at=delivery.ended_at,
        status=delivery.status,
        error=delivery.error,
    )
