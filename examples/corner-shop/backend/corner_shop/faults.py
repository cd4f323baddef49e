"""Ways for the shop to be broken on purpose, so that what depends on it can be seen to cope."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Kind(StrEnum):
    """What goes wrong."""

    ERROR = "500"
    """Status 500, in JSON."""
    RUBBISH = "rubbish"
    """Status 200 and an HTML page."""
    BAD_JSON = "bad_json"
    """Status 200, said to be JSON, broken off in the middle."""
    SLOW = "slow"
    """The right answer, `seconds` late."""
    HANG = "hang"
    """No answer until the client gives up."""
    DRIP = "drip"
    """An answer of one byte each `seconds`, for ever."""
    HUGE = "huge"
    """50 MB of well-formed JSON."""
    CUT = "cut"
    """The connection closes in the middle of the answer."""
    REDIRECT = "redirect"
    """Status 302 to the metadata address of a cloud machine."""


HUGE_BYTES = 50_000_000
"""Size of the `huge` answer."""


class Fault(BaseModel):
    """One rule of what breaks when. POST /faults takes it as it is written here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    path: str = "/"
    """Requests whose path begins so."""
    method: str = ""
    """Only these (`POST`); empty: all."""
    call: str = ""
    """Only requests with this Tollfree-Call header; empty: all."""
    times: int | None = Field(default=None, ge=1)
    """How many requests it hits before it is spent; None: every one."""
    seconds: float = Field(default=3.0, gt=0, le=600)
    """For `slow` the delay, for `drip` the pause between bytes."""

    def hits(self, method: str, path: str, call: str) -> bool:
        """Whether this request is broken by it."""
        named = not self.method or self.method.upper() == method
        return named and path.startswith(self.path) and (not self.call or self.call == call)


class Faults:
    """The rules in force."""

    def __init__(self, rules: tuple[Fault, ...] = ()) -> None:
        self._rules: list[Fault] = list(rules)

    def add(self, fault: Fault) -> None:
        """Puts a rule in force. The oldest that hits a request decides."""
        self._rules.append(fault)

    def clear(self) -> None:
        """Mends everything."""
        self._rules.clear()

    def to_json(self) -> list[dict[str, object]]:
        """The rules, with what is left of their times."""
        return [rule.model_dump(mode="json") for rule in self._rules]

    def take(self, method: str, path: str, call: str) -> Fault | None:
        """The rule that breaks this request, counted as used."""
        for place, rule in enumerate(self._rules):
            if rule.hits(method, path, call):
                if rule.times == 1:
                    del self._rules[place]
                elif rule.times is not None:
                    self._rules[place] = rule.model_copy(update={"times": rule.times - 1})
                return rule
        return None


class FaultMiddleware:
    """Breaks requests by the rules in force, and, when `by_header`, as their own Shop-Fault header says."""

    def __init__(self, app: ASGIApp, faults: Faults, by_header: bool) -> None:
        self._app = app
        self._faults = faults
        self._by_header = by_header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a broken request itself; passes the others on."""
        fault = self._fault(scope) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        else:
            await _BREAK[fault.kind](fault, receive, send)

    def _fault(self, scope: Scope) -> Fault | None:
        path = str(scope["path"])
        if path in ("/health", "/faults"):
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        asked = headers.get("shop-fault", "") if self._by_header else ""
        if asked in {kind.value for kind in Kind}:
            return Fault(kind=Kind(asked))
        return self._faults.take(str(scope["method"]), path, headers.get("tollfree-call", ""))


def _start(status: int, content_type: str, *more: tuple[bytes, bytes]) -> Message:
    headers = [(b"content-type", content_type.encode()), *more]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _error(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(500, "application/json"))
    await send(_part(b'{"error": {"code": "internal", "message": "Something went wrong."}}'))


async def _rubbish(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(200, "text/html; charset=utf-8"))
    await send(_part(b"<!doctype html><html><body><h1>We'll be back soon</h1></body></html>"))


async def _bad_json(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(200, "application/json"))
    await send(_part(b'{"number": "41755", "status": "deliv'))


async def _hang(fault: Fault, receive: Receive, send: Send) -> None:
    await _gone(receive)


async def _drip(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(200, "application/json"))
    gone = asyncio.ensure_future(_gone(receive))
    while not gone.done():
        await send(_part(b" ", more=True))
        await asyncio.wait([gone], timeout=fault.seconds)


async def _huge(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(200, "application/json"))
    await send(_part(b'{"filler": "', more=True))
    for _ in range(HUGE_BYTES // 50_000):
        await send(_part(b"x" * 50_000, more=True))
    await send(_part(b'"}'))


async def _cut(fault: Fault, receive: Receive, send: Send) -> None:
    # The server closes the connection when an answer ends before its announced length.
    await send(_start(200, "application/json", (b"content-length", b"1000")))
    await send(_part(b'{"number": "41755", ', more=True))


async def _redirect(fault: Fault, receive: Receive, send: Send) -> None:
    await send(_start(302, "text/plain", (b"location", b"http://169.254.169.254/latest/meta-data/")))
    await send(_part(b""))


async def _gone(receive: Receive) -> None:
    """Waits until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


_BREAK: dict[Kind, Callable[[Fault, Receive, Send], Awaitable[None]]] = {
    Kind.ERROR: _error,
    Kind.RUBBISH: _rubbish,
    Kind.BAD_JSON: _bad_json,
    Kind.HANG: _hang,
    Kind.DRIP: _drip,
    Kind.HUGE: _huge,
    Kind.CUT: _cut,
    Kind.REDIRECT: _redirect,
}
