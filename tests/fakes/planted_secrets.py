"""Secrets planted wherever an installation keeps some, and a search for them wherever they must not be.

    with planted_secrets(monkeypatch, server) as planted:      # the environment holds them now
        ...                                                    # the matrix of faults, whatever it is
        planted.raised(error)                                  # an error that came up
        planted.metrics("worker", text)                        # a page of metrics
        await planted.events(store)                            # every record of every call
        planted.found("the command's output", ran.out)         # anything else that people see
        planted.nothing_leaked()

Logs of every logger are kept by themselves, at every level, with their fields and tracebacks. A secret counts as found
as it is, and as URLs, JSON and base64 write it.
"""

import base64
import json
import logging
import traceback
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote, quote_plus

import pytest
from cryptography.fernet import Fernet

from tollfree.calls.log import plain
from tollfree.calls.store.store import Store

ROUTE_KEY = "PLANTED_ROUTE_KEY"
"""The environment variable of the routes' key."""
OTHER_ROUTE_KEY = "PLANTED_OTHER_ROUTE_KEY"
TOOL_SECRET = "PLANTED_TOOL_SECRET"  # noqa: S105  a name, not a secret
"""The name of the secret that a project's tools may be given."""


def _planted() -> dict[str, str]:
    """By name. Odd characters, so that what URLs and JSON make of them differs."""
    return {
        "route key": "sk-planted+route/key==7Qx",
        "other route key": "sk-planted-other-9Zt",
        "speech key": "stt-planted/key+4Hn",
        "voice key": "tts-planted-key=2Jd",
        "tool secret": 'tool"secret\\planted 3Wv',
        "livekit secret": "livekit-planted-secret-of-more-than-32-letters",
        "livekit key": "APIplantedKey5Rm",
        "database password": "data-planted-base-8Kp",
        "secret key": Fernet.generate_key().decode(),
    }


@dataclass
class PlantedSecrets:
    """What was planted, and where it was looked for."""

    values: Mapping[str, str] = field(default_factory=_planted)
    leaks: list[str] = field(default_factory=list)
    """`NAME in PLACE: …`, the surroundings with the secret taken out."""
    looked: list[str] = field(default_factory=list)
    """Places that were looked at."""

    @property
    def tool_secret(self) -> str:
        """For `tollfree secret set`, or the vault."""
        return self.values["tool secret"]

    def environ(self, database: str = "") -> dict[str, str]:
        """The variables that hold the others. `database`: host and name of one, which the password is put before."""
        database_url = f"postgresql://planted:{quote(self.values['database password'])}@{database}"
        return {
            ROUTE_KEY: self.values["route key"],
            OTHER_ROUTE_KEY: self.values["other route key"],
            "TOLLFREE_STT_API_KEY": self.values["speech key"],
            "TOLLFREE_VOICE_API_KEY": self.values["voice key"],
            "TOLLFREE_LIVEKIT_API_KEY": self.values["livekit key"],
            "TOLLFREE_LIVEKIT_API_SECRET": self.values["livekit secret"],
            "TOLLFREE_SECRET_KEY": self.values["secret key"],
            **({"TOLLFREE_DATABASE_URL": database_url} if database else {}),
        }

    def found(self, place: str, text: str) -> None:
        """Something that people or programs see."""
        self.looked.append(place)
        for name, value in self.values.items():
            for form in _forms(value):
                if form in text:
                    at = text.index(form)
                    around = f"{text[max(0, at - 60) : at]}[{name}]{text[at + len(form) : at + len(form) + 60]}"
                    self.leaks.append(f"{name} in {place}: {around}")
                    break

    def raised(self, error: BaseException) -> None:
        """An error: what it says, how it is printed, and its traceback with those behind it."""
        whole = "".join(traceback.format_exception(error))
        self.found(f"error {type(error).__name__}", f"{error}\n{error!r}\n{vars(error)}\n{whole}")

    def metrics(self, name: str, text: str) -> None:
        """A page of metrics."""
        self.found(f"metrics of {name}", text)

    async def events(self, store: Store) -> None:
        """Every record of every call, and the calls themselves."""
        page = await store.calls.list(limit=1000)
        for call in page.calls:
            entries = [plain(entry) async for entry in store.log.stream(call.id)]
            final = await store.calls.final_state(call.id)
            usage = await store.usage.of_call(call.id)
            self.found(f"call {call.id}", json.dumps([entries, str(final), str(usage), str(call)], ensure_ascii=False))

    def nothing_leaked(self) -> None:
        """Fails with every leak at once; and when nothing was looked at, which would prove nothing."""
        assert self.looked, "nothing was looked at"
        assert self.leaks == [], "\n".join(self.leaks)


@contextmanager
def planted_secrets(monkeypatch: pytest.MonkeyPatch, database: str = "") -> Generator[PlantedSecrets]:
    """Plants them in the environment, and listens to every logger while this lasts."""
    planted = PlantedSecrets()
    for name, value in planted.environ(database).items():
        monkeypatch.setenv(name, value)
    listener = _Listener(planted)
    root = logging.getLogger()
    levels = {logger: logger.level for logger in (root, logging.getLogger("tollfree"))}
    root.addHandler(listener)
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    try:
        yield planted
    finally:
        root.removeHandler(listener)
        for logger, level in levels.items():
            logger.setLevel(level)


_PLAIN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None)))


class _Listener(logging.Handler):
    """Looks at whatever is logged: message, arguments, fields, traceback."""

    def __init__(self, planted: PlantedSecrets) -> None:
        super().__init__(logging.DEBUG)
        self._planted = planted

    def emit(self, record: logging.LogRecord) -> None:
        fields = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        text = f"{record.getMessage()}\n{record.args!r}\n{fields!r}\n{trace}"
        self._planted.found(f"log {record.name} {record.levelname}", text)


@cache
def _forms(secret: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_written(secret)))


def _written(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    raw = secret.encode()
    for shift in range(3):
        first, last = (shift * 8 + 5) // 6, (shift + len(raw)) * 8 // 6
        yield base64.b64encode(b"\0" * shift + raw + b"\0\0").decode()[first:last]
