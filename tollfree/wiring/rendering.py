"""What a published flow always says the same, rendered in the voices that answer with it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tollfree.calls.fixed_lines import Progress, render_fixed_lines
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import project_settings
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import CachedSpeaker
from tollfree.wiring.engines import RENDERINGS, voice_loader
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.wiring.versions import Versions
from tollfree.wiring.voice_choice import agent_voice


async def render_published(
    office: Office,
    project: ProjectId,
    flow: FlowId,
    progress: Progress | None = None,
    *,
    voices: Callable[[str, Path], Voice] | None = None,
) -> int:
    """Render the fixed lines of a flow's published version, in the voice of every agent that answers with it; what is
    kept already is left as it is. Returns how many clips were rendered; a flow that no agent answers with needs none,
    for it is spoken as a part of those that run it. `voices` loads a voice by name from the cache; None: as calls do.

    Raises `NotPublished`, `BadVersion`, and `SpeechError` or `WeightsError` where a voice is not to be had.
    """
    settings = await project_settings(office.store, project)
    version = await Versions(office.store, lambda: office.embedder).published(project, flow)
    only = len(await office.store.flows.list(project)) == 1
    rendered = 0
    for name in _voices(settings, flow, only=only):
        voice = await asyncio.to_thread(_load, office.settings, name, voices or voice_loader(office.settings))
        speaker = CachedSpeaker(voice, Renderings(office.settings.cache / RENDERINGS))
        try:
            rendered += await render_fixed_lines(version.flow, speaker, progress)
        finally:
            await speaker.aclose()
            await voice.aclose()
    return rendered


def _voices(settings: ProjectSettings, flow: FlowId, *, only: bool) -> tuple[str, ...]:
    """The voices of the agents that answer with a flow, each once; empty: the installation's. A project without agents
    answers with its only flow."""
    if not settings.agents:
        return ("",) if only else ()
    return tuple(dict.fromkeys(agent.spoken_with for agent in settings.agents.values() if agent.flow == flow))


def _load(settings: Settings, name: str, voices: Callable[[str, Path], Voice]) -> Voice:
    return voices(agent_voice(name, settings.voice, settings.cache), settings.cache)
