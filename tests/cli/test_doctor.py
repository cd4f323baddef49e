"""`tollfree doctor`, and the LiveKit server that it and scripts/livekit look for."""

import os
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.cli.conftest import Shell
from tests.fakes.http_answers import http_answers
from tollfree.cli.checks.finding import Check, Finding, Place
from tollfree.cli.checks.running import examine
from tollfree.protocol.errors import TollfreeError
from tollfree.wiring.settings import Settings

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


LISTS_ROOMS = {"GET /": (200, b"OK"), "POST /twirp/livekit.RoomService/ListRooms": (200, b"")}


def livekit(url: str, **env: str) -> dict[str, str]:
    """A LiveKit server elsewhere, with a key to it."""
    secret = "a secret of more than thirty-two letters"
    return {
        "TOLLFREE_LIVEKIT_URL": url,
        "TOLLFREE_LIVEKIT_API_KEY": "key",
        "TOLLFREE_LIVEKIT_API_SECRET": secret,
        **env,
    }


def test_a_server_elsewhere_is_asked_and_needs_no_program_and_no_ports_here(bare: Shell) -> None:
    with http_answers(LISTS_ROOMS) as server:
        found = findings(bare, **livekit(server.url.replace("http", "ws")))
    assert found["livekit"]["state"] == "good" and found["livekit"]["found"].endswith("answers, with 0 rooms")
    assert "ports" not in found
    assert "bearer" in server.asked[-1].headers["authorization"].lower()


def test_a_server_elsewhere_that_is_away_refuses_us_or_has_no_key_is_bad(bare: Shell) -> None:
    away = findings(bare, **livekit("ws://127.0.0.1:1"))["livekit"]
    assert away["state"] == "bad" and "does not answer" in away["found"] and away["remedy"]
    refusing = {**LISTS_ROOMS, "POST /twirp/livekit.RoomService/ListRooms": (401, b'{"code": "unauthenticated"}')}
    with http_answers(refusing) as server:
        refused = findings(bare, **livekit(server.url))["livekit"]
    assert refused["state"] == "bad" and "refuses our key" in refused["found"]
    keyless = findings(bare, **livekit("ws://127.0.0.1:1", TOLLFREE_LIVEKIT_API_SECRET=""))["livekit"]
    assert keyless["state"] == "bad" and "no key" in keyless["found"]


# Engines and language models


def test_an_engine_on_a_server_is_asked_how_it_is(bare: Shell) -> None:
    with http_answers({"GET /health": (200, b"{}"), "GET /v1/models": (200, b'{"data": []}')}) as server:
        ws = server.url.replace("http", "ws")
        found = findings(bare, TOLLFREE_STT=f"served:{ws}", TOLLFREE_VOICE=f"openai:{server.url}/v1#kokoro")
        assert found["hearing"]["state"] == found["speaking"]["state"] == "good"
        assert found["model tiny.en"]["state"] == found["model kokoro"]["state"] == "note", "nobody needs them here"
    found = findings(bare, TOLLFREE_STT="served:ws://127.0.0.1:1")["hearing"]
    assert found["state"] == "bad" and "does not answer" in found["found"] and "TOLLFREE_STT" in found["remedy"]
    found = findings(bare, TOLLFREE_STT="served:ws://user:hidden-password@127.0.0.1:1")
    assert found["hearing"]["state"] == "bad" and "hidden-password" not in str(found)
    with http_answers({"GET /health": (503, b"{}")}) as server:
        found = findings(bare, TOLLFREE_STT=f"served:{server.url}")["hearing"]
    assert found["state"] == "bad" and found["found"].endswith("answers 503")


def test_an_engine_in_process_needs_its_own_model_and_a_name_that_is_none_is_bad(bare: Shell) -> None:
    found = findings(bare, TOLLFREE_STT="whisper:base")
    assert (found["model base"]["state"], found["model tiny.en"]["state"]) == ("bad", "note")
    assert findings(bare, TOLLFREE_STT="whisper:gigantic")["hearing"]["state"] == "bad"


def routes(shell: Shell, text: str) -> None:
    shell.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (shell.home / "routes.yaml").write_text(text)


def test_every_route_is_asked_for_its_model(bare: Shell) -> None:
    models = (200, b'{"data": [{"id": "Qwen3"}, {"id": "GLM-4.5"}]}')
    answers = {"GET /v1/models": models, "GET /locked/models": (401, b"{}"), "GET /odd/models": (200, b"[1]")}
    with http_answers(answers) as server:
        routes(
            bare,
            f"""
            routes:
              fast: {{base_url: "{server.url}/v1", model: Qwen3, api_key_env: FAST_KEY}}
              other: {{base_url: "{server.url}/v1", model: Llama}}
              keyless: {{base_url: "{server.url}/v1", model: Qwen3, api_key_env: NOT_SET}}
              locked: {{base_url: "{server.url}/locked", model: Qwen3}}
              odd: {{base_url: "{server.url}/odd", model: Qwen3}}
              lost: {{base_url: "{server.url}/elsewhere", model: Qwen3}}
              away: {{base_url: "http://127.0.0.1:1/v1", model: Qwen3}}
            """,
        )
        found = findings(bare, FAST_KEY="k" * 20)
    assert found["route fast"]["state"] == "good"
    said = {name: found[f"route {name}"]["found"] for name in ("other", "keyless", "locked", "odd", "lost", "away")}
    assert all(found[f"route {name}"]["state"] == "bad" and found[f"route {name}"]["remedy"] for name in said)
    assert "does not serve Llama; it has Qwen3, GLM-4.5" in said["other"]
    assert "NOT_SET is not set" in said["keyless"] and "refuses the key (401)" in said["locked"]
    assert "does not list" in said["odd"] and "answers 404" in said["lost"] and "does not answer" in said["away"]
    assert "k" * 20 not in str(found)
    assert any(asked.headers.get("authorization") == f"Bearer {'k' * 20}" for asked in server.asked)


def test_no_routes_is_how_the_embedded_tier_is_and_bad_ones_are_told(bare: Shell) -> None:
    assert findings(bare)["routes"]["state"] == "good"
    routes(bare, "routes: [1]")
    found = findings(bare)["routes"]
    assert found["state"] == "bad" and "routes.yaml" in found["found"]


# The database, keys and permissions


def test_a_database_that_is_not_there_is_not_made(bare: Shell) -> None:
    assert "made when it is first needed" in findings(bare)["database"]["found"]
    assert not bare.home.exists()


def test_a_database_is_read_and_one_that_is_none_is_bad(shop: Shell) -> None:
    assert findings(shop)["database"]["state"] == "good"
    (shop.home / "tollfree.db").write_bytes(b"not a database at all, but long enough to be read as one" * 100)
    found = findings(shop)["database"]
    assert found["state"] == "bad" and found["remedy"]


def test_a_database_elsewhere_that_is_away_is_bad_and_its_password_is_not_told(bare: Shell) -> None:
    found = findings(bare, TOLLFREE_DATABASE_URL="postgresql://me:hidden-password@127.0.0.1:1/calls")
    assert found["database"]["state"] == "bad" and "TOLLFREE_DATABASE_URL" in found["database"]["remedy"]
    assert "hidden-password" not in str(found)


def test_a_key_of_secrets_that_is_none_or_open_to_others_is_bad(bare: Shell) -> None:
    assert findings(bare)["secret key"]["found"] == "made with the first secret"
    found = findings(bare, TOLLFREE_SECRET_KEY="not-a-key")["secret key"]
    assert found["state"] == "bad" and "not-a-key" not in str(found)
    bare.home.mkdir(mode=0o700)
    key = bare.home / "secret.key"
    key.write_bytes(Fernet.generate_key())
    key.chmod(0o644)
    found = findings(bare)
    assert found["secret key"]["state"] == "good" and found["permissions"]["state"] == "bad"
    assert found["permissions"]["remedy"] == f"chmod 600 {key}"
    key.chmod(0o600)
    assert findings(bare)["permissions"]["state"] == "good"
    bare.home.chmod(0o755)
    assert findings(bare)["permissions"]["state"] == "note"


# The machine


def test_a_card_is_told_as_its_tool_tells_it_and_none_is_no_fault(bare: Shell, tmp_path: Path) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA GB10, 122880 MiB,   580.95'\n")
    tool.chmod(0o755)
    assert findings(bare, PATH=str(tmp_path))["gpu"]["found"] == "NVIDIA GB10, 122880 MiB, 580.95"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert findings(bare, PATH=str(tmp_path))["gpu"]["state"] in ("good", "note")


def test_a_clock_that_went_back_is_bad(shop: Shell) -> None:
    assert findings(shop)["clock"]["state"] in ("good", "note")
    later = time.time() + 86_400
    os.utime(shop.home / "tollfree.db", (later, later))
    assert findings(shop)["clock"]["state"] == "bad"


# Running checks


def place() -> Place:
    return Place(settings=Settings(), environ={})


def test_checks_run_at_once_and_one_that_hangs_is_left_behind() -> None:
    met = threading.Barrier(2, timeout=30)
    never = threading.Event()

    def meets(place: Place) -> list[Finding]:
        met.wait()
        return [Finding(name="meets", state="good", found="met")]

    def hangs(place: Place) -> list[Finding]:
        never.wait(30)
        return []

    checks = [
        Check(name="one", look=meets),
        Check(name="hanging", look=hangs, remedy="Let it go.", late="note"),
        Check(name="two", look=meets),
    ]
    try:
        found = list(examine(checks, place(), longest_s=5.0))
    finally:
        never.set()
    assert [(one.name, one.state) for one in found] == [("meets", "good"), ("hanging", "note"), ("meets", "good")]
    assert (found[1].found, found[1].remedy) == ("not known within 5 s", "Let it go.")


def test_a_check_that_breaks_is_a_finding() -> None:
    def breaks(place: Place) -> list[Finding]:
        raise ZeroDivisionError

    def refuses(place: Place) -> list[Finding]:
        raise TollfreeError("It is not to be had.")

    checks = [Check(name="breaks", look=breaks), Check(name="refuses", look=refuses)]
    found = list(examine(checks, place()))
    assert [(one.state, one.found) for one in found] == [
        ("bad", "the check broke: ZeroDivisionError"),
        ("bad", "It is not to be had."),
    ]


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
