"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import (
    account,
    audio,
    audit,
    calls,
    engines,
    keys,
    live,
    members,
    operations,
    overview,
    people,
    personal_data,
    projects,
    session,
    setup,
    supervision,
    usage,
    users,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    account.router,
    users.router,
    projects.router,
    calls.router,
    audio.router,
    live.router,
    supervision.router,
    people.router,
    members.router,
    keys.router,
    audit.router,
    webhooks.router,
    usage.router,
    overview.router,
    personal_data.router,
    engines.router,
    setup.router,
    operations.router,
)
