"""Who performs the engine's effects. Each has its own seam; one that is missing fails aloud, never silently."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol, runtime_checkable

from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import UnknownTool
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose, Retrieve, Transfer
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer, Question, Said
from tollfree.protocol.values import Values


class NoEngine(TollfreeError):
    """Nothing is configured that could perform an effect."""

    code = "no_engine"


class Understands(Protocol):
    """Answers closed questions about what was said."""

    async def understand(self, question: Question, said: Said) -> Answer: ...


class Tools(Protocol):
    """Calls a project's tools."""

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        """Raises `ToolError`."""
        ...


class Knowledge(Protocol):
    """Finds passages of the project's documents."""

    async def retrieve(self, effect: Retrieve) -> tuple[Passage, ...]: ...


class Composed(Protocol):
    """Composed words, with the exit they chose and the passages they rest on."""

    @property
    def text(self) -> str: ...

    @property
    def exit(self) -> str | None: ...

    @property
    def cited(self) -> tuple[str, ...]: ...

    @property
    def decided_by(self) -> str: ...


@runtime_checkable
class Talked(Composed, Protocol):
    """What a talk comes to besides."""

    @property
    def slots(self) -> Mapping[str, str]:
        """Values picked out of the caller's words, as they were said."""
        ...

    @property
    def ended(self) -> Literal["whole", "cut_short", "ungrounded"]:
        """As the event of the same name."""
        ...


class Composer(Protocol):
    """Has words composed by a language model."""

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Composed:
        """`words` is told of the text so far each time a clause of it is complete."""
        ...


class Switchboard(Protocol):
    """Connects callers to people."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        """Whether somebody took the call."""
        ...


class ProjectTools:
    """The tools of one project over HTTP."""

    def __init__(self, client: ToolClient, tools: Mapping[str, Tool], secrets: Mapping[str, str], clock: Clock) -> None:
        self._clock = clock
        self._client = client
        self._tools = tools
        self._secrets = secrets

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        """The key names the call and the effect: a retry or a recovery is recognised, another order is not."""
        tool = self._tools.get(name)
        if tool is None:
            raise UnknownTool(f"the project has no tool {name}")
        key = f"{call}/{effect}"
        with self._clock.working():
            return await self._client.call(tool, arguments, secrets=self._secrets, idempotency_key=key, call_id=call)


class NoTools:
    """A project without tools."""

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        raise UnknownTool(f"the project has no tool {name}")


class NoKnowledge:
    """No knowledge is configured."""

    async def retrieve(self, effect: Retrieve) -> tuple[Passage, ...]:
        raise NoEngine("no knowledge is configured for this project, so questions cannot be answered from documents")


class NoComposer:
    """No language model is configured."""

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Composed:
        raise NoEngine("no language model is configured, so nothing can be composed")


class NoSwitchboard:
    """This line cannot be transferred."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        raise NoEngine("this line cannot be transferred to a person")
