"""Routes: the language models of the installation, and whether they answer."""

import asyncio
import hashlib
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from tollfree.language.llm.check import check_route
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.route import Dialect, Price, Route, Routes
from tollfree.language.llm.routes_file import read_routes_file, write_routes_file
from tollfree.server.access import everywhere, guarded, signed_in
from tollfree.server.desk import TheDesk, Who
from tollfree.server.errors import ServerError
from tollfree.server.etags import TAGGED, IfMatch, etag, matched
from tollfree.server.routes.flow_models import Told

router = guarded("routes")

RouteName = Annotated[str, Path(min_length=1, max_length=64, description="The route's name.", examples=["fast"])]


class RouteFacts(Told):
    """A language model on a server."""

    model: str
    """As the server names it."""
    dialect: Dialect = Field(examples=["vllm"])
    base_url: str = Field(examples=["http://127.0.0.1:8000/v1"])
    """Only for admins of the installation; else empty."""
    key: bool
    """Whether it asks for a key and that is set; keys themselves are never shown."""
    key_missing: bool
    """Whether it asks for a key that is not set."""
    first_token_budget_ms: int = Field(examples=[700])
    next_token_budget_ms: int = Field(examples=[1000])
    whole_budget_ms: int = Field(examples=[15000])
    hedge_ms: int | None = Field(examples=[300])
    price: Price


class RoutesFacts(Told):
    """The language models of this installation."""

    routes: dict[str, RouteFacts]
    chains: dict[str, tuple[str, ...]] = Field(examples=[{"default": ["fast"], "fast": ["fast"]}])
    """Every name that a node or an agent may use, and whom it asks, in order."""
    fault: str = Field(examples=[""])
    """Why the file as it is now cannot be used, and the last good one stays in service; empty: it can."""


class RouteTried(Told):
    """What came of trying a route."""

    route: str
    model: str
    good: bool = Field(examples=[True])
    """Whether it answered, both freely and under a schema."""
    fault: str = Field(examples=[""])
    """Why not, in a plain sentence with the remedy."""
    code: str = Field(examples=[""])
    first_ms: float | None = Field(examples=[143.0])
    """Milliseconds to the first words."""
    tokens_per_s: float | None = Field(examples=[71.5])
    choice_ms: float | None = Field(examples=[205.0])
    """Milliseconds for a choice from a closed set."""
    budget_ms: int = Field(examples=[700])
    late: bool
    """Whether the first words came after the route's budget: in a call the next route is asked."""


class UnknownRoute(ServerError):
    """No such route."""

    code = "unknown_route"
    status = 404


class StaleRoutes(ServerError):
    """The file was changed since it was read."""

    code = "stale_routes"
    status = 412

    def __init__(self) -> None:
        super().__init__("The routes were changed after the copy you changed was read. Look at them, and save again.")


@router.get("/routes", dependencies=[signed_in()])
async def list_routes(desk: TheDesk, who: Who) -> RoutesFacts:
    """The routes in service, and the chains of them."""
    book = desk.office.routes
    await book.look()
    routes = book.routes
    return RoutesFacts(
        routes={name: _facts(route, shown=who.everywhere) for name, route in routes.routes.items()},
        chains={name: routes.chain(name) for name in (*routes.chains, *routes.routes)},
        fault=book.fault if who.everywhere else "",
    )


@router.get("/routes/file", dependencies=[everywhere()], responses=TAGGED)
async def show_routes_file(desk: TheDesk, response: Response) -> Routes:
    """The routes as their file has them. Keys stand in no file: it names the environment variables that hold them."""
    path = desk.office.settings.routes_path
    routes, tag = await asyncio.to_thread(
        lambda: (read_routes_file(path), _tag(path.read_bytes() if path.exists() else b""))
    )
    response.headers["ETag"] = etag(tag)
    return routes


@router.put("/routes/file", dependencies=[everywhere()], responses=TAGGED)
async def save_routes_file(desk: TheDesk, given: Routes, response: Response, if_match: IfMatch = "") -> Routes:
    """Replace the file, comments and all. Calls have it from the next one on."""
    tag = matched(if_match)
    path = desk.office.settings.routes_path

    def write() -> bytes:
        if tag != _tag(path.read_bytes() if path.exists() else b""):
            raise StaleRoutes
        return write_routes_file(path, given)

    async with desk.workbench.routes_lock:
        written = await asyncio.to_thread(write)
    await desk.office.routes.look()
    response.headers["ETag"] = etag(_tag(written))
    return given


@router.post("/routes/{route}/try", dependencies=[everywhere()])
async def try_route(desk: TheDesk, route: RouteName) -> RouteTried:
    """Ask a route for a few words and for a choice under a schema."""
    await desk.office.routes.look()
    found = desk.office.routes.routes.routes.get(route)
    if found is None:
        raise UnknownRoute(f"There is no route {route!r}.")
    model = RouteModel(route, found)
    try:
        await model.warm_up()
        tried = await check_route(model, found)
    finally:
        await model.aclose()
    return RouteTried(
        route=tried.route,
        model=tried.model,
        good=tried.good,
        fault=tried.fault,
        code=tried.code,
        first_ms=tried.first_ms,
        tokens_per_s=tried.tokens_per_s,
        choice_ms=tried.choice_ms,
        budget_ms=tried.budget_ms,
        late=tried.late,
    )


def _facts(route: Route, *, shown: bool) -> RouteFacts:
    key = bool(route.key().get_secret_value())
    return RouteFacts(
        model=route.model,
        dialect=route.dialect,
        base_url=str(route.base_url) if shown else "",
        key=key,
        key_missing=bool(route.api_key_env) and not key,
        first_token_budget_ms=route.first_token_budget_ms,
        next_token_budget_ms=route.next_token_budget_ms,
        whole_budget_ms=route.whole_budget_ms,
        hedge_ms=route.hedge_ms,
        price=route.price,
    )


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
