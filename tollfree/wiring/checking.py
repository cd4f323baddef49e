"""Everything that is wrong with a flow, as an installation sees it: its embedder compares examples, its routes are
known, and the project's other flows are at hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tollfree.calls.publishing import check
from tollfree.calls.route_table import route_faults
from tollfree.calls.store.store import Store
from tollfree.flows.compile import Compiled, Documents
from tollfree.flows.errors import Fault, Severity
from tollfree.flows.library import Library
from tollfree.flows.source import Document
from tollfree.language.embed.base import Embedder
from tollfree.language.errors import LanguageError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values


def check_document(
    document: Values,
    library: Library,
    others: Documents,
    *,
    embedder: Callable[[], Embedder] | None,
    routes: Iterable[str],
) -> Compiled:
    """All that is wrong with a flow. `embedder` loads what examples are compared with, None: they are not; where it
    cannot be had, a warning says so. `routes`: names that a flow may give as a route. Takes a while: not for the
    loop."""
    loaded, warnings = _loaded(embedder) if embedder is not None and has_intents(document) else (None, ())
    compiled = check(document, library, others, loaded)
    return replace(compiled, faults=(*compiled.faults, *route_faults(document, routes), *warnings))


def has_intents(document: Values) -> bool:
    """Whether a flow has examples that could be compared."""
    nodes = document.get("nodes")
    entries = nodes.values() if isinstance(nodes, Mapping) else ()
    return any(isinstance(node, Mapping) and node.get("kind") == "intent" for node in entries)


def _loaded(embedder: Callable[[], Embedder]) -> tuple[Embedder | None, tuple[Fault, ...]]:
    """The embedder, or a warning that examples are not compared."""
    try:
        return embedder(), ()
    except LanguageError as error:
        message = f"The examples of intents were not compared. {error.message}"
        return None, (Fault(code=error.code, message=message, severity=Severity.WARNING),)


@dataclass(frozen=True, slots=True)
class _Kept:
    revision: int
    saved_at: datetime
    """A flow that was deleted and made anew counts from 1 again."""
    document: Document


class DraftShelf:
    """Every draft of a project, read again only when it was saved since: an editor asks with each key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[ProjectId, dict[FlowId, _Kept]] = {}

    async def drafts(self, project: ProjectId) -> dict[str, Document]:
        """By flow. Raises `UnknownProject`."""
        flows = await self._store.flows.list(project)
        kept = self._kept.get(project, {})
        fresh: dict[FlowId, _Kept] = {}
        for flow in flows:
            held = kept.get(flow.name)
            if held is None or (held.revision, held.saved_at) != (flow.revision, flow.saved_at):
                draft = await self._store.drafts.get(project, flow.name)
                held = _Kept(draft.revision, draft.saved_at, dict(draft.document))
            fresh[flow.name] = held
        self._kept[project] = fresh
        return {name: one.document for name, one in fresh.items()}
