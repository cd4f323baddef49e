"""How a server of voices runs. Environment variables begin with `TOLLFREE_TTS_SERVER_`."""

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tollfree.serving.door import DoorSettings


class TtsServerSettings(DoorSettings):
    """A server of voices."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_TTS_SERVER_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    port: int = Field(default=8802, ge=0, le=65_535)
    """The port; 0: any free one."""
    voice: str = ""
    """What speaks where a request names no voice; empty: the installation's voice."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where Kokoro runs. `cuda` needs the extra `tollfree[kokoro-cuda]` and the model `kokoro-cuda`."""
    threads: int = Field(default=1, ge=1, le=64)
    """Cores that one clause may use, on the CPU."""
    at_once: int = Field(default=1, ge=1, le=64)
    """Clauses that are rendered at the same time. On the CPU, `threads` times this should not exceed the cores; on one
    GPU more than 2 gain nothing."""
    queue_limit: int = Field(default=256, ge=1, le=100_000)
    """Clauses that may wait; beyond, the least urgent is refused with 503."""
    longest_text: int = Field(default=20_000, ge=1, le=1_000_000)
    """Characters of one request."""
    cache_mb: int = Field(default=1000, ge=0, le=1_000_000)
    """Megabytes on disk for renderings, which outlive the server; 0: none are kept there."""
    memory_mb: int = Field(default=256, ge=1, le=1_000_000)
    """Megabytes in memory for renderings."""
    keep: Literal["fixed", "all"] = "fixed"
    """What goes to the disk: `fixed`, what is rendered before any call; `all`, also what calls say, which may be
    callers' names and numbers."""
