"""The routes, one file a noun."""

from fastapi import APIRouter

from tollfree.server.routes import knowledge, knowledge_jobs, knowledge_search, projects, session, web

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    projects.router,
    knowledge.router,
    knowledge_jobs.router,
    knowledge_search.router,
    web.router,
)
