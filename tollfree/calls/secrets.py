"""A project's secrets: sealed in the store, opened only for its tools, and kept out of everything that is logged.

TollfreeError
└── SecretError
    ├── BadSecretKey     the key is not one, or cannot be read or made
    ├── SealedElsewhere  a secret that this key does not open
    └── BadSecret        a value or name that cannot be kept
"""

import asyncio
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from tollfree.calls.store.sealed_secrets import SealedSecrets
from tollfree.calls.tools.redact import SHORTEST, Redactor
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId

KEY_VARIABLE = "TOLLFREE_SECRET_KEY"
"""One Fernet key, or several with commas between: the first seals, all of them open. So keys are changed by putting
a new one first and setting each secret again."""
KEY_FILE = "secret.key"
"""In the home folder, made on first use when the variable is not set."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class SecretError(TollfreeError):
    """A secret cannot be kept or opened."""

    code = "secret_error"


class BadSecretKey(SecretError):
    """The key is not one, or cannot be read or made."""

    code = "bad_secret_key"


class SealedElsewhere(SecretError):
    """The secret was sealed with another key, or is not the one that was put here."""

    code = "sealed_elsewhere"


class BadSecret(SecretError):
    """A value or name that cannot be kept."""

    code = "bad_secret"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The opened secrets of one project. Printing it shows names only."""

    values: Mapping[str, str] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """What there is, sorted."""
        return tuple(sorted(self.values))

    def redactor(self) -> Redactor:
        """Takes these secrets out of any text or value, as they are and as URLs, JSON and base64 write them."""
        return Redactor(self.values.values())


class Vault:
    """Sets and opens secrets. A value that was set is never shown again; only tools are given it."""

    def __init__(self, sealed: SealedSecrets, key: MultiFernet) -> None:
        """`key`: from `load_key`."""
        self._sealed = sealed
        self._key = key

    async def set(self, project: ProjectId, name: str, value: str) -> None:
        """Keeps a secret, in place of the one of this name. Raises `UnknownProject` or `BadSecret`."""
        if not _NAME.fullmatch(name):
            raise BadSecret(
                f"{name!r} cannot name a secret. Use letters, digits, `_`, `-` and `.`, beginning with a letter."
            )
        if len(value.strip()) < SHORTEST:
            raise BadSecret(
                f"The value of {name!r} has fewer than {SHORTEST} characters: too short to be kept out of logs."
            )
        # The place is sealed with the value: a row that is copied to another project or name does not open there.
        sealed = self._key.encrypt(json.dumps([project, name, value]).encode())
        await self._sealed.save(project, name, sealed)

    async def names(self, project: ProjectId) -> tuple[str, ...]:
        """What there is, by name. Raises `UnknownProject`."""
        return tuple(await self._sealed.all(project))

    async def delete(self, project: ProjectId, name: str) -> None:
        """Removes a secret. Raises `UnknownProject` or `UnknownResource`."""
        await self._sealed.delete(project, name)

    async def open(self, project: ProjectId) -> Secrets:
        """All secrets of a project, for its tools. Raises `UnknownProject` or `SealedElsewhere`."""
        sealed = await self._sealed.all(project)
        return Secrets({name: self._open(project, name, one) for name, one in sealed.items()})

    def _open(self, project: ProjectId, name: str, sealed: bytes) -> str:
        try:
            owner, place, value = json.loads(self._key.decrypt(sealed))
        except InvalidToken as error:
            raise SealedElsewhere(
                f"The secret {name!r} of project {project!r} was sealed with another key. "
                f"Set {KEY_VARIABLE} to the key it was sealed with, or set the secret again."
            ) from error
        if (owner, place) != (project, name):
            raise SealedElsewhere(
                f"The secret {name!r} of project {project!r} was put there from elsewhere. Set it again."
            )
        return str(value)


async def load_key(home: Path, environment: Mapping[str, str]) -> MultiFernet:
    """The key from the environment, else from the home folder's key file, which is made (mode 0600) when missing.

    Raises `BadSecretKey`.
    """
    if written := environment.get(KEY_VARIABLE, "").strip():
        return key_of(written, f"The environment variable {KEY_VARIABLE}")
    file = home / KEY_FILE
    try:
        written = await asyncio.to_thread(_read_or_make, file)
    except OSError as error:
        raise BadSecretKey(
            f"The key file {file} cannot be read or made: {error.strerror}. "
            f"Check its permissions, or set {KEY_VARIABLE}."
        ) from error
    return key_of(written, f"The file {file}")


def key_of(written: str, where: str) -> MultiFernet:
    """The key that is written `where`, which begins the sentence about one that is none. Raises `BadSecretKey`."""
    try:
        return MultiFernet([Fernet(one.strip()) for one in written.split(",") if one.strip()])
    except ValueError as error:
        raise BadSecretKey(
            f"{where} does not hold a key: 32 bytes in URL-safe base64, as "
            '`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"` prints.'
        ) from error


def _read_or_make(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(Fernet.generate_key() + b"\n")
                out.flush()
                os.fsync(out.fileno())
            try:
                # A link is made whole or not at all, and never over another: of two programs, one makes the key.
                os.link(draft, file)
            except FileExistsError:
                pass
        finally:
            draft.unlink()
    return file.read_text("ascii", errors="replace")
