"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import projects, session

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    projects.router,
)
