"""`tollfree doctor`, and the LiveKit server that it and scripts/livekit look for."""

import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell

SCRIPT = Path(__file__).parents[2] / "scripts" / "livekit"


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Commands of somebody who has fetched nothing."""
    return Shell(tmp_path / "home", tmp_path / "xdg")


def findings(shell: Shell, **env: str) -> dict[str, dict[str, Any]]:
    """What the doctor found, by name."""
    return {row["name"]: row for row in shell("doctor", "--json", env=env).json}


def server_in(cache: Path) -> Path:
    """A LiveKit server that set-up has built."""
    program = cache / "livekit" / "1.13.5" / "server"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_each_missing_thing_has_a_line_and_a_remedy(bare: Shell) -> None:
    ran = bare("doctor")
    assert ran.code == 1
    lines = ran.out.splitlines()
    row = next(number for number, line in enumerate(lines) if line.startswith("bad   model tiny.en"))
    assert lines[row + 1].strip() == "→ tollfree models pull tiny.en (78 MB)"
    assert "note  voice                   not measured yet" in ran.out


def test_what_calls_go_without_is_a_note(bare: Shell) -> None:
    found = findings(bare, PATH="/nowhere")
    assert found["python"]["state"] == "good"
    for name in ("model base", "model gemma-270m", "livekit", "go", "node", "npm"):
        assert found[name]["state"] == "note" and found[name]["remedy"], name
    assert found["model kokoro-voices"]["state"] == "bad"
    assert all(row["remedy"] for row in found.values() if row["state"] != "good")
    assert not any(row["remedy"] for row in found.values() if row["state"] == "good")


def test_it_changes_nothing_but_its_memory_of_hashes(bare: Shell) -> None:
    bare("doctor")
    assert not bare.home.exists()
    assert [path.name for path in (bare.cache / "tollfree" / "models").iterdir()] == [".stamps"]


def test_a_damaged_model_is_bad_even_where_it_is_not_needed(bare: Shell) -> None:
    config = bare.cache / "tollfree" / "models" / "base" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text("{}")
    found = findings(bare)["model base"]
    assert found["state"] == "bad" and found["found"].startswith("damaged: config.json")


def test_the_voice_that_is_set_is_named_with_its_setting(bare: Shell) -> None:
    assert findings(bare, TOLLFREE_VOICE="kokoro:af_bella")["voice"]["found"] == "kokoro:af_bella, by TOLLFREE_VOICE"


def test_a_taken_port_is_told_and_the_ones_that_will_be_used(bare: Shell) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        found = findings(bare, TOLLFREE_LIVEKIT_PORT=str(port))["ports"]
    assert found["state"] == "note"
    assert found["found"].startswith(f"{port} is taken; ") and found["found"].endswith("are free")
    assert findings(bare, TOLLFREE_LIVEKIT_PORT="0")["ports"]["state"] == "good"


def test_a_server_elsewhere_needs_no_program_and_no_ports_here(bare: Shell) -> None:
    found = findings(bare, TOLLFREE_LIVEKIT_URL="wss://livekit.example.com")
    assert found["livekit"]["state"] == "good" and "wss://livekit.example.com" in found["livekit"]["found"]
    assert "ports" not in found


def test_a_setting_that_cannot_be_used_is_a_finding(bare: Shell) -> None:
    found = findings(bare, TOLLFREE_LIVEKIT_PORT="ninety")["livekit"]
    assert found["state"] == "bad" and "port" in found["found"]


def test_a_folder_that_cannot_be_written_is_bad(bare: Shell, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert findings(bare, TOLLFREE_HOME=str(closed / "home"))["folder home"]["state"] == "bad"


def script(*args: str, path: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """scripts/livekit with nothing on PATH but what the test put there."""
    return subprocess.run(
        ["/bin/bash", str(SCRIPT), *args],
        env={"PATH": path, "HOME": "/nowhere", "TOLLFREE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_that_was_built_is_found_by_the_script_and_by_the_doctor(bare: Shell, tmp_path: Path) -> None:
    program = server_in(bare.cache / "tollfree")
    ran = script(path=str(tmp_path), cache=bare.cache / "tollfree")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{program}\n", "")
    assert findings(bare, PATH=str(tmp_path))["livekit"]["found"] == str(program)


def test_a_server_on_the_path_does_as_well(bare: Shell, tmp_path: Path) -> None:
    program = tmp_path / "livekit-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert script(path=str(tmp_path), cache=bare.cache / "tollfree").stdout == f"{program}\n"
    assert findings(bare, PATH=str(tmp_path))["livekit"]["found"] == str(program)


def test_without_go_the_script_says_so_in_a_plain_sentence_and_prints_no_path(tmp_path: Path) -> None:
    ran = script(path=str(tmp_path), cache=tmp_path / "cache")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "or on PATH, and no Go to build one." in ran.stderr


def test_the_script_builds_nothing_when_only_asked_to_find(tmp_path: Path) -> None:
    ran = script("--find", path=str(tmp_path), cache=tmp_path / "cache")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert not (tmp_path / "cache").exists()
