"""What a published flow always says the same, and what may be answered from documents, rendered in the voices that
say it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tollfree.calls.fixed_lines import Progress, render_fixed_lines
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import project_settings
from tollfree.flows.nodes.answer import AnswerNode
from tollfree.knowledge.spoken_lines import spoken_lines
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
        async with _speaker(office.settings, name, voices) as speaker:
            rendered += await render_fixed_lines(version.flow, speaker, progress)
    return rendered


async def render_answers(
    office: Office,
    project: ProjectId,
    progress: Progress | None = None,
    *,
    voices: Callable[[str, Path], Voice] | None = None,
) -> int:
    """Render what may be answered from a project's documents, in the voices of the agents that answer from them; what
    is kept already is left as it is. Returns how many clips were rendered: none where language models word the
    answers, and at most `Settings.rendered_answers` lines a voice, the rest being rendered when it is first said.
    Raises as `render_published`."""
    most = office.settings.rendered_answers
    names = await _answering_voices(office, project) if most and not office.settings.routes_path.exists() else ()
    if not names:
        return 0
    lines = spoken_lines(await office.knowledge.passages(project))[:most]
    rendered, total = 0, len(lines) * len(names)
    for number, name in enumerate(names if lines else ()):
        async with _speaker(office.settings, name, voices) as speaker:
            for done, line in enumerate(lines, number * len(lines) + 1):
                rendered += await speaker.keep(line)
                if progress is not None:
                    progress(done, total)
    return rendered


async def _answering_voices(office: Office, project: ProjectId) -> tuple[str, ...]:
    """The voices of the agents whose published flow answers questions."""
    settings = await project_settings(office.store, project)
    versions = Versions(office.store, lambda: office.embedder)
    flows = await office.store.flows.list(project)
    found: list[str] = []
    for one in flows:
        names = _voices(settings, one.name, only=len(flows) == 1)
        if not names or one.published is None:
            continue
        flow = (await versions.published(project, one.name)).flow
        graphs = (flow.main, *flow.graphs.values())
        if any(isinstance(node, AnswerNode) for graph in graphs for node in graph.nodes.values()):
            found += names
    return tuple(dict.fromkeys(found))


@asynccontextmanager
async def _speaker(
    settings: Settings, name: str, voices: Callable[[str, Path], Voice] | None
) -> AsyncGenerator[CachedSpeaker]:
    """A voice with what is kept of it on disk."""
    voice = await asyncio.to_thread(_load, settings, name, voices or voice_loader(settings))
    speaker = CachedSpeaker(voice, Renderings(settings.cache / RENDERINGS))
    try:
        yield speaker
    finally:
        await speaker.aclose()
        await voice.aclose()


def _voices(settings: ProjectSettings, flow: FlowId, *, only: bool) -> tuple[str, ...]:
    """The voices of the agents that answer with a flow, at whatever hour, each once; empty: the installation's. A
    project without agents answers with its only flow."""
    if not settings.agents:
        return ("",) if only else ()
    return tuple(dict.fromkeys(agent.spoken_with for agent in settings.agents.values() if flow in agent.flows))


def _load(settings: Settings, name: str, voices: Callable[[str, Path], Voice]) -> Voice:
    return voices(agent_voice(name, settings.voice, settings.cache), settings.cache)
