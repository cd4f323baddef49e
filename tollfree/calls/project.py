"""A project's own settings, and its folder on disk: what `tollfree project new --from FOLDER` reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast
from zoneinfo import ZoneInfo

import yaml
from babel.numbers import list_currencies
from phonenumbers import SUPPORTED_REGIONS
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator

from tollfree.calls.agent_settings import AgentSettings
from tollfree.calls.errors import BadProject
from tollfree.calls.phone.errors import BadNumber
from tollfree.calls.phone.number import e164
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.tools_file import ToolsFile, read_tools
from tollfree.flows.catalogue_file import read_catalogue
from tollfree.flows.library import Library, ToolInfo
from tollfree.flows.source import Document
from tollfree.flows.source import read as read_flow
from tollfree.protocol.errors import TollfreeError, why_unreadable
from tollfree.protocol.values import Value, Values, ValueType

DEFAULT_AGENT = "main"
PROJECT_FILE, TOOLS_FILE, FLOWS_FOLDER = "project.yaml", "tools.yaml", "flows"
FLOW_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


class QueueSettings(BaseModel):
    """People to whom a flow may hand a caller: `to` of a `transfer` names them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    numbers: tuple[str, ...] = Field(default=(), examples=[["+12125550101"]])
    """Their telephones, rung one after the other; none: they join from a browser, see `tollfree people`."""


class RetentionSettings(BaseModel):
    """How long personal data of calls is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    audio_days: int = Field(default=0, ge=0, le=36_500, examples=[30])
    """Days after which a recording is deleted; 0: as the installation has it."""
    transcript_days: int = Field(default=0, ge=0, le=36_500, examples=[90])
    """Days after which what was said in a call, and what its flow marks as personal, is erased; 0: never."""


class ProjectSettings(BaseModel):
    """What a project is, besides its flows, tools and catalogues."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str = Field(min_length=1, max_length=200, examples=["The Bakery"])
    """As the agent says it: `project.name`."""
    currency: str = "USD"
    """ISO 4217 code of its prices."""
    region: str = "US"
    """ISO 3166 code: how phone numbers and dates are read."""
    timezone: str = "UTC"
    """IANA name: what "today" is."""
    language: str = "en"
    """BCP 47 tag of what its callers speak."""
    facts: dict[str, JsonValue] = Field(default_factory=dict, examples=[{"hours": "seven to six"}])
    """Whatever its flows say about it: `project.hours`, `project.address`."""
    agents: dict[str, AgentSettings] = Field(default_factory=dict)
    """Its agents by name; a call goes to `main` unless it names another."""
    queues: dict[str, QueueSettings] = Field(default_factory=dict)
    """Its queues by name. A queue that is not named here is of people who join from a browser."""
    catalogues: dict[str, str] = Field(default_factory=dict, examples=[{"menu": "menu.csv"}])
    """Its catalogues: name → CSV file within the folder."""
    retention: RetentionSettings = RetentionSettings()
    """How long its calls' sound and words are kept."""
    allowed_hosts: tuple[str, ...] = Field(default=(), examples=[["shop.bakery.example.com"]])
    """Where its tools may send requests, and which hosts within a private network its web pages may be read from."""

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name} is no time zone; write an IANA name such as America/New_York") from error
        return name

    @field_validator("region")
    @classmethod
    def _known_region(cls, code: str) -> str:
        if code not in SUPPORTED_REGIONS:
            raise ValueError(f"{code} is no region; write an ISO 3166 code such as US or GB")
        return code

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        if code not in list_currencies():
            raise ValueError(f"{code} is no currency; write an ISO 4217 code such as USD or EUR")
        return code

    @model_validator(mode="after")
    def _numbers_that_can_be_rung(self) -> Self:
        for name, queue in self.queues.items():
            for number in queue.numbers:
                try:
                    e164(number, self.region)
                except BadNumber as error:
                    raise ValueError(f"queue {name}: {error.message}") from error
        return self

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    def agent(self, name: str) -> AgentSettings:
        """One agent. Raises `BadProject`."""
        agent = self.agents.get(name)
        if agent is None:
            known = ", ".join(sorted(self.agents)) or "none"
            raise BadProject(f"The project has no agent `{name}`; it has {known}. Add it under `agents`.")
        return agent


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFolder:
    """A project as it lies on disk."""

    settings: ProjectSettings
    tools: tuple[Tool, ...]
    catalogues: Mapping[str, str]
    """CSV text by name."""
    flows: Mapping[str, Document]
    """Documents by the flow's name."""

    @property
    def library(self) -> Library:
        """What its flows may name."""
        return library_of(self.settings, self.tools, self.catalogues)


def settings_of(values: Values, place: str) -> ProjectSettings:
    """Settings from plain values. Raises `BadProject` with every fault."""
    try:
        return ProjectSettings.model_validate(dict(values))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadProject(f"{place}: {faults}") from error


def library_of(settings: ProjectSettings, tools: tuple[Tool, ...], catalogues: Mapping[str, str]) -> Library:
    """What a project's flows may name. Raises `BadCatalogue`."""
    return Library(
        project={**settings.facts, "name": settings.name, "currency": settings.currency},
        tools={tool.name: tool_info(tool) for tool in tools},
        catalogues={name: read_catalogue(name, text) for name, text in catalogues.items()},
    )


def tool_info(tool: Tool) -> ToolInfo:
    """What flows see of a tool."""
    return ToolInfo(
        name=tool.name,
        world=tool.world,
        required=tool.required,
        arguments=tuple(tool.arguments),
        result=ValueType.RECORD if isinstance(tool.result, Mapping) else ValueType.ANY,
    )


def stored_tool(name: str, document: Mapping[str, Value], place: str) -> Tool:
    """A tool as it was stored. Raises `BadProject` with every fault when it is no tool to this program."""
    try:
        return Tool.model_validate(dict(document))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}" for fault in error.errors())
        raise BadProject(f"The tool `{name}` of {place} cannot be used: {faults}. Load it anew.") from error


def folder_of(file: Path) -> Path | None:
    """The project folder a file lies in: the nearest folder above it that has a project.yaml."""
    return next((folder for folder in file.resolve().parents if (folder / PROJECT_FILE).is_file()), None)


def read_folder(folder: Path, *, unreadable: dict[str, TollfreeError] | None = None) -> ProjectFolder:
    """Read a project's folder. Raises `BadProject`, or the error of the part that cannot be read.

    Where `unreadable` is given, flow files that cannot be read are left out and noted there, by the file's stem.
    """
    settings = settings_of(_mapping(folder / PROJECT_FILE), str(folder / PROJECT_FILE))
    tools_path = folder / TOOLS_FILE
    tools = read_tools(_text(tools_path), place=str(tools_path)) if tools_path.exists() else ToolsFile()
    settings = settings.model_copy(update={"allowed_hosts": (*settings.allowed_hosts, *tools.allowed_hosts)})
    catalogues: dict[str, str] = {}
    for name, file in settings.catalogues.items():
        path = (folder / file).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise BadProject(f"{folder / PROJECT_FILE}: the catalogue `{name}` lies outside the project's folder.")
        catalogues[name] = _text(path)
    return ProjectFolder(settings=settings, tools=tools.tools, catalogues=catalogues, flows=_flows(folder, unreadable))


def _flows(folder: Path, unreadable: dict[str, TollfreeError] | None) -> Mapping[str, Document]:
    flows: dict[str, Document] = {}
    places: dict[str, Path] = {}
    for path in sorted((folder / FLOWS_FOLDER).glob("*")):
        if path.suffix not in FLOW_SUFFIXES:
            continue
        try:
            name, document = _flow(path, places)
        except TollfreeError as error:
            if unreadable is None:
                raise
            unreadable[path.stem] = error
            continue
        flows[name], places[name] = document, path
    return flows


def _flow(path: Path, places: Mapping[str, Path]) -> tuple[str, Document]:
    document = read_flow(_text(path), str(path))
    name = document.get("flow")
    if not isinstance(name, str):
        raise BadProject(f"{path}: the flow has no name; write `flow: NAME` at its top.")
    if name in places:
        raise BadProject(f"{path}: the flow `{name}` is in {places[name].name} already.")
    return name, document


def _mapping(path: Path) -> Mapping[str, Value]:
    text = _text(path)
    try:
        value = cast(object, yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadProject(f"{path} is not readable as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(value, Mapping):
        raise BadProject(f"{path} should be a mapping that begins with `name`.")
    return cast(Mapping[str, Value], value)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadProject(f"{path} does not exist.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadProject(f"{path} cannot be read: {why_unreadable(error)}") from error
