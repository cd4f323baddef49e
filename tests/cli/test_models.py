"""`tollfree models`, on cache folders that the tests fill."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell

ALONE = {"PATH": "/nowhere", "HOME": "/nowhere", "UV": "", "HF_HUB_OFFLINE": "1"}
"""A machine without clients, and without a hub."""
CARD = "MODEL_CARD"


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Commands of somebody who has fetched nothing. The folder of the cache is in `bare.cache / "tollfree"`."""
    return Shell(tmp_path / "home", tmp_path / "xdg")


def piper(shell: Shell) -> Path:
    """Where the files of Piper belong."""
    folder = shell.cache / "tollfree" / "models" / "piper"
    folder.mkdir(parents=True)
    return folder


def test_the_list_says_what_each_model_is_whose_and_whether_it_is_here(bare: Shell) -> None:
    ran = bare("models", "list")
    assert ran.code == 0
    assert "tiny.en           missing    78 MB  Whisper tiny.en" in ran.out
    assert "by OpenAI (Radford et al., 2022); converted by Systran; MIT" in ran.out
    assert "silero            good" in ran.out


def test_the_list_for_programs(bare: Shell) -> None:
    rows = {row["name"]: row for row in bare("models", "list", "--json").json}
    assert rows["piper"]["state"] == "missing" and rows["piper"]["source"] == ""
    assert rows["silero"]["state"] == "good" and rows["silero"]["source"] == "wheel"
    assert [name for name, row in rows.items() if not row["default"] and not row["large"]] == ["base", "gemma-270m"]
    assert "from the hub at the first pull" in rows["qwen3"]["hashes"] and rows["base"]["hashes"] == "pinned"
    assert {"name": "model.bin", "state": "missing"} in rows["base"]["files"]


def test_a_large_model_is_pulled_by_name_alone_and_says_plainly_that_its_hub_is_away(bare: Shell) -> None:
    assert "qwen3             missing    31 GB" in bare("models", "list").out
    ran = bare("models", "pull", "qwen3", env={"HF_ENDPOINT": "http://127.0.0.1:1", "HF_HUB_OFFLINE": ""})
    assert ran.code == 1 and ran.out.startswith("Models to fetch: 1, 31000 MB")
    assert "The hub at http://127.0.0.1:1" in ran.err and "cannot be reached" in ran.err
    everything = bare("models", "pull", "--all", "--json", env=ALONE).json
    assert "qwen3" not in {row["name"] for row in everything} and "gemma-270m" in {row["name"] for row in everything}


def test_a_pull_without_any_client_says_what_would_help_for_each_model(bare: Shell) -> None:
    ran = bare("models", "pull", "kokoro-voices", "silero", env=ALONE)
    assert ran.code == 1
    assert "kokoro-voices: fetching kokoro-js 1.2.1 (26.9 MB)" in ran.out
    assert "silero: was here already" in ran.out
    assert ran.err.startswith("tollfree: Kokoro's 54 voices: ") and "install Node.js" in ran.err


def test_a_pull_for_programs_tells_each_model_and_fails_as_a_whole(bare: Shell) -> None:
    ran = bare("models", "pull", "kokoro-voices", "silero", "--json", env=ALONE)
    assert ran.code == 1
    failed, fine = ran.json
    assert (failed["name"], failed["ok"], failed["code"]) == ("kokoro-voices", False, "pull_failed")
    assert (fine["name"], fine["ok"], fine["fetched"]) == ("silero", True, [])


def test_a_quiet_pull_of_what_is_here_says_nothing(bare: Shell) -> None:
    ran = bare("models", "pull", "--quiet", "silero", "all-MiniLM-L6-v2", env=ALONE)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_an_unknown_model_is_answered_with_those_there_are(bare: Shell) -> None:
    for verb in ("pull", "verify"):
        ran = bare("models", verb, "tiny")
        assert ran.code == 1
        assert ran.err.startswith("tollfree: There is no model 'tiny'. There are: tiny.en, base")


def test_verify_names_the_file_that_is_not_the_pinned_one(bare: Shell) -> None:
    (piper(bare) / CARD).write_text("# Model card for somebody else")
    ran = bare("models", "verify", "piper")
    assert ran.code == 1
    assert "piper             damaged" in ran.out
    assert f"damaged  {CARD}" in ran.out
    assert "remedy: tollfree models pull piper" in ran.out


def test_verify_looks_by_default_at_what_is_here(bare: Shell) -> None:
    rows = bare("models", "verify", "--json").json
    assert [row["name"] for row in rows] == ["all-MiniLM-L6-v2", "silero"]
    (piper(bare) / CARD).write_text("?")
    ran = bare("models", "verify", "--json")
    assert ran.code == 1
    assert [row["name"] for row in ran.json] == ["piper", "all-MiniLM-L6-v2", "silero"]


def test_verify_of_a_model_that_is_not_here_fails(bare: Shell) -> None:
    ran = bare("models", "verify", "base", "--json")
    assert ran.code == 1
    assert ran.json[0]["state"] == "missing"


def test_without_a_voice_there_is_nothing_to_measure_but_what_to_fetch(bare: Shell) -> None:
    ran = bare("models", "measure")
    assert ran.code == 1
    assert ran.err == "tollfree: There is no voice on this machine. Run `tollfree models pull`.\n"


def test_a_voice_that_is_set_is_not_measured_against(bare: Shell) -> None:
    ran = bare("models", "measure", "--json", env={"TOLLFREE_VOICE": "kokoro:bf_emma"})
    assert ran.code == 0
    assert ran.json["chosen"] == ran.json["setting"] == "kokoro:bf_emma"
