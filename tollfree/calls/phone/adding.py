"""Numbers added, removed and brought up to date: the table first, then LiveKit, so that whatever breaks off in
between is finished by doing it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from tollfree.calls.phone.errors import BadNumber, PhoneError
from tollfree.calls.phone.number import e164, same_number
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.trunks import Orphan, Trunks
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.calls.publishing import project_settings
from tollfree.calls.store.errors import UnknownNumber
from tollfree.calls.store.numbers import Number
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A number, and whether its calls come here by now."""

    number: Number
    changed: bool = False
    """Whether anything was made or changed in LiveKit."""
    missing: PhoneError | None = None
    """Why its calls do not come here yet."""


async def add_number(
    store: Store,
    settings: PhoneSettings,
    project: ProjectId,
    written: str,
    *,
    agent: str = DEFAULT_AGENT,
    by_sip: bool = True,
    addresses: Sequence[str] = (),
) -> Brought:
    """Have a number answered by a project's agent, and its calls brought here by LiveKit unless `by_sip` is false.

    A LiveKit server that is not configured, away or refuses costs nothing but the calls: the number is kept, and
    `bring_all` finishes it. Raises `BadNumber`, `BadProject`, `UnknownProject`, `NumberTaken`, or `StoreError`.
    """
    about = await project_settings(store, project)
    if about.agents or agent != DEFAULT_AGENT:
        about.agent(agent)
    number = await store.numbers.add(
        e164(written, about.region), project, agent, by_sip=by_sip, addresses=tuple(_network(one) for one in addresses)
    )
    return await _bring(store, settings, number)


async def bring_all(store: Store, settings: PhoneSettings, *, prune: bool = False) -> tuple[Brought, ...]:
    """Bring LiveKit up to date with every number. `prune`: trunks that this program made for other numbers are
    removed. Raises `PhoneError` when LiveKit cannot be asked at all, or `StoreError`."""
    numbers = await store.numbers.list()
    brought = tuple([await _bring(store, settings, number) for number in numbers])
    if prune:
        server = settings.server()
        async with server.api() as opened:
            trunks = Trunks(server, opened, worker=settings.worker_name)
            for orphan in await trunks.orphans(frozenset(number.number for number in numbers if number.by_sip)):
                for one in orphan.numbers:
                    await trunks.take_away(one)
    return brought


async def orphans(store: Store, settings: PhoneSettings) -> tuple[Orphan, ...]:
    """Trunks of this program's making for numbers that nobody answers. Raises `PhoneError` or `StoreError`."""
    known = frozenset(number.number for number in await store.numbers.list() if number.by_sip)
    server = settings.server()
    async with server.api() as opened:
        return await Trunks(server, opened, worker=settings.worker_name).orphans(known)


async def remove_number(store: Store, settings: PhoneSettings, written: str, *, only_here: bool = False) -> Number:
    """Stop answering a number, in LiveKit first: while that cannot be done the number stays, unless `only_here`.

    Raises `UnknownNumber`, `PhoneError` or `StoreError`.
    """
    numbers = {number.number: number for number in await store.numbers.list()}
    known = same_number(written, numbers)
    if known is None:
        raise UnknownNumber(written)
    number = numbers[known]
    if not only_here and (number.trunk or number.dispatch_rule):
        try:
            await _take_away(settings, number)
        except PhoneError as error:
            raise type(error)(
                f"{error.message} {known} still rings there, so it was not removed. Try again later, or remove it "
                "only here with --no-sip.",
                code=error.code,
            ) from error
    await store.numbers.remove(known)
    return number


async def _bring(store: Store, settings: PhoneSettings, number: Number) -> Brought:
    try:
        if not number.by_sip:
            had = bool(number.trunk or number.dispatch_rule)
            if had:
                await _take_away(settings, number)
                await store.numbers.reached_by(number.number, trunk="", dispatch_rule="")
            return Brought(number=await store.numbers.get(number.number), changed=had)
        server = settings.server()
        async with server.api() as opened:
            reached = await Trunks(server, opened, worker=settings.worker_name).bring(number)
    except PhoneError as error:
        return Brought(number=number, missing=error)
    await store.numbers.reached_by(number.number, trunk=reached.trunk, dispatch_rule=reached.dispatch_rule)
    return Brought(number=await store.numbers.get(number.number), changed=reached.changed)


async def _take_away(settings: PhoneSettings, number: Number) -> None:
    server = settings.server()
    async with server.api() as opened:
        await Trunks(server, opened, worker=settings.worker_name).take_away(number.number)


def _network(written: str) -> str:
    """An address or a network. Raises `BadNumber`."""
    try:
        network = ip_network(written.strip(), strict=False)
    except ValueError as error:
        raise BadNumber(
            f"{written!r} is no address of a provider. Write an IP address or a network, as 203.0.113.0/24.",
            code="bad_address",
        ) from error
    return str(network.network_address) if network.num_addresses == 1 else str(network)
