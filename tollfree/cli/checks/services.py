"""What calls go through: the database, LiveKit and its ports, servers of engines, routes to language models."""

import asyncio
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.store.errors import StoreError
from tollfree.calls.store.look import StoreLook, look_at
from tollfree.calls.store.store import default_url
from tollfree.cli.checks.finding import Check, Finding, Place
from tollfree.language.llm.route import Route
from tollfree.language.llm.routes_file import BadRoutes, read_routes_file
from tollfree.speech.stt.registry import RECOGNIZERS
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.worker.errors import NoServerProgram, PortsTaken
from tollfree.worker.livekit_server import server_program
from tollfree.worker.ports import LOOPBACK, free_ports

ANSWER_S = 1.0
"""Seconds that a server may take to say that it is there."""
CONNECT_S = 1.7
_ADDRESS = re.compile(r"(?P<kind>[^:]*):(?P<url>(?:wss?|https?)://[^#]+)")


def database(place: Place) -> Iterator[Finding]:
    """Whether it can be read, and whether its tables are this program's."""
    url = place.settings.database_url or default_url(place.settings.home)
    try:
        found = asyncio.run(_look(url))
    except StoreError as error:
        yield Finding(name="database", state="bad", found=error.message, remedy=_mend(url))
        return
    except TimeoutError:
        where = urlsplit(url).hostname or "the file"
        found_late = f"nothing answered at {where} within {CONNECT_S} s"
        yield Finding(name="database", state="bad", found=found_late, remedy=_mend(url))
        return
    if found.current:
        yield Finding(name="database", state="good", found=found.place)
    elif found.revision is None:
        yield Finding(name="database", state="good", found=f"{found.place}, made when it is first needed")
    else:
        old = f"{found.place} has the tables of another version ({found.revision})"
        remedy = "The next command that uses it brings older tables up to date; for newer ones, update this program."
        yield Finding(name="database", state="note", found=old, remedy=remedy)


def livekit(place: Place) -> Iterator[Finding]:
    """The server that calls go through: one that runs elsewhere, or the program of our own."""
    try:
        settings = LiveKitSettings()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        remedy = "Correct the environment variables that begin with TOLLFREE_LIVEKIT_."
        yield Finding(name="livekit", state="bad", found=faults, remedy=remedy)
        return
    if settings.url:
        yield asyncio.run(_asked(settings))
        return
    try:
        yield Finding(name="livekit", state="good", found=str(server_program(settings, place.settings.cache)))
    except NoServerProgram:
        remedy = "scripts/livekit builds one with Go, in about four minutes"
        yield Finding(name="livekit", state="note", found="no LiveKit server is here", remedy=remedy)


def ports(place: Place) -> Iterator[Finding]:
    """Those that our own LiveKit server would take; one that runs elsewhere needs none here."""
    try:
        settings = LiveKitSettings()
    except ValidationError:
        return  # told with LiveKit's own finding
    if settings.url:
        return
    try:
        signal, udp = free_ports(settings.port)
    except PortsTaken as taken:
        remedy = "Stop what listens there, or set TOLLFREE_LIVEKIT_PORT to 0 for any."
        yield Finding(name="ports", state="bad", found=taken.message, remedy=remedy)
        return
    found = f"{signal} (TCP) and {udp} (UDP) on {LOOPBACK} are free"
    if settings.port in (0, signal):
        yield Finding(name="ports", state="good", found=found)
        return
    remedy = f"Fine if a LiveKit server of yours has {settings.port}; `tollfree up` takes the ones above."
    yield Finding(name="ports", state="note", found=f"{settings.port} is taken; {found}", remedy=remedy)


def hearing(place: Place) -> Iterator[Finding]:
    """What hears callers: in this process, or a server."""
    name = place.settings.stt
    if (server := _server(name)) is not None:
        yield _answers("hearing", *server, "TOLLFREE_STT")
    elif name in RECOGNIZERS:
        yield Finding(name="hearing", state="good", found=f"{name}, in process")
    else:
        remedy = f"Set TOLLFREE_STT to one of {', '.join(sorted(RECOGNIZERS))}, or to a server."
        yield Finding(name="hearing", state="bad", found=f"there is no recogniser {name}", remedy=remedy)


def speaking(place: Place) -> Iterator[Finding]:
    """A voice that is on a server; those in process are told with their models."""
    if (server := _server(place.settings.voice)) is not None:
        yield _answers("speaking", *server, "TOLLFREE_VOICE")


def routes(place: Place) -> Iterator[Finding]:
    """Each route's server is asked which models it has, all at once."""
    file = place.settings.routes_path
    try:
        known = read_routes_file(file)
    except BadRoutes as error:
        yield Finding(name="routes", state="bad", found=error.message, remedy=f"Correct {file}.")
        return
    if not known.routes:
        found = f"none in {file}: rules, classifier and templates answer alone"
        yield Finding(name="routes", state="good", found=found)
        return
    yield from asyncio.run(_routes(known.routes, place))


async def _look(url: str) -> StoreLook:
    async with asyncio.timeout(CONNECT_S):
        return await look_at(url, wait_ms=1000)


def _mend(url: str) -> str:
    if url.startswith("sqlite"):
        return "Give yourself permission to the file and its folder, or put back a copy that is whole."
    return "Start PostgreSQL, and check TOLLFREE_DATABASE_URL: host, name, user and password."


async def _asked(settings: LiveKitSettings) -> Finding:
    """Whether the server takes our key: asked for one room's name, which costs it nothing."""
    url, remedy = settings.url, "Check TOLLFREE_LIVEKIT_URL, and that the server runs."
    if not (settings.api_key and settings.api_secret.get_secret_value()):
        missing = f"{url}, and there is no key for it"
        keys = "Set TOLLFREE_LIVEKIT_API_KEY and TOLLFREE_LIVEKIT_API_SECRET."
        return Finding(name="livekit", state="bad", found=missing, remedy=keys)
    address = re.sub(r"^ws", "http", url)
    try:
        async with httpx.AsyncClient(timeout=ANSWER_S) as client:
            answer = await client.get(address)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"{url} does not answer within {ANSWER_S:g} s ({type(error).__name__})"
        return Finding(name="livekit", state="bad", found=found, remedy=remedy)
    if not answer.is_success:
        return Finding(name="livekit", state="bad", found=f"{url} answers {answer.status_code}", remedy=remedy)
    server = LiveKitServer(url=url, key=settings.api_key, secret=settings.api_secret.get_secret_value())
    return Finding(name="livekit", state="good", found=f"{url} answers, with {await server.rooms()} rooms")


def _server(name: str) -> tuple[str, str] | None:
    """Kind and URL of an engine that is a server, such as `served:ws://10.0.0.2:8101`; None: it is none."""
    match = _ADDRESS.fullmatch(name.split("#", 1)[0])
    return (match["kind"], match["url"]) if match else None


def _answers(finding: str, kind: str, url: str, setting: str) -> Finding:
    """Ours say `/health`; servers of OpenAI's protocol list their models."""
    http, name = re.sub(r"^ws", "http", url).rstrip("/"), f"{kind}:{_shown(url)}"
    parts = urlsplit(http)
    address = f"{http}/models" if kind == "openai" else f"{parts.scheme}://{parts.netloc}/health"
    remedy = f"Start the server (tollfree engines), or correct {setting}."
    try:
        answer = httpx.get(address, timeout=ANSWER_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"{name} does not answer within {ANSWER_S:g} s ({type(error).__name__})"
        return Finding(name=finding, state="bad", found=found, remedy=remedy)
    if answer.is_success or (kind == "openai" and answer.status_code in (401, 404)):
        return Finding(name=finding, state="good", found=f"{name} answers")
    return Finding(name=finding, state="bad", found=f"{name} answers {answer.status_code}", remedy=remedy)


async def _routes(known: dict[str, Route], place: Place) -> list[Finding]:
    async with httpx.AsyncClient(timeout=ANSWER_S) as client:
        return list(await asyncio.gather(*(_route(client, name, route, place) for name, route in known.items())))


async def _route(client: httpx.AsyncClient, name: str, route: Route, place: Place) -> Finding:
    key = route.key(place.environ).get_secret_value()
    finding, file = f"route {name}", place.settings.routes_path
    if route.api_key_env and not key:
        found = f"its server's key is missing: {route.api_key_env} is not set"
        return Finding(name=finding, state="bad", found=found, remedy=f"Set {route.api_key_env}.")
    base = str(route.base_url).rstrip("/")
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        answer = await client.get(f"{base}/models", headers=headers)
        models = [str(one["id"]) for one in answer.json()["data"]] if answer.is_success else []
    except httpx.HTTPError as error:
        found = f"{base} does not answer within {ANSWER_S:g} s ({type(error).__name__})"
        remedy = f"Start its server, or correct base_url in {file}."
        return Finding(name=finding, state="bad", found=found, remedy=remedy)
    except (ValueError, KeyError, TypeError):
        found, remedy = f"{base} does not list its models", f"base_url ends with the version, such as /v1: see {file}."
        return Finding(name=finding, state="bad", found=found, remedy=remedy)
    if answer.status_code in (401, 403):
        variable = route.api_key_env or "api_key_env of the route"
        found = f"{base} refuses the key ({answer.status_code})"
        return Finding(name=finding, state="bad", found=found, remedy=f"Check {variable}.")
    if not answer.is_success:
        found = f"{base}/models answers {answer.status_code}"
        return Finding(name=finding, state="bad", found=found, remedy=f"Check base_url in {file}.")
    if models and route.model not in models:
        found = f"{base} does not serve {route.model}; it has {', '.join(models[:5])}"
        return Finding(name=finding, state="bad", found=found, remedy=f"Correct model in {file}, or start it there.")
    return Finding(name=finding, state="good", found=f"{route.model} at {base}")


def _shown(url: str) -> str:
    """A URL without a name and password that may be in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")


CHECKS = (
    Check(name="database", look=database, remedy="See that the database answers."),
    Check(name="livekit", look=livekit, remedy="Check TOLLFREE_LIVEKIT_URL, and that the server runs."),
    Check(name="ports", look=ports),
    Check(name="hearing", look=hearing),
    Check(name="speaking", look=speaking),
    Check(name="routes", look=routes),
)
