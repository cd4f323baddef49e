"""Opens the installation, builds the server, and runs it until it is told to stop."""

import asyncio
import os
from collections.abc import Callable

from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.secrets import load_key
from tollfree.calls.webhooks.deliverer import Deliverer
from tollfree.network.address import is_loopback
from tollfree.network.http_server import serve_until
from tollfree.server.app import create_app
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.errors import Insecure
from tollfree.server.finding import Doctor, no_doctor
from tollfree.server.ingestion import Ingestion
from tollfree.server.settings import ServerSettings, is_secure
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

Ready = Callable[[str, str], None]
"""Told where people find the dashboard, and the link by which the first of them comes in; empty: somebody is there."""


async def run_server(
    settings: Settings,
    server: ServerSettings,
    livekit: LiveKitServer | None,
    worker: WorkerSettings,
    stop: asyncio.Event,
    ready: Ready,
    phone: PhoneSettings | None = None,
    examine: Doctor = no_doctor,
) -> None:
    """Serve until `stop`, and deliver what webhooks are to be told. `examine`: what `tollfree doctor` finds. Raises
    `Insecure`, `CannotListen` or `StoreError`."""
    check_address(server)
    async with (
        await Office.open(settings) as office,
        Ingestion(office, at_once=server.ingest_at_once) as ingestion,
    ):
        doorkeeper = Doorkeeper(office.store, server, office.clock, settings.home)
        desk = Desk(
            office=office,
            settings=server,
            doorkeeper=doorkeeper,
            livekit=livekit,
            worker=worker,
            phone=phone,
            ingestion=ingestion,
            examine=examine,
        )
        token = await doorkeeper.first_link()

        def told(address: str) -> None:
            url = server.url.rstrip("/") or address
            ready(url, f"{url}/first?token={token}" if token else "")

        desk.workbench.renders = True
        deliverer = Deliverer(office.store, office.clock, lambda: load_key(settings.home, os.environ))
        delivering = asyncio.ensure_future(deliverer.run())
        try:
            await serve_until(
                create_app(desk),
                server.host,
                server.port,
                stop,
                told,
                closing_s=server.drain_s,
                drained=desk.feed.close,
            )
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            await desk.aclose()


def check_address(settings: ServerSettings) -> None:
    """Raises `Insecure` where passwords would travel in the clear beyond this machine."""
    if not is_loopback(settings.host) and not is_secure(settings):
        raise Insecure(
            f"The server may not listen on {settings.host} without https: passwords travel. Put a proxy with a "
            "certificate before it and set TOLLFREE_SERVER_URL=https://…, or listen on 127.0.0.1."
        )
