"""The `tollfree` command, run in this process as the shell would run it, on a home folder of its own."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.flows.driven import ask, flow_of
from tollfree.cli.main import main
from tollfree.flows.source import to_yaml


@dataclass
class Ran:
    """What came of one command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Shell:
    """Runs commands."""

    home: Path
    cache: Path

    def __call__(self, *args: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> Ran:
        """A command that may succeed or fail, and never shows a traceback."""
        surroundings = {"XDG_CACHE_HOME": str(self.cache), "TOLLFREE_HOME": str(self.home), **(env or {})}
        with CliRunner().isolation(input=stdin, env=surroundings) as (out, err, _):
            code = 0
            try:
                main([str(word) for word in args])
            except SystemExit as done:
                code = int(done.code or 0)
            ran = Ran(code, out.getvalue().decode(), err.getvalue().decode())
        assert "Traceback" not in ran.err
        return ran

    def ok(self, *args: str | Path, stdin: str = "") -> Ran:
        """A command that must succeed."""
        ran = self(*args, stdin=stdin)
        assert ran.code == 0, f"{args}: {ran.err}"
        return ran


def flow(say: str = "Hello.") -> dict[str, Any]:
    """A greeting and a code."""
    return flow_of({"hello": {"kind": "say", "say": say, "exits": {"said": "code"}}, "code": ask()})


def written(folder: Path, document: dict[str, Any], name: str = "made.yaml") -> Path:
    """A flow in a file."""
    path = folder / name
    path.write_text(to_yaml(document))
    return path


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedder is kept, made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A home folder with the project `shop` and version 1 of its flow `made` published."""
    folder = tmp_path_factory.mktemp("furnished")
    run = Shell(folder / "home", cache)
    run.ok("project", "new", "shop", "--title", "The Shop")
    run.ok("flow", "import", "shop", written(folder, flow()))
    run.ok("flow", "publish", "shop", "made")
    return folder / "home"


@pytest.fixture
def shell(tmp_path: Path, cache: Path) -> Shell:
    """Commands on an empty home folder."""
    return Shell(tmp_path / "home", cache)


@pytest.fixture
def shop(tmp_path: Path, cache: Path, furnished: Path) -> Shell:
    """Commands on a copy of the furnished home folder."""
    shutil.copytree(furnished, tmp_path / "home")
    return Shell(tmp_path / "home", cache)
