"""Loads what calls will run, before any call comes."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress

from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.publishing import project_settings
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.versions import VERSIONS_KEPT, Loaded

WARM_S = 5.0
"""Seconds for all versions together: one takes a tenth of a second, and a process that gets ready is waited for."""

_log = logging.getLogger(__name__)


async def warm_versions(office: Office, *, within_s: float = WARM_S) -> Mapping[str, Loaded]:
    """Load the published versions that agents answer with, as many as are kept and can be loaded in time; the others
    are loaded as their calls begin. What is wrong with a project is told to whoever calls it, not here."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            try:
                projects = await office.store.projects.list()
            except TollfreeError as error:
                _log.warning("flows are loaded as calls begin: %s", error.message, extra={"code": error.code})
                projects = ()
            for project in projects:
                try:
                    await _warm(office, project.id)
                except Exception as error:  # noqa: BLE001  a damaged version is told to whoever calls it, and to nobody else
                    _log.warning(
                        "a project's flows are loaded as its calls begin", extra={"error": type(error).__name__}
                    )
    return office.versions.loaded


async def _warm(office: Office, project: ProjectId) -> None:
    """Load what one project's agents answer with. Raises `UnknownProject` or `BadProject`."""
    settings = await project_settings(office.store, project)
    for agent in sorted(settings.agents) or [DEFAULT_AGENT]:
        if len(office.versions.loaded) >= VERSIONS_KEPT:
            return
        with suppress(TollfreeError):
            await office.versions.published(project, await office.flow_of(project, settings, agent))
        hours = settings.agents[agent].hours if agent in settings.agents else None
        if hours is not None and hours.flow:
            with suppress(TollfreeError):
                await office.versions.published(project, FlowId(hours.flow))
