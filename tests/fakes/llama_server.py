"""A real language-model server for tests: llama.cpp with a small model, on loopback, as a child process.

`from tests.fakes.llama_server import llama_fixture`. This file is also the child's program: it is run by the Python of
`scripts/local-llm`, which has xllamacpp and nothing of this project.
"""

import subprocess
import sys
import threading
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "local-llm"
READY_S = 60.0
"""Seconds for the model to load; a start that hangs is tried once more."""


def serve(model: str) -> None:
    """Print the server's address, then serve until standard input ends. One thread: of runs with two, some hung."""
    import xllamacpp  # type: ignore[import-not-found]

    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = model, {"gemma-270m"}
    params.n_ctx, params.n_parallel = 4096, 2
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


class LlamaServer:
    """The child process. Gone with this one, whatever happens to it: its standard input ends then."""

    def __init__(self, python: str, model: str) -> None:
        self._child = subprocess.Popen(
            [python, __file__, model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.base_url = ""

    def ready(self) -> bool:
        """Wait for its address; False: it did not come in time, and the process was ended."""
        assert self._child.stdout is not None
        said: list[str] = []
        reading = threading.Thread(target=lambda: said.append(self._child.stdout.readline().strip()), daemon=True)  # type: ignore[union-attr]
        reading.start()
        reading.join(READY_S)
        if said and said[0].startswith("http"):
            self.base_url = f"{said[0]}/v1"
            return True
        self.stop()
        reading.join()
        return False

    def stop(self) -> None:
        """End it."""
        self._child.kill()
        self._child.communicate()


if __name__ == "__main__":
    serve(sys.argv[1])
