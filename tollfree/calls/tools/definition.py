"""One tool, as a project's tools.yaml writes it."""

import re
from typing import Annotated, Literal, Self, TypeAlias

import jmespath
import jmespath.exceptions
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    model_validator,
)

from tollfree.calls.tools.arguments import Argument
from tollfree.calls.tools.template import Placeholder, Template, TemplateFault, parse_template, strings_of
from tollfree.network.guard import DEFAULT_PORTS

RESERVED_HEADERS = frozenset(
    "accept accept-encoding connection content-length content-type host idempotency-key te tollfree-call trailer "
    "transfer-encoding upgrade".split()
)
"""Headers the client writes itself."""
SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Methods that by their definition change nothing."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_AUTHORITY = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)


def _check_jmespath(text: str) -> str:
    """Raises ValueError unless the text is a JMESPath expression whose functions exist."""
    try:
        jmespath.compile(text).search(None)
    except jmespath.exceptions.JMESPathTypeError:
        pass  # it fits other data than null
    except jmespath.exceptions.JMESPathError as error:
        raise ValueError(f"{text!r} is not a JMESPath expression: {' '.join(str(error).split())}") from error
    return text


def _check_template(text: str) -> str:
    parse_template(text)
    return text


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


JmesPath: TypeAlias = Annotated[str, AfterValidator(_check_jmespath), Field(min_length=1, max_length=2000)]
TemplateText: TypeAlias = Annotated[str, AfterValidator(_check_template), Field(max_length=10_000)]
ToolName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=64)]
ArgumentName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]
Status: TypeAlias = Annotated[int, Field(ge=200, le=599)]

ResultMapping: TypeAlias = Annotated[
    Annotated[JmesPath, Tag("path")] | Annotated[dict[str, JmesPath], Tag("fields")],
    Discriminator(lambda value: "fields" if isinstance(value, dict) else "path"),
]


class Missing(BaseModel):
    """How the tool says that there is no such thing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statuses: tuple[Status, ...] = Field(default=(404,), description="HTTP statuses that mean so.")
    empty: JmesPath | None = Field(
        default=None, description="JMESPath into the answer: null, false, or an empty text, list or record means so."
    )


class Tool(BaseModel):
    """A named HTTP request of a project. `{{ argument }}` and `{{ secret.NAME }}` are filled in for each request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ToolName = Field(description="How flows name it: `accounts.find`.", examples=["orders.find"])
    description: str = Field(
        default="",
        max_length=500,
        description="What it does, for the author of a flow.",
        examples=["Finds an order by its number."],
    )
    method: Annotated[Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], BeforeValidator(_upper)] = Field(
        default="GET", description="HTTP method."
    )
    url: TemplateText = Field(
        description="Where it goes. Arguments are URL-encoded, and may not stand in the host.",
        examples=["https://shop.bakery.example.com/orders/{{ number }}"],
    )
    arguments: dict[ArgumentName, Argument] = Field(
        default_factory=dict[str, Argument],
        description="What a flow gives it, by name.",
        examples=[{"number": {"type": "text", "description": "The order's number."}}],
    )
    query: dict[str, TemplateText] = Field(
        default_factory=dict[str, str],
        description="Query parameters. One that is only an optional argument is left out when that is not given; "
        "a list becomes one parameter for each member.",
    )
    headers: dict[str, TemplateText] = Field(
        default_factory=dict[str, str],
        description="Request headers.",
        examples=[{"Authorization": "Bearer {{ secret.API_TOKEN }}"}],
    )
    body: JsonValue = Field(
        default=None, description="JSON template. A string that is only a placeholder becomes its value, of any type."
    )
    result: ResultMapping | None = Field(
        default=None,
        description="JMESPath into the answer, or one for each field of the record to keep. None: the whole answer.",
        examples=[{"status": "status", "due": "due"}],
    )
    accept: tuple[Status, ...] = Field(
        default=(),
        description="HTTP statuses besides 2xx whose JSON is an answer too, such as a refusal with a reason.",
    )
    example: JsonValue = Field(
        default=None,
        description="An answer as the server may give it: what it says when a flow is tried without calling it. None: "
        "then there seems to be no such thing.",
        examples=[{"status": "on its way", "due": "ten o'clock"}],
    )
    missing: Missing = Field(default=Missing(), description="How it says that there is no such thing.")
    timeout_ms: int = Field(
        default=5000, ge=10, le=120_000, description="Milliseconds for all of it: retries, redirects, the last byte."
    )
    idempotent: bool = Field(
        default_factory=lambda data: data.get("method") in SAFE_METHODS,
        description="Whether doing it twice is the same as once. Default: GET and HEAD are.",
    )
    retries: int = Field(
        default_factory=lambda data: 2 if data.get("idempotent") else 0,
        ge=0,
        le=5,
        description="Further tries after a failure that may pass. Only for an idempotent tool. Default: 2, else 0.",
    )
    max_bytes: int = Field(default=1024 * 1024, ge=1, le=16 * 1024 * 1024, description="Largest answer read, in bytes.")
    world: bool = Field(
        default_factory=lambda data: not (data.get("idempotent") and data.get("method") in SAFE_METHODS),
        description="Whether it may change something outside: then it waits until the caller's turn is certain. "
        "Default: all but idempotent GET and HEAD.",
    )

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the arguments it cannot do without."""
        return tuple(name for name, argument in self.arguments.items() if argument.required)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of the secrets it needs, sorted."""
        return tuple(sorted({place.name for place in self._placeholders() if place.secret}))

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Everything that concerns several fields, all faults in one sentence."""
        faults = [*self._placeholder_faults(), *_url_faults(parse_template(self.url)), *self._header_faults()]
        if self.body is not None and self.method in SAFE_METHODS:
            faults.append(f"body: a {self.method} request has none")
        if self.retries and not self.idempotent:
            faults.append("retries: only a tool that is idempotent may be tried again")
        if "secret" in self.arguments:
            faults.append("arguments: 'secret' is the name of the project's secrets")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _templates(self) -> tuple[str, ...]:
        return (self.url, *self.query.values(), *self.headers.values(), *strings_of(self.body))

    def _placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(place for text in self._templates() for place in parse_template(text).placeholders)

    def _placeholder_faults(self) -> list[str]:
        try:
            places = self._placeholders()
        except TemplateFault as fault:
            return [f"body: {fault}"]
        unknown = dict.fromkeys(place.name for place in places if not place.secret and place.name not in self.arguments)
        faults = [f"{{{{ {name} }}}} is used, but is not among its arguments" for name in unknown]
        for place in parse_template(self.url).placeholders:
            argument = None if place.secret else self.arguments.get(place.name)
            if argument is not None and not argument.required:
                faults.append(f"url: {place.name} is optional, and a URL cannot do without; put it in query")
        return faults

    def _header_faults(self) -> list[str]:
        faults = [
            f"headers: {name!r} is not a header's name" for name in self.headers if not _HEADER_NAME.fullmatch(name)
        ]
        reserved = [name for name in self.headers if name.lower() in RESERVED_HEADERS]
        return [*faults, *(f"headers: {name} is written by tollfree itself" for name in reserved)]


def _url_faults(url: Template) -> list[str]:
    """What is wrong with the part of a URL that decides where the request goes."""
    first = url.parts[0] if url.parts else ""
    if isinstance(first, Placeholder):
        if not first.secret:
            return ["url: it must begin with http://, https:// or a secret that holds the beginning"]
        rest = url.parts[1] if len(url.parts) > 1 else "/"
        ends_host = isinstance(rest, str) and rest.startswith(("/", "?"))
        return [] if ends_host else ["url: after a secret that holds its beginning it must go on with / or ?"]
    written = "".join(part if isinstance(part, str) else "{}" if part.secret else "{{}}" for part in url.parts)
    match = _AUTHORITY.match(written)
    if match is None or not match[2]:
        return [f"url: it must begin with {' or '.join(f'{scheme}://host' for scheme in DEFAULT_PORTS)}"]
    faults: list[str] = []
    if "{{}}" in match[2]:
        faults.append("url: an argument may not decide the host")
    if "@" in match[2]:
        faults.append("url: a user name or password does not belong in it; send it in a header, from a secret")
    if "#" in written:
        faults.append("url: a part after # is never sent")
    return faults
