"""The routes in service: clients and breakers by route, and the chains of them, as the routes file says now."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tollfree.language.llm.base import NoRoute
from tollfree.language.llm.chain import ChainedModel, Link
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.route import Route, Routes
from tollfree.language.llm.routes_file import BadRoutes, read_routes_file
from tollfree.network.breaker import Breaker, Health
from tollfree.protocol.clock import Clock, SystemClock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Served:
    """A route with all that serves it."""

    route: Route
    model: RouteModel
    breaker: Breaker


class RouteBook:
    """One serves a process. Routes that did not change keep their connections and their health when the file does."""

    def __init__(self, path: Path, *, clock: Clock | None = None, environ: Mapping[str, str] = os.environ) -> None:
        """Looks at nothing yet: see `look`."""
        self.path = path
        self.routes = Routes()
        """What is in service: of the file as it was when it could last be used."""
        self.fault = ""
        """Why the file as it is now cannot be used; empty: it can."""
        self._clock = clock if clock is not None else SystemClock()
        self._environ = environ
        self._served: dict[str, _Served] = {}
        self._seen: object = None

    async def look(self) -> None:
        """Take the file in if it has changed; where it cannot be used, say so and keep what is in service. Costs a call
        that begins one look at the file's date. A file that is gone takes its routes with it."""
        seen = _signature(self.path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            routes = read_routes_file(self.path)
        except BadRoutes as bad:
            self.fault = bad.message
            _log.warning("routes file cannot be used; the last good one stays in service", extra={"fault": bad.message})
            return
        self.fault = ""
        await self._serve(routes)

    def chain(self, name: str | None) -> ChainedModel:
        """The routes to ask, by the name of a route or chain; for none or an unknown one, those of `default`. Raises
        `NoRoute` where nothing is configured."""
        if not self.routes.chain(name):
            raise NoRoute(f"no language model is configured for {name or 'default'}: add routes to {self.path}")
        return ChainedModel(name or "default", lambda: self._links(name), clock=self._clock)

    async def warm_up(self) -> None:
        """Look, and import the client library if there is a route, so that no caller waits for it."""
        await self.look()
        for served in self._served.values():
            await served.model.warm_up()

    def health(self) -> dict[str, Health]:
        """How each route is, as far as it was asked."""
        return {name: served.breaker.health() for name, served in self._served.items()}

    async def aclose(self) -> None:
        """Let every connection go."""
        for served in self._served.values():
            await served.model.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _serve(self, routes: Routes) -> None:
        before, self._served = self._served, {}
        for name, route in routes.routes.items():
            served = before.get(name)
            if served is not None and served.route == route:
                self._served[name] = before.pop(name)
                continue
            model = RouteModel(name, route, clock=self._clock, environ=self._environ)
            self._served[name] = _Served(route, model, Breaker(self._clock.elapsed_ms))
        self.routes = routes
        for served in before.values():
            await served.model.retire()

    def _links(self, name: str | None) -> tuple[Link, ...]:
        served = (self._served[route] for route in self.routes.chain(name))
        return tuple(Link(one.model, one.breaker, one.route.hedge_ms) for one in served)


def _signature(path: Path) -> object:
    """What changes when the file does; None: it is not there, or may not be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
