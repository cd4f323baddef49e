"""How this installation reaches LiveKit, and how its worker takes calls."""

import os

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LiveKitSettings(BaseSettings):
    """Where LiveKit is. Environment variables begin with `TOLLFREE_LIVEKIT_`."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_LIVEKIT_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    url: str = ""
    """`ws://HOST:PORT` or `wss://HOST`; empty: `tollfree up` starts a server of its own, on loopback."""
    api_key: str = ""
    """Goes with `api_secret`; needed where `url` is set."""
    api_secret: SecretStr = SecretStr("")
    """Signs tokens: whoever has it can listen to every call."""
    server: str = ""
    """Path of the LiveKit server's program; empty: the one that set-up built, else `livekit-server` on the PATH."""
    port: int = Field(default=7880, ge=0, le=65_535)
    """The first port to try for our own server; taken ones are passed over. 0: any free one."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkerSettings(BaseSettings):
    """How calls are taken on this machine. Environment variables begin with `TOLLFREE_WORKER_`."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_WORKER_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    name: str = Field(default="tollfree", min_length=1, max_length=64)
    """The name by which calls ask for this installation's agents: LiveKit's explicit dispatch."""
    max_calls: int = Field(default_factory=lambda: 4 * _cores(), ge=1, le=1000)
    """Calls at once on this machine. One more is greeted, and waits. Four to a core is what speech to text on a CPU
    bears with turns of a few seconds."""
    warm_processes: int = Field(default=2, ge=1, le=64)
    """Processes that wait with everything loaded: so many calls may begin at the same moment without waiting."""
    queue_s: float = Field(default=180, ge=0, le=3600)
    """Seconds a caller may wait for a free line before they are asked to call later."""
    queue_word_s: float = Field(default=15, ge=1, le=120)
    """Seconds between two words to a caller who waits."""
    caller_wait_s: float = Field(default=60, ge=1, le=3600)
    """Seconds to wait in a room for its caller."""
    grace_s: float = Field(default=5, ge=0, le=60)
    """Seconds a caller whose connection broke may take to come back."""
    drain_s: float = Field(default=3600, ge=0, le=86_400)
    """Seconds that running calls may still take after the worker was told to stop."""
    start_s: float = Field(default=120, ge=1, le=3600)
    """Seconds a process may take to load its models."""
    port: int = Field(default=0, ge=0, le=65_535)
    """The worker's health page, on loopback; 0: any free port."""
