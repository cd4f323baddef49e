"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import (
    audio,
    calls,
    knowledge,
    knowledge_jobs,
    knowledge_search,
    live,
    people,
    projects,
    session,
    supervision,
    web,
)

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    projects.router,
    knowledge.router,
    knowledge_jobs.router,
    knowledge_search.router,
    web.router,
    calls.router,
    audio.router,
    live.router,
    supervision.router,
    people.router,
)
