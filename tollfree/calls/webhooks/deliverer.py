"""Sends what the outbox holds, until it is taken or given up."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
from cryptography.fernet import MultiFernet

from tollfree.calls.project import PROJECT_FILE
from tollfree.calls.publishing import project_settings
from tollfree.calls.store.outbox import Delivery
from tollfree.calls.store.store import Store
from tollfree.calls.store.webhooks import Webhook
from tollfree.calls.webhooks.signing import headers_of, unseal
from tollfree.network.errors import HostRefused
from tollfree.network.guard import Guard
from tollfree.network.transport import GuardedTransport
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId

RETRY_AFTER_S = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
"""Seconds until each further try: a day in all. After the last a message is dead."""
WITHIN_S = 15.0
"""Seconds in which a message must have been taken."""
LEASE = timedelta(seconds=60)
"""For which a message is ours to send: longer than that takes."""
AT_ONCE = 20
"""Messages that are sent at the same time."""
EVERY_S = 1.0
"""Seconds between looks for what is due."""
KEPT = timedelta(days=30)
"""For which messages that were taken, or given up, can still be looked at."""
GONE = 410
"""Status by which a receiver says that it wants no more."""

Guarded = Callable[[Guard], httpx.AsyncBaseTransport]
_log = logging.getLogger(__name__)


class Deliverer:
    """One runs in each server; several share the work."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        key: Callable[[], Awaitable[MultiFernet]],
        *,
        transport: Guarded = GuardedTransport,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`key`: opens the webhooks' secrets; asked for when a message is due. `chance`: from 0 to 1."""
        self._store = store
        self._clock = clock
        self._key = key
        self._transport = transport
        self._chance = chance

    async def run(self) -> None:
        """Until it is cancelled. What goes wrong with the store is told to the log, and tried again."""
        forgot_ms: float | None = None
        while True:
            try:
                while await self.send_due():
                    pass
                now_ms = self._clock.elapsed_ms()
                if forgot_ms is None or now_ms - forgot_ms > 3_600_000:
                    forgot_ms = now_ms
                    await self._store.outbox.forget(self._clock.now() - KEPT)
            except TollfreeError as error:
                _log.warning("webhooks wait", extra={"code": error.code})
            await asyncio.sleep(EVERY_S)

    async def send_due(self) -> int:
        """Send what is due, a number of messages at once; how many."""
        due = await self._store.outbox.claim(AT_ONCE, LEASE)
        await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, delivery: Delivery) -> None:
        found = await self._store.webhooks.target(delivery.webhook)
        if found is None:
            return
        webhook, sealed = found
        status: int | None = None
        try:
            secret = unseal(await self._key(), webhook.id, sealed)
            status = await self._post(webhook, delivery, secret)
            problem = "" if 200 <= status < 300 else f"answered {status}"
        except TimeoutError:
            problem = f"did not answer within {WITHIN_S:g} s"
        except httpx.HTTPError as error:
            problem = f"cannot be reached ({type(error).__name__})"
        except TollfreeError as error:
            problem = error.message
        await self._settle(webhook, delivery, status, problem)

    async def _post(self, webhook: Webhook, delivery: Delivery, secret: str) -> int:
        guard = await guard_of(self._store, webhook.project)
        body = delivery.payload.encode()
        headers = headers_of(secret, f"msg_{delivery.id}", int(self._clock.now().timestamp()), body)
        async with (
            asyncio.timeout(WITHIN_S),
            httpx.AsyncClient(transport=self._transport(guard), follow_redirects=False, trust_env=False) as client,
            client.stream("POST", guard.check_url(httpx.URL(webhook.url)), content=body, headers=headers) as answer,
        ):
            return answer.status_code  # what it says besides is nothing to us

    async def _settle(self, webhook: Webhook, delivery: Delivery, status: int | None, problem: str) -> None:
        outbox = self._store.outbox
        if not problem and status is not None:
            await outbox.delivered(delivery.id, status)
            return
        extra = {"webhook": webhook.id, "attempt": delivery.attempts + 1, "status": status}
        _log.info("a webhook did not take a message", extra=extra)
        if status == GONE:
            await self._store.webhooks.change(webhook.project, webhook.id, enabled=False)
        if status == GONE or delivery.attempts >= len(RETRY_AFTER_S):
            await outbox.dead(delivery.id, status, problem)
            return
        wait_s = RETRY_AFTER_S[delivery.attempts] * (0.75 + 0.5 * self._chance())
        await outbox.again(delivery.id, status, problem, self._clock.now() + timedelta(seconds=wait_s))


async def guard_of(store: Store, project: ProjectId) -> Guard:
    """Where a project's messages may go: anywhere on the public Internet, and within a private network where the
    project's allowed hosts say so. Raises `UnknownProject`, `BadProject` or `BadAllowedHosts`."""
    settings = await project_settings(store, project)
    return Guard(settings.allowed_hosts, any_public=True, listed_in=PROJECT_FILE)


def checked_url(guard: Guard, url: str) -> str:
    """The URL of a webhook, in normal form. Raises `HostRefused`."""
    try:
        return str(guard.check_url(httpx.URL(url)))
    except httpx.InvalidURL as error:
        raise HostRefused("this is not a URL; write one such as https://example.com/hooks") from error
