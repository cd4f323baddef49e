"""A project's knowledge, asked a question."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.speakable import LONGEST_QUESTION
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.models.knowledge import PassageFacts, passage_facts
from tollfree.wiring.asking import Asked, ask

router = guarded("knowledge")

_FROZEN = ConfigDict(frozen=True, use_attribute_docstrings=True)


class FoundPassage(BaseModel):
    """A passage that comes near the question."""

    model_config = _FROZEN

    passage: PassageFacts
    score: float = Field(ge=0, le=1, examples=[0.71])
    """How likely it is to answer, 0 to 1."""
    sure: bool = Field(examples=[True])
    """Whether that is enough for an agent to say it."""


class AgentAnswer(BaseModel):
    """What an agent would say, and why."""

    model_config = _FROZEN

    outcome: Literal["answered", "unknown", "failed", "no_documents"]
    """`unknown`: it would say that it does not know. `failed`: it has found something and cannot say it."""
    says: str = Field(examples=["Orders leave the oven at six and arrive before ten."])
    """The words, where no language model words them, or when that fails."""
    more: tuple[str, ...] = Field(examples=[[]])
    """What it would offer to go on with, a part at a time."""
    cited: str = Field(examples=["handbook, page 3"])
    """What it rests on."""
    passage: str = Field(examples=["f0a1c2d3e4b59687"])
    """That passage's id; empty: none."""
    why: str = Field(examples=["The best passage is sure enough."])
    """In a sentence."""
    threshold: float = Field(examples=[0.13])
    """The score from which on something is said."""
    worded_by: Literal["passage", "model", "nobody"]
    """`model`: a language model words it from the passages that are sure enough."""


class KnowledgeAnswer(BaseModel):
    """What a question finds."""

    model_config = _FROZEN

    question: str = Field(examples=["When does my order arrive?"])
    passages: tuple[FoundPassage, ...]
    """The best first, also those that are too unsure to be said."""
    answer: AgentAnswer


@router.get("/projects/{project}/knowledge/search", dependencies=[may(Role.VIEWER)])
async def search_knowledge(
    desk: TheDesk,
    project: str,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUESTION,
            description="The question.",
            examples=["When does my order arrive?"],
        ),
    ],
    k: Annotated[int, Query(ge=1, le=50, description="Passages at most.")] = 5,
    tag: Annotated[
        list[str] | None,
        Query(max_length=20, description="Only passages with one of these tags.", examples=[["delivery"]]),
    ] = None,
    context: Annotated[
        str,
        Query(
            max_length=LONGEST_QUESTION,
            description="The question before, if this one leans on it.",
            examples=["Do you deliver?"],
        ),
    ] = "",
) -> KnowledgeAnswer:
    """Ask a question as a caller would: what is found, what an agent would say, and why."""
    asked = await ask(desk.office, ProjectId(project), q, k=k, tags=tuple(tag or ()), context=context)
    passages = tuple(
        FoundPassage(passage=passage_facts(kept), score=round(one.score, 4), sure=one.score >= KNOWN)
        for one, kept in asked.found
        if kept is not None
    )
    return KnowledgeAnswer(question=q, passages=passages, answer=_answer(asked))


def _answer(asked: Asked) -> AgentAnswer:
    answered = asked.outcome == "answered"
    cited: Passage | None = asked.cited
    return AgentAnswer(
        outcome=asked.outcome,
        says=asked.says,
        more=asked.more,
        cited=cited.cited if cited is not None else "",
        passage=cited.id if cited is not None else "",
        why=asked.why,
        threshold=KNOWN,
        worded_by="nobody" if not answered else "model" if asked.worded_by_model else "passage",
    )
