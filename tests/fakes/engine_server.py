"""An engine server as people run it: `tollfree engines …`, a process of its own on a free port of loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

PROGRAM = "from tollfree.cli.main import main; main()"


@dataclass
class EngineServer:
    """One that runs."""

    url: str
    """`http://127.0.0.1:PORT`."""
    process: "subprocess.Popen[str]"

    @property
    def socket(self) -> str:
        """`ws://127.0.0.1:PORT`."""
        return f"ws{self.url.removeprefix('http')}"

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        text = httpx.get(f"{self.url}/metrics", trust_env=False).text
        lines = (line.rpartition(" ") for line in text.splitlines() if line.startswith(name))
        return sum(float(value) for _, _, value in lines)

    def stop(self, within_s: float = 30) -> int:
        """SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)


@contextmanager
def engine_server(*arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[EngineServer]:
    """`arguments` stand behind `tollfree engines`. It is ended with the block, if it still runs."""
    command = [sys.executable, "-c", PROGRAM, "engines", *arguments, "--port", "0"]
    whole = {**os.environ, **(environ or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=whole) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().split()
            assert said, f"{arguments} did not start"
            yield EngineServer(said[-1], process)
        finally:
            process.kill()
