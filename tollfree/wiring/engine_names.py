"""Which engines an agent may name. A name may hold the address of a server, which is then asked with the
installation's key: whoever does not run the installation names none but its own."""

from urllib.parse import urlsplit

from tollfree.calls.agent_settings import AgentSettings
from tollfree.protocol.errors import TollfreeError
from tollfree.speech.tts.server_name import ServerName, on_server
from tollfree.wiring.engines import spare_recognizers
from tollfree.wiring.settings import Settings

IN_PROCESS = "whisper:"
"""How recognisers begin that run here and ask no server."""


class ForeignEngine(TollfreeError):
    """An engine on a server that the installation does not use."""

    code = "foreign_engine"


def check_engines(settings: Settings, before: AgentSettings | None, after: AgentSettings) -> None:
    """Raises `ForeignEngine` for a server that neither the installation nor the agent as it was asks already."""
    held = set(_named(before)) if before is not None else set[str]()
    for name in (after.voice, *after.spare_voices):
        if name and name not in held:
            check_voice(settings, name)
    own = {settings.stt, *spare_recognizers(settings)}
    for name in after.hearing:
        if name not in held and name not in own and not name.startswith(IN_PROCESS):
            raise ForeignEngine(
                f"{name[:100]!r} is no recogniser of this installation. Choose one of {', '.join(sorted(own))}, or one "
                f"that begins with {IN_PROCESS} An admin of the installation may name others."
            )


def check_voice(settings: Settings, name: str) -> None:
    """Raises `ForeignEngine`, or `UnknownEngine` for what is no name of a voice on a server."""
    if not on_server(name):
        return
    server = ServerName.read(name)
    installed = ServerName.read(settings.voice) if on_server(settings.voice) else None
    if installed is None or (server.kind, urlsplit(server.url)) != (installed.kind, urlsplit(installed.url)):
        raise ForeignEngine(
            f"{name[:100]!r} is on a server that this installation does not speak with. Choose a voice of this machine "
            "or of the installation's own server. An admin of the installation may name others."
        )


def _named(agent: AgentSettings) -> tuple[str, ...]:
    return (agent.voice, *agent.spare_voices, *agent.hearing)
