"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import (
    account,
    audit,
    engines,
    keys,
    members,
    operations,
    overview,
    personal_data,
    projects,
    session,
    setup,
    usage,
    users,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    account.router,
    users.router,
    projects.router,
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
