"""Callers who wait for a person, as the API tells them."""

from datetime import datetime

from pydantic import Field

from tollfree.server.models.calls import Frozen, WayIn


class WaitingCaller(Frozen):
    """A caller who waits for a person."""

    call: str
    queue: str = Field(examples=["counter"])
    """Whom the flow asked for."""
    caller: str
    """The caller's number; ••• for those who may not see personal data."""
    summary: str = Field(examples=["Order 41755 came without the rye bread."])
    """What the person should know; ••• for those who may not see personal data."""
    since: datetime = Field(examples=["2026-11-22T19:06:01Z"])
    until: datetime = Field(examples=["2026-11-22T19:07:01Z"])
    """When the caller is told that nobody came."""
    taken_by: str = Field(examples=[""])
    """Who is joining; empty: nobody yet."""


class TakenCaller(Frozen):
    """A caller whom whoever asked takes."""

    waiting: WaitingCaller
    join: WayIn
