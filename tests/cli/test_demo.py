"""`tollfree demo`: a spoken call, by whatever this machine has for it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.errors import NoServerProgram
from tollfree.worker.livekit_server import server_program

ROOT = Path(__file__).parents[2]
VOICE = "piper:en_US-joe-medium"
CALLER = "hours-only"
"""The shortest of the recorded callers."""


@pytest.fixture
def models() -> None:
    """Skips where the weights are absent."""
    for model in ("tiny.en", "piper"):
        try:
            find(model, Settings().cache)
        except WeightsError as missing:
            pytest.skip(missing.message)


def demo(home: Path, *arguments: str, **environ: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report, and what was said beside it, of `tollfree demo --once --json`."""
    program = [str(Path(sys.executable).parent / "tollfree"), "--home", str(home), "demo", "--once", "--json"]
    done = subprocess.run(
        [*program, "--port", "0", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "TOLLFREE_VOICE": VOICE, "TOLLFREE_LIVEKIT_PORT": "0", **environ},
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def check_spoken(report: dict[str, Any]) -> None:
    """What every spoken demo reports."""
    assert report["outcome"] == "served" and report["path"][0] == "welcome.said"
    assert Path(report["recording"]).stat().st_size > 1000
    assert [line["who"] for line in report["transcript"]][:2] == ["agent", "agent"]
    assert report["latency"]["stages"]["response"]["n"] == 2
    assert report["latency"]["first_words_ms"]


@pytest.mark.livekit
def test_a_recorded_caller_is_served_over_webrtc_as_when_they_type(models: None, tmp_path: Path) -> None:
    try:
        server_program(LiveKitSettings(url=""), Settings().cache)
    except NoServerProgram as missing:
        pytest.skip(missing.message)
    code, report, _ = demo(tmp_path, "--caller", CALLER)
    assert (code, report["line"], report["as_written"], report["notes"]) == (0, "livekit", True, [])
    check_spoken(report)
    assert list((tmp_path / "children").iterdir()) == []


def test_without_a_livekit_server_the_same_call_is_placed_in_process(models: None, tmp_path: Path) -> None:
    code, report, _ = demo(
        tmp_path, "--caller", CALLER, TOLLFREE_LIVEKIT_URL="", TOLLFREE_LIVEKIT_SERVER=str(tmp_path / "none")
    )
    assert (code, report["line"], report["as_written"]) == (0, "wav", True)
    assert "in process" in report["notes"][0] and "none" in report["notes"][0]
    check_spoken(report)


def test_without_the_models_the_call_is_typed(tmp_path: Path) -> None:
    code, report, _ = demo(tmp_path / "home", TOLLFREE_CACHE=str(tmp_path / "cache"))
    assert (code, report["line"], report["as_written"]) == (0, "text", True)
    assert "tollfree models pull" in report["notes"][0] and "typed" in report["notes"][0]


def test_options_that_do_not_go_together_are_refused(shell: Shell) -> None:
    assert shell("demo", "--json").code == 2
    assert shell("demo", "--typed", "--caller", CALLER).code == 2


def test_a_caller_that_does_not_exist_is_named(shell: Shell) -> None:
    ran = shell("demo", "--once", "--port", "0", "--caller", "nobody-known")
    assert ran.code == 1 and "nobody-known" in ran.err


def test_a_flow_is_published_without_a_voice_and_it_is_told_who_waits(shop: Shell) -> None:
    ran = shop.ok("flow", "publish", "shop", "made")
    assert "published already" in ran.out
    assert "the first callers wait longer" in ran.err and "tollfree models pull" in ran.err
    assert shop.ok("flow", "publish", "shop", "made", "--no-speech").err == ""
