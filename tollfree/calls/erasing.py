"""Erases what a caller said: their words, the sound, and values that the flow marks as personal. That there was a call,
its way through the flow and its figures stay."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tollfree.calls.bundle import load_bundle
from tollfree.calls.erased_log import erased_log, without_values
from tollfree.calls.phone.errors import BadNumber
from tollfree.calls.phone.number import e164
from tollfree.calls.project import ProjectSettings
from tollfree.calls.recording_retention import delete_recordings
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased."""

    calls: int = 0
    recordings: int = 0
    """Files of sound."""
    running: int = 0
    """Calls that still run, and were left alone."""


async def erase_caller(store: Store, home: Path, project: ProjectId, caller: str, settings: ProjectSettings) -> Erased:
    """Every call of a project with this number. Raises `StoreError`."""
    numbers = {caller.strip()}
    try:
        numbers.add(e164(caller, settings.region))
    except BadNumber:
        pass  # as it is: a line may name callers otherwise
    return await _all(store, home, project, await store.erasing.of_caller(project, numbers))


async def erase_call(store: Store, home: Path, project: ProjectId, call: CallId) -> Erased:
    """One call of a project. Raises `UnknownCall`."""
    if (await store.calls.get(call)).project != project:
        raise UnknownCall(call)
    return await _all(store, home, project, (call,))


async def erase_old(store: Store, clock: Clock, home: Path, project: ProjectId, days: int, limit: int = 200) -> Erased:
    """The calls of a project that ended more than so many days ago, a number of them at a time."""
    before = clock.now() - timedelta(days=days)
    return await _all(store, home, project, await store.erasing.ended_before(project, before, limit))


async def _all(store: Store, home: Path, project: ProjectId, calls: tuple[CallId, ...]) -> Erased:
    done, files, running = 0, 0, 0
    for call in calls:
        if (await store.calls.get(call)).ended_at is None:
            running += 1
            continue
        await _words(store, call)
        files += await asyncio.to_thread(delete_recordings, home, project, call)
        done += 1
    return Erased(calls=done, recordings=files, running=running)


async def _words(store: Store, call: CallId) -> None:
    stored = await store.calls.get(call)
    entries = [entry async for entry in store.log.stream(call)]
    final = await store.calls.final_state(call)
    try:
        version = await store.versions.get(stored.project, stored.flow, stored.version)
        kept = erased_log(load_bundle(version.bundle), entries)
    except TollfreeError as error:  # a version that this program cannot read: nothing of the log can be kept
        _log.warning("the log of a call is deleted whole", extra={"call_id": call, "code": error.code})
        await store.erasing.keep(call, (), {})
        return
    if kept.state is not None:
        await store.erasing.keep(call, kept.entries, snapshot(kept.state))
    else:
        await store.erasing.keep(call, kept.entries, without_values(final.state if final is not None else {}))
