"""`tollfree engines stt` as a process: it starts, hears, and ends when it is told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.conftest import Shell
from tests.serving.stt.test_transcriptions import file_of
from tests.speech.stt.conftest import model_folder

SECRET = "a-key-nobody-prints"


@contextmanager
def started(*args: str, **env: str) -> Generator[tuple[str, "subprocess.Popen[str]"]]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-c", "from tollfree.cli.main import main; main()", "engines", "stt", *args]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | env)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.communicate()[1])
        yield line.strip().rpartition(" ")[2], process
    finally:
        process.kill()
        process.communicate()


def test_it_serves_until_sigterm_and_logs_neither_key_nor_words() -> None:
    model_folder("tiny.en")
    with started("--port", "0", TOLLFREE_STT_SERVER_API_KEY=SECRET) as (url, process):
        with httpx.Client(trust_env=False, base_url=url, timeout=60) as http:
            assert http.get("/health").json()["engine"] == "whisper:tiny.en"
            sent = {
                "files": {"file": ("tone.wav", file_of(16_000))},
                "data": {"model": "tiny.en", "prompt": "Elephants"},
            }
            assert http.post("/v1/audio/transcriptions", **sent).status_code == 401
            http.headers["Authorization"] = f"Bearer {SECRET}"
            assert http.post("/v1/audio/transcriptions", **sent).json() == {"text": ""}
            metrics = http.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    for secret in (SECRET, "Elephants"):
        assert secret not in out + err + metrics


@pytest.mark.parametrize(
    ("args", "env", "words"),
    [
        (("--host", "0.0.0.0"), {}, "without an API key"),
        (("--model", "no-such"), {}, "no-such"),
        (("--language", "de"), {}, "language"),
        ((), {"TOLLFREE_STT_SERVER_THREADS": "none"}, "threads"),
    ],
)
def test_what_cannot_be_served_is_a_plain_sentence(args: tuple[str, ...], env: dict[str, str], words: str) -> None:
    model_folder("tiny.en")
    command = [sys.executable, "-c", "from tollfree.cli.main import main; main()", "engines", "stt", *args]
    ran = subprocess.run(command, capture_output=True, text=True, env=os.environ | env, timeout=120)
    assert ran.returncode == 1 and words in ran.stderr and "Traceback" not in ran.stderr


def test_the_help_names_every_engine_that_can_be_served(shell: Shell) -> None:
    assert "stt" in shell("engines", "--help").out
