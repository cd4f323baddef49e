"""Every command and every setting of tollfree that `deploy/` and its document name is one that there is."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic_settings import BaseSettings

from tests.deploy.deployed import COMPOSE, DEPLOY, ROOT, UNITS, code_lines, services
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.secrets import KEY_VARIABLE
from tollfree.cli.main import cli
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.serving.tts.settings import TtsServerSettings
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.wiring.settings import Settings

TREES: tuple[type[BaseSettings], ...] = (
    Settings,
    LiveKitSettings,
    WorkerSettings,
    PhoneSettings,
    SttServerSettings,
    TtsServerSettings,
)
KNOWN = {f"{tree.model_config.get('env_prefix', '')}{name}".upper() for tree in TREES for name in tree.model_fields}
KEYS = {"TOLLFREE_STT_API_KEY", "TOLLFREE_VOICE_API_KEY", KEY_VARIABLE}
SPARK = ROOT / "docs" / "spark.md"
WHERE = [*COMPOSE, *UNITS, *DEPLOY.rglob("*.Dockerfile"), SPARK]


def fault(words: list[str]) -> str:
    """What is wrong with `tollfree WORD…`; empty: nothing."""
    command: click.Command = cli
    ctx = click.Context(command, info_name="tollfree")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        word = rest.pop(0)
        found = command.get_command(ctx, word)
        if found is None:
            return f"there is no {word}"
        command, ctx = found, click.Context(found, info_name=word, parent=ctx)
    if isinstance(command, click.Group) and "--help" not in rest:
        return f"{words} is no whole command"
    known = {option for one in command.get_params(ctx) for option in (*one.opts, *one.secondary_opts)}
    unknown = [word.partition("=")[0] for word in rest if word.startswith("--")]
    return ", ".join(f"{words} has no {word}" for word in unknown if word not in known)


def _images() -> dict[str, list[str]]:
    """What each image of ours runs when it is told nothing, by the image's name."""
    found: dict[str, list[str]] = {}
    for name in ("stt", "tts", "worker"):
        text = (DEPLOY / "images" / f"{name}.Dockerfile").read_text()
        parts = [re.findall(rf"^{word} (\[.+\])$", text, re.MULTILINE) for word in ("ENTRYPOINT", "CMD")]
        found[f"tollfree-{name}"] = [word for part in parts for word in re.findall(r'"([^"]+)"', "".join(part))]
    return found


def _in_compose(service: dict[str, Any]) -> list[str]:
    usual = _images()[service["image"]]
    if "entrypoint" in service:
        return [*service["entrypoint"], *service.get("command", [])]
    return [usual[0], *service["command"]] if "command" in service else usual


def test_images_and_services_run_commands_that_there_are() -> None:
    ran = list(_images().values())
    for compose in COMPOSE:
        ran += [_in_compose(one) for one in services(compose).values() if one["image"] in _images()]
    assert len(ran) >= 8
    assert all(words[0] == "tollfree" for words in ran)
    assert [found for words in ran if (found := fault(words[1:]))] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_commands_that_there_are(unit: Path) -> None:
    ran = re.findall(r"^ExecStart=\S*/tollfree (.+)$", unit.read_text(), re.MULTILINE)
    assert [found for words in ran if (found := fault(shlex.split(words)))] == []


def test_the_document_names_commands_that_there_are() -> None:
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", SPARK.read_text(), flags=re.DOTALL))
    told = [re.search(r"docker compose run .*\btools (.+)", line) for line in [*code_lines(SPARK), *inline]]
    ran = [found[1] for found in told if found]
    ran += [line.removeprefix("tollfree ") for line in inline if re.match(r"tollfree [a-z]", line)]
    assert len(ran) >= 10
    assert [found for words in ran if (found := fault(shlex.split(words, comments=True)))] == []


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["worker"], False),
        (["wroker"], True),
        (["engines"], True),
        (["doctor", "--jsn"], True),
        (["route", "check"], False),
    ],
)
def test_a_slip_in_a_command_is_found(words: list[str], wrong: bool) -> None:
    assert bool(fault(words)) is wrong


@pytest.mark.parametrize("path", WHERE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_variable_of_ours_is_one_that_is_read(path: Path) -> None:
    named = set(re.findall(r"\bTOLLFREE_[A-Z_]+\b", path.read_text()))
    assert {name.partition("__")[0] for name in named} - KNOWN - KEYS == set()


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_has_a_value_that_is_taken(compose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for service in services(compose).values():
        ours = {name: value for name, value in service.get("environment", {}).items() if name.startswith("TOLLFREE_")}
        with monkeypatch.context() as environment:
            for name, value in ours.items():
                environment.setenv(name, value)
            for tree in TREES:
                tree()
