"""Everything that is configured, in one frozen tree. Environment variables begin with `TOLLFREE_`."""

import getpass
import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tollfree.speech.turns.settings import ListeningSettings
from tollfree.wiring.usage_settings import UsageSettings


def _default_home() -> Path:
    return Path.home() / ".tollfree"


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return ""


def _default_cache() -> Path:
    """The user's cache folder, as the XDG base directory specification places it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tollfree"


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_", env_nested_delimiter="__", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    home: Path = Field(default_factory=_default_home)
    """The folder that holds all state: database, secrets' key, recordings."""
    database_url: str = ""
    """`postgresql://USER:PASSWORD@HOST/NAME`; empty: SQLite in the home folder."""
    cache: Path = Field(default_factory=_default_cache)
    """Where what can be rebuilt is kept: models made from checked weights."""
    user: str = Field(default_factory=_login)
    """Who saves and publishes; by default, the name you are logged in by."""
    embedder: str = "all-MiniLM-L6-v2"
    """Turns sentences into vectors: see `tollfree.language.embed.registry`."""
    knowledge_store: str = ""
    """A prefix of an object store, such as `s3://bucket/knowledge`, under which projects' passages are kept; empty:
    the home folder."""
    reranker: str = ""
    """What orders the best passages of a search once more: see `tollfree.knowledge.rerank`; empty: nothing does."""
    routes_file: str = ""
    """The file of language models: see `tollfree.language.llm.route`; empty: `routes.yaml` in the home folder. Without
    such a file there is none."""
    stt: str = "whisper:tiny.en"
    """What hears callers: see `tollfree.speech.stt.registry`."""
    stt_spare: str = ""
    """What hears callers, within the same turn, when that fails or is slow, such as `whisper:tiny.en` behind a server;
    several with commas between them, in their order; empty: nothing does."""
    stt_threads: int = Field(default=1, ge=1, le=64)
    """Cores one decode may use."""
    stt_api_key_env: str = "TOLLFREE_STT_API_KEY"
    """The environment variable that holds the key to a speech server, where `stt` names one that wants a key."""
    stt_language: str = ""
    """What callers speak, such as `en`, told to a speech server; `auto`: it is detected; empty: as the server is
    set."""
    stt_within_ms: int = Field(default=2000, ge=100, le=60_000)
    """Milliseconds in which a speech server must have heard a turn. Callers are waited for as long as
    `TOLLFREE_LISTENING__LATE_TRANSCRIPT_MS` says."""
    voice: str = "auto"
    """What agents without a voice of their own speak with, such as `kokoro:af_heart`, `piper:en_US-joe-medium`
    or `served:ws://HOST:PORT#kokoro:af_heart`; `auto`: the best that this machine is fast enough for, as measured at
    set-up."""
    rendered_answers: int = Field(default=200, ge=0)
    """Lines of a project's documents that are rendered when documents come in and when a flow is published, so that
    answers from them sound as soon as fixed lines; without language models only. 0: each is rendered when it is first
    said."""
    voice_api_key_env: str = "TOLLFREE_VOICE_API_KEY"
    """The environment variable that holds the key to a server of voices, where a voice is on one that wants a key."""
    voice_within_ms: int = Field(default=1500, ge=100, le=60_000)
    """Milliseconds in which a server of voices must have spoken a clause that a caller waits for; then the next voice
    speaks it. A clause that may be said later has twice as long."""
    recording: Literal["opus", "wav", "none"] = "opus"
    """Form of the recordings in the home folder: Opus in Ogg, WAV, or none at all."""
    keep_recordings_days: int = Field(default=0, ge=0, le=36_500)
    """Days after which a recording in the home folder is deleted; 0: never. Nothing that was recorded is lost unless
    somebody has asked for it, so that is the default."""
    listening: ListeningSettings = Field(default_factory=ListeningSettings)
    """How callers are listened to: every threshold of the listener, such as `TOLLFREE_LISTENING__BARGE_GATE_MS`."""
    usage: UsageSettings = Field(default_factory=UsageSettings)
    """What minutes would cost elsewhere: `TOLLFREE_USAGE__PER_MINUTE_PRICE`."""
    call_limit_s: float = Field(default=3600, gt=0, le=86_400)
    """Seconds after which a call is told that it has reached its limit, and is ended: a phone left off the hook must
    not run for ever."""
    transfer_again_s: float = Field(default=15, ge=3, le=600)
    """Seconds of silence after which a caller who waits for a person hears again that somebody is being called."""
    resume_within_s: float = Field(default=60, ge=0, le=3600)
    """Seconds after its last record within which a call whose process died is gone on with; a caller who heard
    nothing for longer has hung up."""
    database_wait_ms: int = Field(default=5000, ge=0, le=600_000)
    """Milliseconds to wait for another program's lock on the database."""

    @property
    def routes_path(self) -> Path:
        """Where the routes are, if there are any."""
        return Path(self.routes_file).expanduser() if self.routes_file else self.home / "routes.yaml"
