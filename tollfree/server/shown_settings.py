"""Settings as they may be shown: by the environment variables that set them, without secrets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic_settings import BaseSettings

MASK = "•••"
_SECRET = re.compile(r"(password|secret|token|api_key|credential)s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One of them."""

    name: str
    value: str
    is_set: bool
    """False: it has its default."""
    description: str


def shown_settings(settings: BaseSettings) -> Iterator[ShownSetting]:
    """All of a tree, in order."""
    config = type(settings).model_config
    yield from _shown(settings, str(config.get("env_prefix") or ""), str(config.get("env_nested_delimiter") or "__"))


def _shown(tree: BaseModel, prefix: str, delimiter: str) -> Iterator[ShownSetting]:
    for name, field in type(tree).model_fields.items():
        value, variable = getattr(tree, name), f"{prefix}{name}".upper()
        if isinstance(value, BaseModel):
            yield from _shown(value, f"{variable}{delimiter}", delimiter)
            continue
        yield ShownSetting(
            name=variable,
            value=_masked(name, value),
            is_set=name in tree.model_fields_set,
            description=" ".join((field.description or "").split()),
        )


def _masked(name: str, value: object) -> str:
    if isinstance(value, SecretStr | SecretBytes):
        return MASK if value.get_secret_value() else ""
    text = "" if value is None else str(value)
    if text and _SECRET.search(name):
        return MASK
    return re.sub(r"\b[a-z][a-z0-9+.-]*://\S+", lambda found: _without_password(found[0]), text)


def _without_password(url: str) -> str:
    """A URL without what would let somebody in: its password, and what stands in its query."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        user = f"{parts.username}:{MASK}@" if parts.password else f"{parts.username}@" if parts.username else ""
    except ValueError:
        return MASK
    query = re.sub(r"=[^&]*", f"={MASK}", parts.query)
    return urlunsplit((parts.scheme, f"{user}{host}", parts.path, query, parts.fragment))
