"""Drafts as they come in: under their own name, whole enough to be kept, and gone only when nothing needs them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from tollfree.calls.publishing import drafts_of, project_settings
from tollfree.calls.recording_retention import delete_recordings
from tollfree.calls.store.drafts import NEW
from tollfree.calls.store.errors import FlowInUse
from tollfree.calls.store.store import Store
from tollfree.flows.compile import runs_of
from tollfree.flows.errors import FlowUnreadable
from tollfree.flows.source import Document
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Value


def name_of(document: Mapping[str, Value], place: str) -> FlowId:
    """The flow's name, as its document gives it. Raises `FlowUnreadable`."""
    name = document.get("flow")
    if not isinstance(name, str):
        raise FlowUnreadable(f"{place}: the flow has no name; write `flow: NAME` at its top.")
    return FlowId(name)


def require_name(document: Mapping[str, Value], flow: str, place: str) -> None:
    """Raises `FlowUnreadable` when a document is of another flow."""
    if document.get("flow") != flow:
        raise FlowUnreadable(f"{place} holds the flow `{str(document.get('flow'))[:80]}`, not `{flow}`.")


def first_draft(flow: str) -> Document:
    """A flow to begin with: a greeting, a question, a person, an end."""
    return {
        "flow": flow,
        "start": "welcome",
        "handlers": {"person": {"go": "to_a_person"}},
        "nodes": {
            "welcome": {"kind": "say", "say": "Thanks for calling {{ project.name }}.", "exits": {"said": "reason"}},
            "reason": {
                "kind": "ask",
                "slots": {"reason": {"type": "text", "ask": "How can I help?"}},
                "exits": {
                    "given": "to_a_person",
                    "refused": "to_a_person",
                    "gave_up": "to_a_person",
                    "silent": "goodbye",
                },
            },
            "to_a_person": {
                "kind": "transfer",
                "to": "staff",
                "say": "I'll connect you with somebody who can help.",
                "exits": {"connected": "goodbye", "nobody": "goodbye", "failed": "goodbye"},
            },
            "goodbye": {"kind": "end", "say": "Thank you. Goodbye."},
        },
    }


async def revision_of(store: Store, project: ProjectId, flow: FlowId) -> int:
    """Of a flow's draft; `NEW`: there is no such flow. Raises `UnknownProject`."""
    known = {one.name: one.revision for one in await store.flows.list(project)}
    return known.get(flow, NEW)


async def delete_flow(store: Store, home: Path, project: ProjectId, flow: FlowId) -> None:
    """Delete a flow that no agent answers with, no other flow runs and no customer's call was made on; with the trials
    of its drafts, and their recordings in the home folder.

    Raises `UnknownProject`, `UnknownFlow` or `FlowInUse`.
    """
    await store.flows.get(project, flow)
    settings = await project_settings(store, project)
    agents = [name for name, agent in settings.agents.items() if flow in agent.flows]
    if agents:
        raise FlowInUse(flow, f"the agent {agents[0]} answers with it. Give the agent another flow first.")
    running = [name for name, document in (await drafts_of(store, project)).items() if flow in runs_of(document)]
    others = [name for name in running if name != flow]
    if others:
        raise FlowInUse(flow, f"the flow {others[0]} runs it. Take it out there first.")
    for trial in await store.flows.delete(project, flow):
        await asyncio.to_thread(delete_recordings, home, project, trial)
