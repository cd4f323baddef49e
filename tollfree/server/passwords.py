"""Passwords: argon2 hashes, a few at a time, and never on the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tollfree.server.errors import WeakPassword

SHORTEST, LONGEST = 12, 1024
AT_ONCE = 2
"""Hashes computed at once: each takes 64 MB and most of a core for a while."""


class Passwords:
    """Makes and checks hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher if hasher is not None else PasswordHasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._nobodys = ""

    async def hash(self, password: str, *, of: str) -> str:
        """`of`: the address of whom it is. Raises `WeakPassword`."""
        check_strength(password, of)
        return await self._hash(password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the one. Of nobody (None), and of whoever has not set one yet (empty), it takes as long, so
        that time does not tell who is known."""
        if not kept and not self._nobodys:
            self._nobodys = await self._hash("nobody's password")
        async with self._turns:
            right = await asyncio.to_thread(self._verified, password[:LONGEST], kept or self._nobodys)
        return right and bool(kept)

    async def _hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    def _verified(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def check_strength(password: str, of: str) -> None:
    """Long enough, and not what everybody would try. NIST SP 800-63B: length, no rules of composition."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"Choose a password of {SHORTEST} characters or more.")
    plain = password.casefold()
    known = (of.partition("@")[0].casefold(), "password", "tollfree", "1234567890", "qwertyuiop")
    if len(set(plain)) < 4 or any(word and plain.replace(word, "") == "" for word in known):
        raise WeakPassword("This password is guessed quickly. Choose one that only you would think of.")
