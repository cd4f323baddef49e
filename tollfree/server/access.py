"""Who may use a route. Every route says so, or the app cannot be built."""

import hmac
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute

from tollfree.calls.store.errors import UnknownProject
from tollfree.network.address import is_loopback
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.answers import PROBLEMS, status_of
from tollfree.server.doorkeeper import SAFE
from tollfree.server.errors import NotAllowed, SignedOut, Unguarded
from tollfree.server.principal import Principal
from tollfree.server.settings import ServerSettings

Scope = Literal["project", "everywhere", "signed_in", "operators", "anyone"]


class Access:
    """What a route asks for; it stands among the route's dependencies, and `GuardedRoute` enforces it before anything
    of the request but its head is read."""

    def __init__(
        self,
        scope: Scope,
        role: Role | None = None,
        looked_at: str = "",
        by: Role | None = None,
        *,
        person: bool = False,
    ) -> None:
        self.scope: Scope = scope
        """`project`: a role in the project that the path names. `everywhere`: an admin of the installation.
        `signed_in`: a person, of whatever role. `operators`: whoever asks from this machine or with the key for
        metrics, and admins of the installation. `anyone`: nobody is asked."""
        self.role = role
        """With `project`: the least that is needed."""
        self.looked_at = looked_at
        """What personal data it shows, where looking at it is written down."""
        self.by = by
        """Whom it shows that: those who have this role, or one that covers it."""
        self.person = person
        """Whether a program's key will not do, of whatever role: else a key that was found could make others."""

    async def __call__(self) -> None:
        """Nothing: it was enforced before."""

    async def check(self, request: Request) -> Principal | None:
        """Who it is. Raises `SignedOut`, `NotAllowed`, or `UnknownProject` also where they have no part in it."""
        if self.scope == "anyone":
            return None
        desk = request.app.state.desk
        if self.scope == "operators" and _operates(request, desk.settings):
            return None
        who: Principal | None = await desk.doorkeeper.principal(request)
        if who is None:
            raise SignedOut
        if self.scope == "project":
            await self._check_project(request, desk, who)
        if (self.scope == "signed_in" or self.person) and who.kind != "user":
            raise NotAllowed("Only a person who is signed in may do this, not a program with a key.")
        if self.scope in ("everywhere", "operators") and not who.everywhere:
            raise NotAllowed("Only an admin of the installation may do this.")
        return who

    def is_look(self, request: Request, who: Principal | None) -> bool:
        """Whether personal data is shown."""
        if not self.looked_at or self.by is None:
            return bool(self.looked_at)
        return who is not None and who.may(ProjectId(request.path_params["project"]), self.by)

    async def _check_project(self, request: Request, desk: Any, who: Principal) -> None:
        project = ProjectId(request.path_params["project"])
        role = who.role_in(project)
        if role is None:
            raise UnknownProject(project)
        await desk.office.store.projects.get(project)
        assert self.role is not None
        if not role.covers(self.role):
            raise NotAllowed(f"This needs the role {self.role.value} in {project}; yours is {role.value}.")


def may(role: Role, *, looked_at: str = "", by: Role | None = None, person: bool = False) -> Dependency:
    """Whoever has this role, or one that covers it, in the project that the path names. `looked_at`: what personal data
    the route shows, to those whose role covers `by`; each such look is then written to the audit trail. `person`: no
    program with a key."""
    return Depends(Access("project", role, looked_at, by, person=person))


def everywhere() -> Dependency:
    """Admins of the installation."""
    return Depends(Access("everywhere"))


def signed_in() -> Dependency:
    """Any person who is signed in."""
    return Depends(Access("signed_in"))


def operators() -> Dependency:
    """Programs that keep the installation running, and its admins."""
    return Depends(Access("operators"))


def anyone() -> Dependency:
    """Whoever asks."""
    return Depends(Access("anyone"))


class GuardedRoute(APIRoute):
    """A route that asks who it is first, and writes down what was changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access_of(self)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, within the guard."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            began = perf_counter()
            status = 500
            try:
                who = await self.access.check(request)
                request.state.who = who
                response = await inner(request)
                status = response.status_code
                if self.access.is_look(request, who) or request.method not in SAFE:
                    await self._write_down(request, response, who)
                return response
            except TollfreeError as error:
                status = status_of(error)
                raise
            finally:
                request.app.state.desk.metrics.seen(self.name, status, perf_counter() - began)

        return handle

    async def _write_down(self, request: Request, response: Response, who: Principal | None) -> None:
        who = who or getattr(request.state, "who", None)  # whoever signs in is known afterwards
        if response.status_code >= 400 or who is None:
            return
        params = {name: str(value) for name, value in request.path_params.items()}
        project = params.pop("project", "") or getattr(request.state, "project", "")
        details = dict(getattr(request.state, "audit", {}))
        if self.access.looked_at:
            details["looked_at"] = self.access.looked_at
        await request.app.state.desk.office.store.audit.add(
            who=who.name,
            who_id=who.id,
            project=project,
            action=self.name,
            subject=" ".join(f"{name}={value}" for name, value in params.items()),
            details=details,
        )


def guarded(noun: str, *, prefix: str = "/api/v1") -> APIRouter:
    """A router for the routes of one noun. A route's name is that of its function, and unique over all nouns."""
    return APIRouter(prefix=prefix, tags=[noun], route_class=GuardedRoute, responses=PROBLEMS)


def access_of(route: APIRoute) -> Access:
    """What a route asks for. Raises `Unguarded` where it does not say, or says it twice, or asks for a role in a
    project that its path does not name."""
    found = [one.dependency for one in route.dependencies if isinstance(one.dependency, Access)]
    if len(found) != 1:
        raise Unguarded(f"{route.path} says {len(found)} times who may use it.")
    if found[0].scope == "project" and "{project}" not in route.path:
        raise Unguarded(f"{route.path} asks for a role in a project, but names none.")
    if found[0].scope != "project" and "/projects/{project}" in route.path:
        raise Unguarded(f"{route.path} is a project's, but asks for no role in it.")
    return found[0]


def _operates(request: Request, settings: ServerSettings) -> bool:
    """Whether a request comes from this machine itself, not by a proxy of it; or has the key for metrics."""
    key = settings.metrics_key.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if key and hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
        return True
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"))
    return not forwarded and request.client is not None and is_loopback(request.client.host)
