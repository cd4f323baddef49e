"""The engines: what is configured, how it is, and how much it has to do."""

import asyncio

from pydantic import BaseModel, ConfigDict, Field

from tollfree.language.llm.routes_file import read_routes_file
from tollfree.server.access import guarded, signed_in
from tollfree.server.desk import TheDesk, Who

router = guarded("engines")

_ENGINES = ("hearing", "speaking", "livekit", "database")


class EngineFacts(BaseModel):
    """One engine or service that calls need."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str = Field(examples=["hearing"])
    """`hearing`, `speaking`, `livekit`, `database`, or `route NAME`."""
    state: str = Field(examples=["good"])
    """`good`, `note` or `bad`."""
    found: str = Field(examples=["whisper:tiny.en, int8"])
    """What is there. Addresses are told to admins of the installation alone."""


class EnginesFacts(BaseModel):
    """All of them, and how much they have to do."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    stt: str = Field(examples=["whisper:tiny.en"])
    """What hears callers."""
    voice: str = Field(examples=["kokoro:af_heart"])
    """What agents without a voice of their own speak with."""
    routes: tuple[str, ...] = Field(examples=[["fast"]])
    """Language models by name."""
    chains: tuple[str, ...] = Field(examples=[["default"]])
    engines: tuple[EngineFacts, ...]
    running: int = Field(examples=[3])
    """Calls that run now, in all projects, trials too: they are work for the engines."""
    places: int = Field(examples=[8])
    """Calls that a worker of this machine takes at once; one more waits."""


@router.get("/engines", dependencies=[signed_in()])
async def show_engines(desk: TheDesk, who: Who) -> EnginesFacts:
    """Engines' health and load. Takes up to two seconds."""
    found = await asyncio.to_thread(lambda: tuple(desk.examine()))
    settings = desk.office.settings
    routes = read_routes_file(settings.routes_path)
    engines = tuple(
        EngineFacts(name=one.name, state=one.state, found=one.found if who.everywhere else "")
        for one in found
        if one.name in _ENGINES or one.name.startswith("route ")
    )
    return EnginesFacts(
        stt=_plain(settings.stt),
        voice=_plain(settings.voice),
        routes=tuple(routes.routes),
        chains=tuple(routes.chains),
        engines=engines,
        running=await desk.store.calls.running(trials=True),
        places=desk.worker.max_calls if desk.worker is not None else 0,
    )


def _plain(engine: str) -> str:
    """An engine's name without the address of its server."""
    kind, _, rest = engine.partition(":")
    return kind if "://" in rest else engine
