"""How a server that hears runs. Environment variables begin with `TOLLFREE_STT_SERVER_`."""

import os
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from tollfree.serving.door import DoorSettings
from tollfree.speech.stt.batch_queue import BatchSettings
from tollfree.speech.stt.whisper_engine import Runtime

MOST = {"cpu": 4, "cuda": 16}
"""Turns of a batch, where nothing is set. On a CPU a large batch makes the first of it wait for all, and gains little
over a small one."""


def cores() -> int:
    """Of the CPU, that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SttServerSettings(DoorSettings):
    """A server that hears."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_STT_SERVER_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    port: int = Field(default=8801, ge=0, le=65_535)
    """The port; 0: any free one."""
    model: str = Field(default="tiny.en", min_length=1)
    """A Whisper of `tollfree models list`, or a folder with one in CTranslate2's format."""
    language: str = Field(default="en", min_length=2, max_length=20)
    """What callers speak, such as `en`; `auto`: it is detected, turn by turn (multilingual models)."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where the model runs."""
    compute_type: Literal["int8", "float16", "int8_float16", "float32"] = "int8"
    """`int8` on a CPU; `float16` or `int8_float16` on a GPU."""
    workers: int = Field(default=0, ge=0, le=64)
    """Batches that are decoded side by side; 0: one for each `threads` of the cores there are, on a GPU one."""
    threads: int = Field(default=1, ge=1, le=64)
    """Cores of the CPU that one batch may use. A second one gains less than a second worker."""
    batch: int = Field(default=0, ge=0, le=256)
    """Turns that are decoded together, at most; 0: 4 on a CPU, 16 on a GPU."""
    window_ms: float = Field(default=5.0, ge=0, le=200)
    """Milliseconds that a turn waits for company where nothing is being decoded."""
    waiting: int = Field(default=256, ge=1, le=100_000)
    """Turns that may wait. One more is refused at once, or takes the place of a less urgent one."""
    preparing: int = Field(default=1, ge=1, le=16)
    """Threads that look for voices and compute spectra beside the model: about 15 ms of work for each turn."""
    per_call: int = Field(default=32, ge=1, le=1000)
    """Turns that one connection may have under way."""
    use_hints: bool = True
    """Whether words that a flow expects are told to the model. Turns whose hints differ in length cannot be decoded
    together."""

    @property
    def runtime(self) -> Runtime:
        """Where and how the model runs."""
        return Runtime(
            device=self.device, compute_type=self.compute_type, threads=self.threads, workers=self._workers()
        )

    @property
    def batches(self) -> BatchSettings:
        """How turns are put together."""
        return BatchSettings(
            most=self.batch or MOST[self.device],
            window_ms=self.window_ms,
            waiting=self.waiting,
            preparing=self.preparing,
            looking=self._workers(),
        )

    def _workers(self) -> int:
        return self.workers or (1 if self.device == "cuda" else max(1, cores() // self.threads))
