"""The language models of one call: asked by the names of routes, put down to the call."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tollfree.calls.cited_answer import CitedAnswer, answer_messages
from tollfree.flows.graph import Flow
from tollfree.language.llm.asking import priority
from tollfree.language.llm.base import Chat, ChatModel, Message, NoRoute, Piece, Priority
from tollfree.language.llm.choose import ModelChooser
from tollfree.language.llm.compose import AnswerReading, ModelComposer
from tollfree.language.llm.prompts import Scene
from tollfree.protocol.effects import Compose
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Question, SlotReader
from tollfree.protocol.usage import Meter, Used, unmetered


class MeterableModel(ChatModel, Protocol):
    """A chain of routes, of which each attempt can be put down to a call."""

    def metered(self, meter: Meter, *, purpose: str, effect: str = "") -> "AsksModels":
        """As one call uses it for one purpose."""
        ...


class AsksModels(Protocol):
    """What streams an answer."""

    @property
    def model(self) -> str: ...

    def stream(self, chat: Chat) -> AsyncIterator[Piece]: ...


class Chains(Protocol):
    """The routes in service."""

    def chain(self, name: str | None) -> MeterableModel:
        """Raises `NoRoute` where nothing is configured."""
        ...


@dataclass(frozen=True, slots=True)
class CallModels:
    """As `tollfree.language.llm.asking.Models`."""

    chains: Chains
    meter: Meter = unmetered
    default: str = ""
    """The route or chain of whatever names none; empty: the installation's."""

    def model(self, route: str | None, *, purpose: str, effect: str = "") -> ChatModel | None:
        try:
            chain = self.chains.chain(route or self.default or None)
        except NoRoute:
            return None
        return _Named(chain, self.meter, purpose, effect)

    def chooser(self, flow: Flow, scene: Scene, facts: CallFacts) -> Callable[[SlotReader], ModelChooser]:
        """Who is asked when rules and classifier are unsure. Nobody waits for that where any words will do: such a node
        asks a model, or the knowledge, itself."""

        def asks(question: Question) -> bool:
            return not flow.graphs[question.flow].nodes[question.node].takes_any_words

        return lambda reader: ModelChooser(self, reader, facts, scene, asks=asks)

    def composer(self, scene: Scene, facts: CallFacts, *, priority: Callable[[], Priority] = priority) -> ModelComposer:
        """Who words answers, talks and summaries."""
        return ModelComposer(self, scene, _CitedAnswers(), today=facts.date, priority=priority)


class _Named:
    """A chain that is called by the route which answered, once that is known."""

    def __init__(self, chain: MeterableModel, meter: Meter, purpose: str, effect: str) -> None:
        self._name = chain.name
        self._meter = meter
        self._asks = chain.metered(self._note, purpose=purpose, effect=effect)

    @property
    def name(self) -> str:
        return self._name

    @property
    def model(self) -> str:
        return self._asks.model

    def stream(self, chat: Chat) -> AsyncIterator[Piece]:
        return self._asks.stream(chat)

    async def aclose(self) -> None:
        """Nothing of its own to let go."""

    def _note(self, used: Used) -> None:
        if used.came_to == "used":
            self._name = used.engine
        self._meter(used)


class _CitedAnswers:
    """Answers that cite their passages."""

    def messages(self, compose: Compose) -> Sequence[Message]:
        return [
            Message("system" if message.role == "system" else "user", message.content)
            for message in answer_messages(compose)
        ]

    def reading(self, compose: Compose) -> AnswerReading:
        return CitedAnswer(compose)
