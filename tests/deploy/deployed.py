"""Reads what is in `deploy/`: compose files as Docker would read them, units, scripts, examples of settings."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = sorted(DEPLOY.rglob("*compose.yaml"))
UNITS = sorted(DEPLOY.rglob("*.service"))
SCRIPTS = [DEPLOY / "upgrade", DEPLOY / "spark" / "ray" / "head", DEPLOY / "spark" / "ray" / "worker"]
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")
FILLED = "filled"


def settings_of(compose: Path) -> dict[str, str]:
    """The example of settings beside a compose file, with what a person must fill in filled in."""
    lines = (compose.parent / ".env.example").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return {name: value or FILLED for name, value in pairs}


def read(compose: Path, settings: dict[str, str] | None = None) -> dict[str, Any]:
    """A compose file, its variables replaced. A variable without a value and without a default is a `KeyError`."""
    known = settings_of(compose) if settings is None else settings

    def value(found: re.Match[str]) -> str:
        name, kind, other = found.groups()
        return known.get(name) or other if kind == "-" else known[name]

    document = yaml.safe_load(compose.read_text())
    return _replaced(document, value)


def _replaced(document: Any, value: Any) -> Any:
    if isinstance(document, dict):
        return {key: _replaced(member, value) for key, member in document.items()}
    if isinstance(document, list):
        return [_replaced(member, value) for member in document]
    return VARIABLE.sub(value, document) if isinstance(document, str) else document


def services(compose: Path) -> dict[str, dict[str, Any]]:
    """The services of a compose file and of those that it includes, by name."""
    settings = settings_of(compose)
    document = read(compose, settings)
    found: dict[str, dict[str, Any]] = {}
    for included in document.get("include", []):
        found |= read((compose.parent / included["path"]).resolve(), settings)["services"]
    return found | document["services"]


def options(service: dict[str, Any]) -> dict[str, str]:
    """The options of a command, `--name=value`, by name."""
    pairs = [word.partition("=") for word in service.get("command", []) if word.startswith("--")]
    return {name: value for name, _, value in pairs}


def is_vllm(service: dict[str, Any]) -> bool:
    """Whether a service is a server of vLLM."""
    return "--served-model-name" in options(service)


def gib(size: str) -> float:
    """A size of memory as compose writes it."""
    return float(size[:-1]) / {"g": 1, "m": 1024}[size[-1]]


def seconds(duration: str) -> int:
    """A duration as compose writes it, in one unit."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


def code_lines(document: Path) -> list[str]:
    """The lines of a document's blocks of code, those that end in a backslash joined."""
    blocks = re.findall(r"```(?:bash|text|ini)\n(.*?)```", document.read_text(), re.DOTALL)
    return [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
