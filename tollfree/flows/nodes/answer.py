"""The `answer` kind: answers questions from the project's knowledge, cited; stays while there are more."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, NodeConfig, Text
from tollfree.flows.nodes.base import (
    STAY,
    UNNUMBERED,
    Heard,
    Leave,
    Node,
    NodeEvent,
    NodeQuestion,
    Reaction,
    Visit,
)
from tollfree.flows.state import Local
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Compose, Retrieve, Say
from tollfree.protocol.events import CallerSilent, Composed, EffectFailed, Retrieved
from tollfree.protocol.ids import ExitName, NodeId
from tollfree.protocol.passage import Passage

ANSWERED, UNKNOWN, FAILED, SILENT = (ExitName(name) for name in ("answered", "unknown", "failed", "silent"))


class AnswerConfig(NodeConfig):
    """Answers questions from the project's documents."""

    kind: Literal["answer"] = "answer"
    ask: Lines = ""
    """How to invite the question; without it, the caller's last words are the question."""
    more: Lines = ""
    """How to invite a further one; by default "Is there anything else you'd like to know?"."""
    stay: bool | None = None
    """Whether to invite further questions; by default yes, but not in a digression."""
    tags: tuple[str, ...] = ()
    """Only sources with one of these tags; none: all."""
    while_waiting: Text = ""
    """Said once when the answer takes longer than a second."""
    route: str | None = None
    """The language-model route that words the answer."""
    questions: int = Field(default=8, ge=1, le=50)
    """After this many questions the exit is `answered`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row: `answered` when something was, else `silent`."""


@dataclass(frozen=True, slots=True)
class Answering(Local):
    """The question at hand and what was found for it."""

    question: str = ""
    passages: tuple[Passage, ...] = ()
    answered: int = 0
    silences: int = 0
    cited: tuple[str, ...] = ()
    """Ids of all passages used in this visit."""


class AnswerNode(Node[AnswerConfig]):
    """Question, retrieval, words, next question."""

    kind = "answer"
    config_model = AnswerConfig
    closed_exits = (ANSWERED, UNKNOWN, FAILED, SILENT)
    silent_exits = frozenset({ANSWERED, UNKNOWN, FAILED, SILENT})
    listens = True

    def __init__(self, node_id: NodeId, config: AnswerConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.ask = build.prompt("ask", config.ask)
        self.more = build.prompt("more", config.more)
        self.waiting = build.template("while_waiting", config.while_waiting)

    def enter(self, visit: Visit) -> Reaction:
        if self.ask or not visit.state.last_said:
            return Reaction(effects=(self._invite(visit),), local=Answering())
        return self._retrieve(visit, Answering(), visit.state.last_said)

    def resume(self, visit: Visit) -> Reaction:
        local = self._local(visit)
        return Reaction(effects=(self._invite_more(visit, local) if local.answered else self._invite(visit),))

    def question(self, visit: Visit) -> NodeQuestion:
        return NodeQuestion(choices=("no", "done"))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = self._local(visit)
        match event:
            case Heard(answer=answer) if answer.choice in ("no", "done"):
                return self._leave(local, ANSWERED, answer.decided_by, answer.evidence)
            case Heard(said=said):
                return self._retrieve(visit, replace(local, silences=0), said.text)
            case Retrieved(passages=()):
                return self._leave(local, UNKNOWN, "knowledge", "no passage is close enough")
            case Retrieved(passages=passages):
                return self._compose(visit, replace(local, passages=passages))
            case Composed(text=text, cited=cited, decided_by=decided_by) if text:
                return self._speak(visit, local, text, cited, decided_by)
            case EffectFailed(code=code, message=message):
                return self._fall_back(visit, local, f"{code}: {message}")
            case Composed():
                return self._fall_back(visit, local, "nothing was composed")
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _retrieve(self, visit: Visit, local: Answering, question: str) -> Reaction:
        waiting = self.waiting.render(visit.values)
        retrieve = Retrieve(id=UNNUMBERED, query=question, tags=self.config.tags, waiting=waiting)
        return Reaction(effects=(retrieve,), local=replace(local, question=question, passages=()))

    def _compose(self, visit: Visit, local: Answering) -> Reaction:
        compose = Compose(
            id=UNNUMBERED,
            purpose="answer",
            instructions=local.question,
            said=local.question,
            passages=tuple(passage.id for passage in local.passages),
            route=self.config.route or visit.state.route,
            waiting=self.waiting.render(visit.values),
        )
        return Reaction(effects=(compose,), local=local)

    def _fall_back(self, visit: Visit, local: Answering, why: str) -> Reaction:
        """Without composed words, the best passage speaks for itself, if it can be spoken."""
        if local.passages and local.passages[0].speakable:
            best = local.passages[0]
            return self._speak(visit, local, best.speakable, (best.id,), "passage")
        return self._leave(local, FAILED, "knowledge", why)

    def _speak(self, visit: Visit, local: Answering, text: str, cited: tuple[str, ...], decided_by: str) -> Reaction:
        local = replace(
            local, answered=local.answered + 1, passages=(), cited=tuple(dict.fromkeys([*local.cited, *cited]))
        )
        say = Say(id=UNNUMBERED, text=text)
        stay = self.config.stay if self.config.stay is not None else visit.frame.opened_by != "handler"
        if not stay or local.answered >= self.config.questions:
            reaction = self._leave(local, ANSWERED, decided_by, "")
            return replace(reaction, effects=(say,))
        return Reaction(effects=(say, self._invite_more(visit, local)), local=local)

    def _silent(self, visit: Visit, local: Answering) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences or local.answered:
            exit = ANSWERED if local.answered else SILENT
            return self._leave(local, exit, "engine", f"silent {local.silences} times")
        still = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        say = Say(id=UNNUMBERED, text=f"{still} {self._invite(visit).text}")
        return Reaction(effects=(say,), local=local)

    def _leave(self, local: Answering, exit: ExitName, decided_by: str, evidence: str) -> Reaction:
        cited = "cited: " + ", ".join(local.cited) if local.cited else ""
        parts = "; ".join(part for part in (evidence, cited) if part)
        return Reaction(local=local, then=Leave(exit=exit, decided_by=decided_by, evidence=parts))

    def _invite(self, visit: Visit) -> Say:
        if self.ask:
            return Say(id=UNNUMBERED, text=self.ask.render(visit.values), fixed=self.ask.fixed())
        return Say(id=UNNUMBERED, text=visit.graph.wording.say(Line.YOUR_QUESTION, visit.values, 0))

    def _invite_more(self, visit: Visit, local: Answering) -> Say:
        if self.more:
            return Say(id=UNNUMBERED, text=self.more.render(visit.values, local.answered - 1))
        return Say(id=UNNUMBERED, text=visit.graph.wording.say(Line.ANYTHING_ELSE, visit.values, local.answered - 1))

    def _local(self, visit: Visit) -> Answering:
        local = visit.frame.local
        assert isinstance(local, Answering)
        return local
