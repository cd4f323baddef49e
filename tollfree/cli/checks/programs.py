"""Programs beside Python that set-up uses."""

import shutil
from collections.abc import Iterator
from functools import partial

from tollfree.cli.checks.finding import Check, Finding, Place
from tollfree.cli.checks.machine import output

PROGRAMS = (
    ("go", ["version"], "builds a LiveKit server: https://go.dev/dl"),
    ("node", ["--version"], "builds the dashboard: https://nodejs.org"),
    ("npm", ["--version"], "fetches Kokoro's voices; comes with Node.js"),
)
"""By name: how to ask for its version, and what it is good for."""


def program(place: Place, *, name: str, arguments: list[str], use: str) -> Iterator[Finding]:
    """Whether it is there, and which version."""
    path = place.environ.get("PATH", "")
    found = shutil.which(name, path=path)
    if found is None:
        yield Finding(name=name, state="note", found="not on PATH", remedy=use)
    elif said := output(name, arguments, path):
        yield Finding(name=name, state="good", found=f"{said.splitlines()[0]} ({found})")
    else:
        yield Finding(name=name, state="note", found=f"{found} does not say its version", remedy=use)


CHECKS = tuple(
    Check(name=name, look=partial(program, name=name, arguments=arguments, use=use), remedy=use, late="note")
    for name, arguments, use in PROGRAMS
)
