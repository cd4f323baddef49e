"""The button by which visitors of web sites call an agent: which sites may have it, and what it says."""

import re
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

_NAME = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_DOMAIN = re.compile(rf"(?P<scheme>https?://)?(?P<any>\*\.)?(?P<host>{_NAME}(?:\.{_NAME})*)(?P<port>:\d{{1,5}})?")


class WebButton(BaseModel):
    """An agent's button on web sites."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    enabled: bool = False
    """Whether anybody may call by it."""
    domains: tuple[str, ...] = Field(default=(), max_length=100, examples=[["www.example.com", "*.example.org"]])
    """The sites that may have it, over https: `www.example.com`, or `*.example.com` for all names below it. Another
    port or scheme is written out: `http://localhost:5173`. None: no site may."""
    title: str = Field(default="Call us", min_length=1, max_length=60)
    """On the button."""
    consent: str = Field(
        default="You will talk with an automated assistant. The call is transcribed and may be recorded.",
        min_length=1,
        max_length=1000,
    )
    """What a visitor agrees to before the call."""
    calls_per_minute: int = Field(default=10, ge=1, le=1000)
    """Calls by this button that may begin within a minute."""
    calls_at_once: int = Field(default=10, ge=1, le=1000)
    """Calls of the agent that may run when another one begins by it."""
    captions: bool = True
    """Whether what is said is shown."""

    @field_validator("domains")
    @classmethod
    def _domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for one in domains:
            if _DOMAIN.fullmatch(one) is None:
                raise ValueError(f"{one!r} is no site; write www.example.com, *.example.com or http://localhost:5173")
        return domains

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin, as a browser names it, may have the button."""
        try:
            given = urlsplit(origin)
            port = given.port
        except ValueError:
            return False
        if origin != f"{given.scheme}://{given.netloc}" or given.scheme not in ("http", "https") or not given.hostname:
            return False
        place = (given.scheme, given.hostname, port or _port_of(given.scheme))
        return "@" not in given.netloc and any(_covers(one, *place) for one in self.domains)


def _covers(domain: str, scheme: str, host: str, port: int) -> bool:
    found = _DOMAIN.fullmatch(domain)
    if found is None:
        return False
    wanted = (found["scheme"] or "https://").removesuffix("://")
    at = int(found["port"][1:]) if found["port"] else _port_of(wanted)
    named = host.endswith(f".{found['host']}") if found["any"] else host == found["host"]
    return named and (scheme, port) == (wanted, at)


def _port_of(scheme: str) -> int:
    return 443 if scheme == "https" else 80
