"""The `answer` kind: answers questions from the project's knowledge, cited; stays while there are more."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import RESUME, Lines, NodeConfig, Text
from tollfree.flows.follow_up import context_of, continues, follows_up
from tollfree.flows.nodes.base import (
    STAY,
    UNNUMBERED,
    Heard,
    Leave,
    Look,
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
from tollfree.protocol.question import Answer, Said

ANSWERED, UNKNOWN, FAILED, SILENT = (ExitName(name) for name in ("answered", "unknown", "failed", "silent"))

CITED = "cited: "
"""What an exit token's evidence begins its list of passages with; they are told apart by `; `."""


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
    grounded: bool = True
    """Whether a number, price, date or address may only be said where the passages, the variables or the caller have
    it."""
    questions: int = Field(default=8, ge=1, le=50)
    """After this many questions the exit is `answered`; "Shall I go on?" is still offered for the last of them."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row: `answered` when something was, else `silent`."""


@dataclass(frozen=True, slots=True)
class Answering(Local):
    """The question at hand, what was found for it, and what of it is still to be said."""

    question: str = ""
    passages: tuple[Passage, ...] = ()
    more: tuple[str, ...] = ()
    """What the passage that was read from says besides: the caller was asked whether to go on."""
    answered: int = 0
    silences: int = 0
    cited: tuple[str, ...] = ()
    """All passages used in this visit, as the exit token names them."""


class AnswerNode(Node[AnswerConfig]):
    """Question, retrieval, words, next question."""

    kind = "answer"
    config_model = AnswerConfig
    look = Look(
        title="Answer",
        help="Answers questions from the project's documents, and says where it found them.",
        icon="book-open",
        starter={"ask": "What would you like to know?"},
    )
    closed_exits = (ANSWERED, UNKNOWN, FAILED, SILENT)
    silent_exits = frozenset({ANSWERED, UNKNOWN, FAILED, SILENT})
    listens = True
    takes_any_words = True
    hears_while_waiting = True

    def __init__(self, node_id: NodeId, config: AnswerConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.ask = build.prompt("ask", config.ask)
        self.more = build.prompt("more", config.more)
        self.waiting = build.template("while_waiting", config.while_waiting)

    def enter(self, visit: Visit) -> Reaction:
        if visit.found:
            return self._compose(visit, Answering(question=visit.state.last_said, passages=visit.found))
        if self.ask or not visit.state.last_said:
            return Reaction(effects=(self._invite(visit),), local=Answering())
        return self._retrieve(visit, Answering(), visit.state.last_said)

    def resume(self, visit: Visit) -> Reaction:
        local = self._local(visit)
        if local.more:
            return Reaction(effects=(self._offer(visit, local),))
        return Reaction(effects=(self._invite_more(visit, local) if local.answered else self._invite(visit),))

    def question(self, visit: Visit) -> NodeQuestion:
        return NodeQuestion(choices=("yes", "more", "no", "done") if self._local(visit).more else ("no", "done"))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = self._local(visit)
        match event:
            case Heard(said=said, answer=answer):
                return self._heard(visit, replace(local, silences=0), said, answer)
            case Retrieved(passages=()):
                return self._leave(local, UNKNOWN, "knowledge", "no passage is close enough")
            case Retrieved(passages=passages):
                return self._compose(visit, replace(local, passages=passages))
            case Composed(text=text, cited=cited):
                why = _groundless(text, cited, local.passages)
                return self._fall_back(visit, local, why) if why else self._tell(visit, local, event)
            case EffectFailed(code=code, message=message):
                return self._fall_back(visit, local, f"{code}: {message}")
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _heard(self, visit: Visit, local: Answering, said: Said, answer: Answer) -> Reaction:
        if local.more and answer.choice in ("yes", "more"):
            return self._go_on(visit, local)
        if answer.choice in ("no", "done"):
            if local.more and answer.choice == "no" and self._stays(visit, local):
                local = replace(local, more=())
                return Reaction(effects=(self._invite_more(visit, local),), local=local)
            return self._leave(local, ANSWERED, answer.decided_by, answer.evidence)
        if answer.choice is None and local.more and not continues(said.text) and self._lies_over_another(visit):
            # They may answer what was asked before the digression, so they are put to that.
            return self._leave(local, ANSWERED, "engine", "the caller went on", unheard=said)
        if local.answered >= self.config.questions:
            why = f"{local.answered} of {self.config.questions} questions were answered"
            return self._leave(local, ANSWERED, "engine", why, unheard=said)
        # Where nothing was answered yet, the question was perhaps not over.
        going_on = visit.frame.waiting is not None and follows_up(said.text)
        question = f"{local.question} {said.text}" if going_on else said.text
        return self._retrieve(visit, local, question, said.confidence)

    def _retrieve(self, visit: Visit, local: Answering, question: str, confidence: float = 1.0) -> Reaction:
        retrieve = Retrieve(
            id=UNNUMBERED,
            query=question,
            tags=self.config.tags,
            context=context_of(question, visit.state.asked),
            confidence=confidence,
            waiting=self.waiting.render(visit.values),
        )
        return Reaction(effects=(retrieve,), local=replace(local, question=question, passages=(), more=()))

    def _compose(self, visit: Visit, local: Answering) -> Reaction:
        compose = Compose(
            id=UNNUMBERED,
            purpose="answer",
            instructions=local.question,
            said=local.question,
            passages=tuple(passage.id for passage in local.passages),
            quoted=local.passages,
            context=context_of(local.question, visit.state.asked),
            route=self.config.route or visit.state.route,
            values=dict(visit.told_models),
            grounded=None if self.config.grounded else False,
            waiting=self.waiting.render(visit.values),
        )
        return Reaction(effects=(compose,), local=local)

    # Saying it

    def _tell(self, visit: Visit, local: Answering, composed: Composed) -> Reaction:
        cited = tuple(passage for passage in local.passages if passage.id in composed.cited)
        return self._speak(visit, local, composed.text, cited, composed.decided_by)

    def _fall_back(self, visit: Visit, local: Answering, why: str) -> Reaction:
        """Without composed words, the best passage speaks for itself, if it can be spoken."""
        if local.passages and local.passages[0].speakable:
            best = local.passages[0]
            return self._speak(visit, replace(local, more=best.more), best.speakable, (best,), "passage")
        return self._leave(local, FAILED, "knowledge", why)

    def _speak(
        self, visit: Visit, local: Answering, text: str, cited: tuple[Passage, ...], decided_by: str
    ) -> Reaction:
        names = tuple(dict.fromkeys([*local.cited, *(_named(passage) for passage in cited)]))
        local = replace(local, answered=local.answered + 1, passages=(), cited=names)
        asked = visit.state.asked if context_of(local.question, visit.state.asked) else local.question
        return replace(self._said(visit, local, text, decided_by), asked=asked)

    def _go_on(self, visit: Visit, local: Answering) -> Reaction:
        return self._said(visit, replace(local, more=local.more[1:]), local.more[0], "passage")

    def _said(self, visit: Visit, local: Answering, text: str, decided_by: str) -> Reaction:
        """A line of an answer, and what follows it: the offer to go on, the next question, or the way out."""
        if local.more:
            say = Say(id=UNNUMBERED, text=f"{text} {self._offer(visit, local).text}")
            return Reaction(effects=(say,), local=local)
        say = Say(id=UNNUMBERED, text=text)
        if self._stays(visit, local):
            return Reaction(effects=(say, self._invite_more(visit, local)), local=local)
        return replace(self._leave(local, ANSWERED, decided_by, ""), effects=(say,))

    def _stays(self, visit: Visit, local: Answering) -> bool:
        """Whether a further question is invited."""
        stay = self.config.stay if self.config.stay is not None else visit.frame.opened_by != "handler"
        return stay and local.answered < self.config.questions

    def _lies_over_another(self, visit: Visit) -> bool:
        """Whether the caller is waited for at another node, to which this one returns."""
        edges = visit.graph.edges.get(self.id, {})
        return visit.frame.opened_by == "handler" and edges.get(ANSWERED) == RESUME

    def _silent(self, visit: Visit, local: Answering) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences or local.answered:
            exit = ANSWERED if local.answered else SILENT
            return self._leave(local, exit, "engine", f"silent {local.silences} times")
        still = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        say = Say(id=UNNUMBERED, text=f"{still} {self._invite(visit).text}")
        return Reaction(effects=(say,), local=local)

    def _leave(
        self, local: Answering, exit: ExitName, decided_by: str, evidence: str, unheard: Said | None = None
    ) -> Reaction:
        cited = CITED + "; ".join(local.cited) if local.cited else ""
        parts = "; ".join(part for part in (evidence, cited) if part)
        return Reaction(local=local, then=Leave(exit=exit, decided_by=decided_by, evidence=parts, unheard=unheard))

    def _invite(self, visit: Visit) -> Say:
        if self.ask:
            return Say(id=UNNUMBERED, text=self.ask.render(visit.values), fixed=self.ask.fixed())
        return Say(id=UNNUMBERED, text=visit.graph.wording.say(Line.YOUR_QUESTION, visit.values, 0))

    def _invite_more(self, visit: Visit, local: Answering) -> Say:
        if self.more:
            return Say(id=UNNUMBERED, text=self.more.render(visit.values, local.answered - 1))
        return Say(id=UNNUMBERED, text=visit.graph.wording.say(Line.ANYTHING_ELSE, visit.values, local.answered - 1))

    def _offer(self, visit: Visit, local: Answering) -> Say:
        return Say(id=UNNUMBERED, text=visit.graph.wording.say(Line.GO_ON, visit.values, local.answered - 1))

    def _local(self, visit: Visit) -> Answering:
        local = visit.frame.local
        assert isinstance(local, Answering)
        return local


def citations(evidence: str) -> tuple[str, tuple[str, ...]]:
    """A token's evidence taken apart: why it was left so, and the passages it names, as a person finds them."""
    if evidence.startswith(CITED) and f"; {CITED}" not in evidence:
        why, cited = "", evidence.removeprefix(CITED)
    else:
        why, found, cited = evidence.rpartition(f"; {CITED}")
        why, cited = (why, cited) if found else (evidence, "")
    return why, tuple(cited.split("; ")) if cited else ()


def _groundless(text: str, cited: tuple[str, ...], given: tuple[Passage, ...]) -> str:
    """Why composed words may not be said: they must rest on passages that were found, and on nothing else."""
    strange = sorted(set(cited) - {passage.id for passage in given})
    if not text:
        return "nothing was composed"
    if strange:
        return f"the composed answer cites {', '.join(strange)[:80]}, which was not found"
    return "" if cited else "the composed answer cites nothing"


def _named(passage: Passage) -> str:
    """As a token lists it: what tells passages apart is not in a title."""
    name = " ".join(passage.cited.replace(";", ",").split())
    return name if passage.cited == passage.id else f"{name} [{passage.id}]"
