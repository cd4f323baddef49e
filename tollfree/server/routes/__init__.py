"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import (
    agents,
    catalogues,
    flows,
    numbers,
    projects,
    routes,
    secrets,
    session,
    settings,
    tools,
    trials,
    versions,
    voices,
)

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    projects.router,
    settings.router,
    agents.router,
    voices.router,
    versions.router,
    flows.router,
    trials.router,
    tools.router,
    catalogues.router,
    secrets.router,
    numbers.router,
    routes.router,
)
