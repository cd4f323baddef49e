"""Routes: which language model is asked, where, and how long for."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, JsonValue, SecretStr, field_validator, model_validator

Dialect = Literal["vllm", "llama.cpp", "openai"]
"""How a server of the OpenAI protocol is told of schemas, thinking and priorities."""

DEFAULT = "default"
"""The chain of nodes and intents that name none."""


class Price(BaseModel):
    """What tokens cost, where they cost anything; in the currency of `usage.currency`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    prompt: float = Field(default=0.0, ge=0)
    """Per million tokens of the prompt."""
    cached: float = Field(default=0.0, ge=0)
    """Per million of those that the server had in its cache."""
    completion: float = Field(default=0.0, ge=0)
    """Per million tokens of the answer."""


class Route(BaseModel):
    """A language model on a server."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    base_url: HttpUrl = Field(examples=["http://127.0.0.1:8000/v1"])
    """Up to and with the version: `http://127.0.0.1:8000/v1`."""
    model: str = Field(min_length=1)
    """As the server names it."""
    dialect: Dialect = Field(default="openai", examples=["vllm"])
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """Further fields of every request, such as `{top_p: 0.8}`; they win over the dialect's own."""
    api_key_env: str = ""
    """The environment variable that holds the server's key; empty: it asks for none. The key itself stands in no
    file of ours."""
    first_token_budget_ms: int = Field(default=700, ge=50, le=60_000)
    """Milliseconds until the first token, after which the next route is asked."""
    next_token_budget_ms: int = Field(default=1000, ge=50, le=60_000)
    """Milliseconds between two tokens, after which what was said so far is all."""
    whole_budget_ms: int = Field(default=15_000, ge=100, le=600_000)
    """Milliseconds for the whole answer."""
    hedge_ms: int | None = Field(default=None, ge=20, le=60_000)
    """Milliseconds without a first token after which the next route is asked as well, and the first to answer wins;
    empty: it is asked only when this one has failed."""
    price: Price = Price()

    @field_validator("base_url")
    @classmethod
    def _without_secrets(cls, url: HttpUrl) -> HttpUrl:
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("it has a user, a password or a query; a key goes into the variable of api_key_env")
        return url

    def key(self, environ: Mapping[str, str] = os.environ) -> SecretStr:
        """The server's key; empty where it asks for none, or the variable is not set."""
        return SecretStr(environ.get(self.api_key_env, "") if self.api_key_env else "")


def chain_faults(routes: Collection[str], chains: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What is wrong with chains, each with its place and what would help."""
    known = ", ".join(routes) or "none yet"
    for name, chain in chains.items():
        if name in routes:
            yield f"chains.{name}: a route has this name already; give the chain one of its own"
        if not chain:
            yield f"chains.{name}: it names no route; add one, or take the chain out"
        for route in chain:
            if route not in routes:
                yield f"chains.{name}: there is no route {route}; there are {known}"


class Routes(BaseModel):
    """Every route of an installation, and the chains of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    routes: dict[str, Route] = Field(default_factory=dict)
    chains: dict[str, tuple[str, ...]] = Field(default_factory=dict, examples=[{"default": ["fast"]}])
    """Names of routes in the order in which they are asked, by the chain's own name. A route is a chain of itself and,
    when it fails, of those of `default`."""

    @model_validator(mode="after")
    def _chains_of_routes(self) -> Self:
        if faults := tuple(chain_faults(self.routes, self.chains)):
            raise ValueError("; ".join(faults))
        return self

    def chain(self, name: str | None) -> tuple[str, ...]:
        """Routes to ask, in order; of an unknown name, the default's. Empty: no language model is configured."""
        default = self.chains.get(DEFAULT, ())
        if name is None or (name not in self.routes and name not in self.chains):
            return default
        return self.chains[name] if name in self.chains else tuple(dict.fromkeys((name, *default)))
