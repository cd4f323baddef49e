"""A control tower with an empty project, and its first admin."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.caller import NEEDED
from tests.browser.people import ADA, become_admin, sign_in
from tests.browser.stack import missing, up
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings
from tollfree.worker.process import PROGRAM

PROJECT = "bakery"


@dataclass
class Tower:
    """One that runs."""

    home: Path
    url: str
    """Of its pages."""
    first: str
    """The link by which the first admin is made, once; empty: it was used."""

    @property
    def base(self) -> str:
        """The project's pages."""
        return f"{self.url}/p/{PROJECT}"

    def enter(self, page: Page) -> None:
        """As the first admin: whoever comes first becomes that."""
        first, self.first = self.first, ""
        if first:
            become_admin(page, first)
        else:
            sign_in(page, self.url, ADA)


@contextmanager
def tower_in(home: Path) -> Iterator[Tower]:
    """What `tollfree up` starts in this home. Skips the test where this machine lacks what it needs."""
    if absent := missing():
        pytest.skip(absent)
    try:
        for model in NEEDED:
            find(model, Settings().cache)
    except WeightsError as error:
        pytest.skip(error.message)
    made = ["project", "new", PROJECT, "--title", "The Bakery"]
    tollfree(home, *made)
    with up(home) as running:
        told = running.wait_for("dashboard")
        yield Tower(home, told["url"], told["first"])


def tollfree(home: Path, *given: str, said: str = "") -> None:
    """A command on the same installation, with something said to it."""
    command = [sys.executable, "-c", PROGRAM, "--home", str(home), *given]
    subprocess.run(command, input=said, text=True, check=True, stdout=subprocess.DEVNULL)
