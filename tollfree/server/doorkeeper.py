"""Tells who makes a request, and lets people sign in."""

import hmac
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from starlette.requests import Request

from tollfree.calls.store.store import Store
from tollfree.calls.store.users import User
from tollfree.protocol.clock import Clock
from tollfree.server.errors import NoToken, SignedOut, StaleLink, WrongPassword
from tollfree.server.passwords import Passwords
from tollfree.server.principal import Principal, csrf_of, hashed
from tollfree.server.settings import ServerSettings
from tollfree.server.throttle import Throttle

COOKIE = "tollfree_session"
KEY_PREFIX = "tf_"
"""How our keys begin, so that scanners of leaked secrets know them."""
LINK_LASTS = timedelta(days=3)
"""Of links to set a password."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


class Doorkeeper:
    """One for the server."""

    def __init__(
        self, store: Store, settings: ServerSettings, clock: Clock, home: Path, passwords: Passwords | None = None
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._first = home / "server" / "first-admin"
        self.passwords = passwords if passwords is not None else Passwords()
        self._throttle = Throttle(clock)

    async def principal(self, request: Request) -> Principal | None:
        """Who it is; None: nobody that is known. Raises `SignedOut` for a key that does not work, and `NoToken` for a
        browser's change that its page did not prove to have made."""
        given = request.headers.get("authorization", "")
        if given:
            return await self._by_key(given)
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        user = await self._store.sign_ins.user(hashed(token))
        if user is None:
            return None
        if request.method not in SAFE:
            self._check_page(request, token)
        return await self.as_principal(user)

    async def as_principal(self, user: User) -> Principal:
        """A person with their roles."""
        roles = await self._store.users.roles(user.id)
        return Principal(
            kind="user", id=user.id, name=user.email, called=user.name, everywhere=user.everywhere, roles=roles
        )

    async def sign_in(self, email: str, password: str, address: str) -> tuple[User, str]:
        """Who it is, and the token that says so from now on. `address`: the machine's. Raises `WrongPassword` or
        `TooManyTries`."""
        user, _ = await self._checked(email, password, address)
        return user, await self._begin(user)

    async def sign_out(self, token: str) -> None:
        """The token says nothing any more."""
        await self._store.sign_ins.end(hashed(token))

    async def first_link(self) -> str:
        """The token of the first start; empty: somebody is there already. The same until it was used."""
        if await self._store.users.exist():
            self._first.unlink(missing_ok=True)
            return ""
        self._first.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            if token := self._first.read_text():
                return token
        draft = self._first.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        draft.replace(self._first)  # whole or not at all: half a token would let nobody in
        return self._first.read_text()

    async def first_admin(self, token: str, *, email: str, name: str, password: str) -> tuple[User, str]:
        """Makes the first person. Raises `StaleLink`, `WeakPassword` or `BadEmail`."""
        expected = await self.first_link()
        if not expected or not hmac.compare_digest(token.encode("utf-8", "replace"), expected.encode()):
            raise StaleLink
        kept = await self.passwords.hash(password, of=email)
        user = await self._store.users.add_first(email=email, name=name, password_hash=kept)
        if user is None:
            raise StaleLink
        self._first.unlink(missing_ok=True)
        return user, await self._begin(user)

    async def password_link(self, user: str) -> tuple[str, datetime]:
        """The token of a link by which a person sets a password, and until when it works; earlier ones work no more.
        Raises `UnknownUser`."""
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + LINK_LASTS
        await self._store.password_links.make(hashed(token), user, until)
        return token, until

    async def set_password(self, token: str, password: str) -> tuple[User, str]:
        """By such a link, which works once; signs them in. Raises `StaleLink` or `WeakPassword`."""
        whose = await self._store.password_links.user(hashed(token))
        if whose is None:
            raise StaleLink
        user = await self._store.users.get(whose)
        kept = await self.passwords.hash(password, of=user.email)
        if user.disabled or await self._store.password_links.use(hashed(token)) != whose:
            raise StaleLink
        await self._store.users.set_password(whose, kept)
        return user, await self._begin(user)

    async def change_password(self, user: str, old: str, new: str, address: str) -> tuple[User, str]:
        """Signs them out everywhere, and in again here. Raises `WrongPassword`, `TooManyTries` or `WeakPassword`."""
        found, _ = await self._checked((await self._store.users.get(user)).email, old, address)
        await self._store.users.set_password(user, await self.passwords.hash(new, of=found.email))
        return found, await self._begin(found)

    async def _checked(self, email: str, password: str, address: str) -> tuple[User, str]:
        """The person, and the hash of their password. Raises `WrongPassword` or `TooManyTries`."""
        names = (f"email {email.strip().lower()[:320]}", f"address {address}")
        self._throttle.check(*names)
        found = await self._store.users.by_email(email)
        # Counted before it is checked: who tries many at once does not get them all in.
        self._throttle.wrong(*names)
        right = await self.passwords.fits(password, found[1] if found is not None else None)
        if found is None or not right or found[0].disabled:
            raise WrongPassword
        self._throttle.right(*names)
        return found

    async def _begin(self, user: User) -> str:
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + timedelta(hours=self._settings.sign_in_hours)
        await self._store.sign_ins.begin(hashed(token), user.id, until)
        return token

    async def _by_key(self, given: str) -> Principal:
        scheme, _, secret = given.partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith(KEY_PREFIX):
            raise SignedOut
        key = await self._store.api_keys.used(hashed(secret.strip()))
        if key is None:
            raise SignedOut
        return Principal(kind="key", id=key.id, name=f"key {key.name}", roles={key.project: key.role})

    def _check_page(self, request: Request, token: str) -> None:
        given = request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf_of(token).encode()):
            raise NoToken
