"""How the control tower's server runs."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServerSettings(BaseSettings):
    """Environment variables begin with `TOLLFREE_SERVER_`."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_SERVER_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    host: str = "127.0.0.1"
    """The address to listen on. Beyond loopback a `url` that begins with https:// is needed: passwords travel."""
    port: int = Field(default=8780, ge=0, le=65_535)
    """The port; 0: any free one."""
    url: str = ""
    """Where people find it, such as `https://calls.example.com`; empty: as it listens."""
    livekit_url: str = ""
    """Where browsers find LiveKit, such as `wss://livekit.example.com`; empty: where the server itself finds it."""
    dashboard: Path | None = None
    """The folder of the built dashboard; empty: the one that set-up built, where there is one."""
    web_button: Path | None = None
    """The folder of the built button for web sites; empty: the one that set-up built, where there is one."""
    sign_in_hours: float = Field(default=12, gt=0, le=720)
    """Hours after which whoever is signed in signs in anew."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """Proxies in front whose `X-Forwarded-For` is believed, counted from here; 0: none."""
    metrics_key: SecretStr = SecretStr("")
    """With which `/metrics` may be read from another machine, as `Authorization: Bearer KEY`; empty: only from this
    one."""
    max_body_mb: int = Field(default=2, ge=1, le=64)
    """Largest request, in MiB, other than an upload."""
    max_upload_mb: int = Field(default=512, ge=1, le=8192)
    """Largest upload of documents, in MiB."""
    ingest_at_once: int = Field(default=1, ge=1, le=16)
    """Projects whose documents are taken in at the same time, each by a process of its own behind the calls; others
    wait."""
    drain_s: float = Field(default=10, ge=0, le=600)
    """Seconds that requests under way may take after the server was told to stop. Calls go on without it."""


def is_secure(settings: ServerSettings) -> bool:
    """Whether pages come over https, so that cookies travel nowhere else."""
    return urlsplit(settings.url).scheme == "https"
