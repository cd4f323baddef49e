"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import audio, calls, live, people, projects, session, supervision

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    projects.router,
    calls.router,
    audio.router,
    live.router,
    supervision.router,
    people.router,
)
