"""Keeps each project's personal data no longer than its settings say."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from tollfree.calls.erasing import erase_old
from tollfree.calls.project import settings_of
from tollfree.calls.recording_retention import RECORDINGS, prune_recordings
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError

_log = logging.getLogger(__name__)


async def prune_projects(store: Store, clock: Clock, home: Path) -> None:
    """Delete recordings that are too old, and erase what was said too long ago: a number of calls at a time, so that a
    call that begins does not wait for a year of them. A project whose settings cannot be read is passed over."""
    for project in await store.projects.list():
        try:
            kept = settings_of(project.settings, f"project {project.id}").retention
            if kept.audio_days:
                before = clock.now() - timedelta(days=kept.audio_days)
                await asyncio.to_thread(prune_recordings, home / RECORDINGS, before, project.id)
            if kept.transcript_days:
                await erase_old(store, clock, home, project.id, kept.transcript_days)
        except TollfreeError as error:
            _log.warning("personal data not pruned", extra={"project": project.id, "code": error.code})
