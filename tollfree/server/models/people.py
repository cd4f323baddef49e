"""Callers who wait for a person, as the API tells them."""

from datetime import datetime

from pydantic import Field

from tollfree.server.models.calls import Frozen, WayIn


class WaitingCaller(Frozen):
    """A caller who waits for a person."""

    call: str
    queue: str = Field(examples=["sales"])
    """Whom the flow asked for."""
    caller: str
    """The caller's number; ••• for those who may not see personal data."""
    summary: str
    """What the person should know; ••• for those who may not see personal data."""
    since: datetime
    until: datetime
    """When the caller is told that nobody came."""
    taken_by: str
    """Who is joining; empty: nobody yet."""


class TakenCaller(Frozen):
    """A caller whom whoever asked takes."""

    waiting: WaitingCaller
    join: WayIn
