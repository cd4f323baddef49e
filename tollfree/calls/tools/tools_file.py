"""A project's tools.yaml: its tools, and the hosts they may reach."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import BadTools, UnknownTool
from tollfree.network.errors import BadAllowedHosts
from tollfree.network.guard import Guard


class ToolsFile(BaseModel):
    """Everything a project says about its tools."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts that tools may reach: `host` (any port) or `host:port`. Nothing else is reached."
    )
    tools: tuple[Tool, ...] = Field(default=(), description="The tools, in any order.")

    def tool(self, name: str) -> Tool:
        """The tool of this name. Raises `UnknownTool`."""
        for tool in self.tools:
            if tool.name == name:
                return tool
        known = ", ".join(tool.name for tool in self.tools) or "none"
        raise UnknownTool(f"the project has no tool {name}; it has {known}")

    def guard(self) -> Guard:
        """What decides where requests may go."""
        return Guard(self.allowed_hosts)


def read_tools(text: str, *, place: str = "tools.yaml") -> ToolsFile:
    """Reads YAML or JSON. Raises `BadTools` with every fault, each naming its tool and field under `place`."""
    try:
        document = cast(object, yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
        raise BadTools(f"{place}{where} is not YAML: {problem or 'it cannot be read'}") from error
    faults: list[str] = []
    file = ToolsFile()
    try:
        file = ToolsFile.model_validate({} if document is None else document)
    except ValidationError as error:
        faults += _faults(error, document)
    faults += [
        f"tools: {name} is defined {count} times"
        for name, count in Counter(tool.name for tool in file.tools).items()
        if count > 1
    ]
    try:
        file.guard()
    except BadAllowedHosts as error:
        faults.append(error.message)
    if faults:
        raise BadTools(f"{place}: {'; '.join(faults)}", faults=tuple(faults))
    return file


def _faults(error: ValidationError, document: object) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        if fault["type"] == "default_factory_not_called":
            continue  # it follows from another fault
        message = fault["msg"].removeprefix("Value error, ")
        yield f"{_place(fault['loc'], document)}: {message}"


def _place(path: tuple[int | str, ...], document: object) -> str:
    """`accounts.find.url` rather than `tools.3.url`, for a tool that has a name."""
    match path:
        case ("tools", int(index), *rest):
            name = _name_of(document, index)
            return ".".join(map(str, (name or f"tools[{index}]", *rest)))
        case _:
            return ".".join(map(str, path)) or "the file"


def _name_of(document: object, index: int) -> str | None:
    """The name the faulty tool at this index goes by, if it has one."""
    tools = cast(Mapping[str, list[object]], document)["tools"]
    tool = tools[index]
    name = cast(Mapping[str, object], tool).get("name") if isinstance(tool, Mapping) else None
    return name if isinstance(name, str) else None
