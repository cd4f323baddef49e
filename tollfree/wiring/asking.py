"""A question put to a project's knowledge as an agent would: what is found, what would be said, and why."""

from dataclasses import dataclass
from typing import Literal

from tollfree.calls.performers import NoEngine
from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.confidence import KNOWN
from tollfree.protocol.effects import Retrieve
from tollfree.protocol.ids import EffectId, ProjectId
from tollfree.protocol.passage import Passage
from tollfree.wiring.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of a question."""

    found: tuple[tuple[Passage, StoredPassage | None], ...]
    """Best first, also what is too unsure to be said; with the passage as it is kept."""
    outcome: Literal["answered", "unknown", "failed", "no_documents"]
    """The exit that an `answer` node would leave by; `no_documents` is one of its failures."""
    says: str = ""
    """What is said where no language model words it, or when that fails."""
    more: tuple[str, ...] = ()
    """What is offered besides, a part at a time."""
    cited: Passage | None = None
    """What it rests on."""
    why: str = ""
    worded_by_model: bool = False
    """Whether a language model words the answer, of the passages that are sure enough."""


async def ask(
    office: Office, project: ProjectId, question: str, *, k: int = 5, tags: tuple[str, ...] = (), context: str = ""
) -> Asked:
    """Ask. `context`: the question before. Raises `UnknownProject` or `KnowledgeError`."""
    await office.store.projects.get(project)
    shelf = office.knowledge
    query = Query(text=question, k=k, tags=tags, context=context)
    nearest = await shelf.retrieve(project, query, at_least=0.0)  # with no limit of time: the first one loads models
    kept = {one.id: one for one in await shelf.get(project, [one.id for one in nearest])}
    found = tuple((one, kept.get(one.id)) for one in nearest)
    wanted = Retrieve(id=EffectId("asked"), query=question, tags=tags, context=context)
    try:
        passages = await office.knowledge_of(project).retrieve(wanted)
    except NoEngine as error:
        return Asked(found=found, outcome="no_documents", why=error.message)
    if not passages:
        return Asked(found=found, outcome="unknown", why=_unsure(nearest))
    await office.routes.look()
    best, by_model = passages[0], bool(office.routes.routes.routes)
    sure = f"The best passage scores {best.score:.2f}; from {KNOWN:.2f} on it is said."
    if not best.speakable and not by_model:
        why = f"{sure} But none of it can be spoken, and no language model is configured to word it."
        return Asked(found=found, outcome="failed", cited=best, why=why)
    return Asked(
        found=found,
        outcome="answered",
        says=best.speakable,
        more=best.more,
        cited=best,
        why=sure,
        worded_by_model=by_model,
    )


def _unsure(nearest: tuple[Passage, ...]) -> str:
    if not nearest:
        return "Nothing of the documents comes near the question."
    return (
        f"The best passage scores {nearest[0].score:.2f}, which is below {KNOWN:.2f}: it is more likely to answer "
        "something else, so the agent says that it does not know."
    )
