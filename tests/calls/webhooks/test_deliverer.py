"""Messages reach a receiver signed, are tried again while it fails, and are given up in the end."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet, MultiFernet

from tests.calls.store.shop import NOW, SHOP, MovedClock
from tollfree.calls.secrets import SealedElsewhere
from tollfree.calls.store.store import Store
from tollfree.calls.webhooks.deliverer import RETRY_AFTER_S, Deliverer, checked_url, guard_of
from tollfree.calls.webhooks.signing import new_secret, seal, unseal
from tollfree.network.errors import HostRefused

KEY = MultiFernet([Fernet(Fernet.generate_key())])
URL = "https://crm.example.com/hooks"


@dataclass
class Receiver:
    """Answers as it is told, and keeps what came."""

    statuses: list[int] = field(default_factory=list)
    """The next answers; 204 once they are used up. 0: it does not answer."""
    got: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.got.append(request)
        status = self.statuses.pop(0) if self.statuses else 204
        if not status:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(status, text="thanks", headers={"location": "https://elsewhere.example"})


@dataclass
class Desk:
    store: Store
    clock: MovedClock
    receiver: Receiver
    secret: str
    deliverer: Deliverer

    async def tell(self) -> None:
        await self.store.outbox.tell(SHOP, "knowledge.changed", {"documents": 3})

    async def state(self) -> tuple[str, int, int | None, str]:
        (one,) = (await self.store.outbox.list("wh_1")).deliveries
        return one.state, one.attempts, one.status, one.error


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = MovedClock()
    async with await Store.open(f"sqlite:///{tmp_path / 'tollfree.db'}", clock=clock) as store:
        await store.projects.new(SHOP, settings={"name": "Shop"})
        secret, receiver = new_secret(), Receiver()
        await store.webhooks.add(
            "wh_1", SHOP, url=URL, events=["knowledge.changed"], sealed=seal(KEY, "wh_1", secret), created_by="ada"
        )

        async def key() -> MultiFernet:
            return KEY

        deliverer = Deliverer(
            store, clock, key, transport=lambda guard: httpx.MockTransport(receiver), chance=lambda: 0.5
        )
        yield Desk(store, clock, receiver, secret, deliverer)


async def test_a_message_is_signed_as_standard_webhooks_has_it(desk: Desk) -> None:
    await desk.tell()
    assert await desk.deliverer.send_due() == 1 and await desk.deliverer.send_due() == 0
    (request,) = desk.receiver.got
    message, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert abs(int(at) - NOW.timestamp()) < 3600
    key = base64.b64decode(desk.secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message}.{at}.".encode() + request.content, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    body = json.loads(request.content)
    assert (body["type"], body["data"]) == ("knowledge.changed", {"documents": 3})
    assert await desk.state() == ("delivered", 1, 204, "")


async def test_a_failing_receiver_is_tried_again_with_the_same_id(desk: Desk) -> None:
    desk.receiver.statuses = [500, 0, 302]
    await desk.tell()
    for wait_s in RETRY_AFTER_S[:3]:
        assert await desk.deliverer.send_due() == 1
        assert await desk.deliverer.send_due() == 0, "not before its time"
        desk.clock.at += timedelta(seconds=wait_s)
    assert (await desk.state())[:2] == ("waiting", 3), "a redirect is not followed, and is no success"
    await desk.deliverer.send_due()
    assert (await desk.state())[:3] == ("delivered", 4, 204)
    assert len({one.headers["webhook-id"] for one in desk.receiver.got}) == 1


async def test_after_a_day_it_is_given_up_and_can_be_sent_again(desk: Desk) -> None:
    desk.receiver.statuses = [500] * (len(RETRY_AFTER_S) + 1)
    await desk.tell()
    for _ in range(len(RETRY_AFTER_S) + 1):
        assert await desk.deliverer.send_due() == 1
        desk.clock.at += timedelta(hours=13)
    assert await desk.state() == ("dead", len(RETRY_AFTER_S) + 1, 500, "answered 500")
    assert await desk.deliverer.send_due() == 0
    (dead,) = (await desk.store.outbox.list("wh_1", state="dead")).deliveries
    await desk.store.outbox.redeliver(SHOP, "wh_1", dead.id)
    await desk.deliverer.send_due()
    assert (await desk.state())[0] == "delivered"


async def test_a_receiver_that_is_gone_is_told_nothing_any_more(desk: Desk) -> None:
    desk.receiver.statuses = [410]
    await desk.tell()
    await desk.deliverer.send_due()
    assert (await desk.state())[:3] == ("dead", 1, 410)
    assert not (await desk.store.webhooks.get(SHOP, "wh_1")).enabled


async def test_what_waited_while_no_server_ran_is_sent_by_the_next(desk: Desk) -> None:
    for _ in range(45):
        await desk.tell()
    while await desk.deliverer.send_due():
        pass
    assert len(desk.receiver.got) == 45


async def test_a_secret_opens_for_its_own_webhook_alone() -> None:
    sealed = seal(KEY, "wh_1", "whsec_x")
    assert unseal(KEY, "wh_1", sealed) == "whsec_x"
    for key, webhook in ((KEY, "wh_2"), (MultiFernet([Fernet(Fernet.generate_key())]), "wh_1")):
        with pytest.raises(SealedElsewhere):
            unseal(key, webhook, sealed)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8780/api/v1/users",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/x",
        "http://[::1]/x",
        "ftp://example.com/x",
        "https://ada:secret@example.com/x",
        "not a url",
        "http://intranet/x",
        "",
    ],
)
async def test_messages_go_to_the_public_internet_alone(desk: Desk, url: str) -> None:
    with pytest.raises(HostRefused):
        checked_url(await guard_of(desk.store, SHOP), url)


async def test_a_url_that_became_private_is_refused_as_it_is_sent(desk: Desk) -> None:
    await desk.store.webhooks.change(SHOP, "wh_1", url="http://10.0.0.7/x")
    await desk.tell()
    await desk.deliverer.send_due()
    assert not desk.receiver.got
    assert "private" in (await desk.state())[3]
