"""Builds the server: every noun's routes, the dashboard's files, and what stands before them."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Route

from tollfree import __version__
from tollfree.server.access import GuardedRoute
from tollfree.server.answers import add_handlers
from tollfree.server.bounds import Bounds
from tollfree.server.button import add_button, built_button
from tollfree.server.described import DescribedApp
from tollfree.server.desk import Desk
from tollfree.server.errors import Unguarded
from tollfree.server.headers import SecurityHeaders
from tollfree.server.pages import add_pages, built_dashboard
from tollfree.server.routes import ROUTERS
from tollfree.server.settings import is_secure

PREFIX = "/api/v1"


def create_app(desk: Desk) -> FastAPI:
    """The whole server. Raises `Unguarded` when a route does not say who may use it."""
    app = DescribedApp(
        title="tollfree",
        version=__version__,
        description="The control tower of a tollfree installation. Sign in for a cookie, or send an API key.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    app.state.desk = desk
    for router in ROUTERS:
        app.include_router(router)
    add_handlers(app)
    add_button(app, desk.settings.web_button or built_button())
    add_pages(app, desk.settings.dashboard or built_dashboard())
    routes_of(app)
    livekit = desk.settings.livekit_url or (desk.livekit.url if desk.livekit is not None else "")
    app.add_middleware(Bounds, settings=desk.settings)
    app.add_middleware(SecurityHeaders, livekit_url=livekit, secure=is_secure(desk.settings))
    return app


def routes_of(app: FastAPI) -> tuple[GuardedRoute, ...]:
    """The API's routes. Raises `Unguarded`."""
    found = tuple(_guarded(app.routes))
    names = [route.name for route in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Unguarded(f"These names are those of several routes: {', '.join(sorted(twice))}.")
    return found


def _guarded(routes: Iterable[BaseRoute]) -> Iterator[GuardedRoute]:
    for route in routes:
        included: object = getattr(route, "original_router", None)  # FastAPI keeps a router that is included whole
        if isinstance(route, GuardedRoute):
            yield route
        elif isinstance(included, APIRouter):
            yield from _guarded(included.routes)
        elif type(route) is not Route:  # a plain one is FastAPI's schema, or a page
            raise Unguarded(f"{route} does not say who may use it: make its router with `access.guarded`.")
