"""What a version holds: the flow, every flow it runs, and the parts of the project they name, as plain values.

A call runs on nothing else, so a replay years later finds the same catalogue and the same wiring.
"""

from collections.abc import Mapping
from typing import cast

from tollfree.flows.catalogue_file import catalogue_from_json, catalogue_to_json
from tollfree.flows.compile import Documents, compile_or_raise
from tollfree.flows.graph import Flow
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.values import Value, Values

BUNDLE_SCHEMA = 1


def make_bundle(flow: Flow, documents: Documents) -> Values:
    """The bundle of a compiled flow; `documents` holds it and the flows it runs."""
    return {
        "schema": BUNDLE_SCHEMA,
        "flow": flow.main.id,
        "flows": {name: documents[name] for name in flow.graphs},
        "project": flow.library.project,
        "tools": {name: _tool_to_json(tool) for name, tool in flow.library.tools.items()},
        "catalogues": {name: catalogue_to_json(one) for name, one in flow.library.catalogues.items()},
    }


def load_bundle(bundle: Values) -> Flow:
    """The flow of a bundle, compiled. Raises `FlowFaulty` when this program finds errors an older one did not."""
    documents = cast(Mapping[str, Mapping[str, Value]], bundle["flows"])
    tools = cast(Mapping[str, Mapping[str, Value]], bundle["tools"])
    catalogues = cast(Mapping[str, Value], bundle["catalogues"])
    library = Library(
        project=cast(Values, bundle["project"]),
        tools={name: _tool_from_json(name, tool) for name, tool in tools.items()},
        catalogues={name: catalogue_from_json(name, value) for name, value in catalogues.items()},
    )
    return compile_or_raise(documents[str(bundle["flow"])], library, documents)


def _tool_to_json(tool: ToolInfo) -> Value:
    return {"world": tool.world, "required": list(tool.required), "arguments": list(tool.arguments)}


def _tool_from_json(name: str, value: Mapping[str, Value]) -> ToolInfo:
    return ToolInfo(
        name=name,
        world=bool(value["world"]),
        required=tuple(cast(list[str], value["required"])),
        arguments=tuple(cast(list[str], value["arguments"])),
    )
