"""How a server that hears is reached."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tollfree.speech.stt.base import UnknownEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSettings:
    """What a client of such a server is told."""

    api_key: str = field(default="", repr=False)
    """Sent as `Authorization: Bearer KEY`; empty: nothing."""
    key_variable: str = "TOLLFREE_STT_API_KEY"
    """The environment variable it came from, for people who read an error."""
    language: str = ""
    """What callers speak, such as `en`; `auto`: it is detected; empty: as the server is set."""
    within_s: float = 2.0
    """Seconds a turn may take, the network included: the listener waits for no longer (`late_transcript_ms`)."""
    reach_s: float = 1.0
    """Seconds without a connection after which a turn fails, so that another engine can hear it in time."""

    @property
    def headers(self) -> dict[str, str]:
        """Of every request."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}


def checked(url: str, schemes: tuple[str, ...]) -> str:
    """An address as it may stand in the settings. Raises `UnknownEngine`."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise UnknownEngine(f"{url!r} is no address of a speech server: it begins with {'://, '.join(schemes)}://.")
    if parts.username or parts.password:
        raise UnknownEngine("A key does not belong into the address of a speech server: it would be in every log.")
    return url.rstrip("/")
