"""The flows that calls ran on, compiled, for whoever reads their logs."""

import asyncio
from collections import OrderedDict

from tollfree.calls.bundle import load_bundle
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store
from tollfree.flows.graph import Flow
from tollfree.protocol.errors import TollfreeError

KEPT = 64
"""Compiled flows that are kept: they never change."""


class FlowShelf:
    """Without classifiers and embedders, which only a call needs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[str, Flow | None] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(self, call: Call) -> Flow | None:
        """The version that a call runs on; None: this program cannot read it. Raises `StoreError`."""
        info = await self._store.versions.info(call.project, call.flow, call.version)
        if info.sha256 not in self._kept:
            async with self._turn:
                if info.sha256 not in self._kept:
                    await self._load(call, info.sha256)
        self._kept.move_to_end(info.sha256)
        return self._kept[info.sha256]

    async def _load(self, call: Call, sha256: str) -> None:
        version = await self._store.versions.get(call.project, call.flow, call.version)
        try:
            # In a thread: compiling takes a tenth of a second.
            self._kept[sha256] = await asyncio.to_thread(load_bundle, version.bundle)
        except TollfreeError:
            self._kept[sha256] = None
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
