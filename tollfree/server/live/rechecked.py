"""Whether whoever watches still may: asked again and again, as a stream outlives its request's check."""

import asyncio

from fastapi import Request

from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.desk import Desk
from tollfree.server.errors import ServerError

RECHECK_S = 20.0
"""Between two looks; with the heartbeat, less than a minute goes by until a revoked role ends a stream."""


class Rechecked:
    """Called whenever something is to be sent, and every so often when nothing is."""

    def __init__(
        self, request: Request, desk: Desk, project: ProjectId, *, personal: bool, every_s: float = RECHECK_S
    ) -> None:
        self._request = request
        self._desk = desk
        self._project = project
        self._personal = personal
        self._every_ms = every_s * 1000
        self._asked_ms = desk.clock.elapsed_ms()

    async def __call__(self) -> bool:
        """False: they signed out, or their role is another than it was."""
        now = self._desk.clock.elapsed_ms()
        if now - self._asked_ms < self._every_ms:
            return True
        self._asked_ms = now
        try:
            async with asyncio.timeout(10):
                who = await self._desk.doorkeeper.principal(self._request)
        except ServerError:
            return False
        except (TollfreeError, TimeoutError):  # the store is away: whoever watched goes on, and sees nothing new
            return True
        if who is None or not who.may(self._project, Role.VIEWER):
            return False
        return who.may(self._project, Role.SUPERVISOR) == self._personal
