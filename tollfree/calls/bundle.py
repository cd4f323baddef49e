"""What a version holds: the flow, every flow it runs, and the project's parts they may name, as plain values.

A call runs on nothing else: its tools, too, are asked as they were when the flow was published. Live are only the
secrets they name and the hosts they may reach. A replay years later finds the same catalogue and the same wiring.
"""

from collections.abc import Mapping
from typing import cast

from tollfree.calls.errors import BadVersion
from tollfree.calls.project import stored_tool, tool_info
from tollfree.calls.tools.definition import Tool
from tollfree.flows.catalogue_file import catalogue_from_json, catalogue_to_json
from tollfree.flows.compile import Documents, compile_or_raise
from tollfree.flows.graph import Flow
from tollfree.flows.library import Library
from tollfree.protocol.values import Value, Values

BUNDLE_SCHEMA = 2


def make_bundle(flow: Flow, documents: Documents, tools: Mapping[str, Tool], *, embedder: str) -> Values:
    """The bundle of a compiled flow. `documents` holds it and the flows it runs; `embedder` names what its
    classifier is trained with."""
    return {
        "schema": BUNDLE_SCHEMA,
        "flow": flow.main.id,
        "flows": {name: documents[name] for name in flow.graphs},
        "project": flow.library.project,
        "tools": {name: tools[name].model_dump(mode="json", exclude_unset=True) for name in sorted(tools)},
        "catalogues": {name: catalogue_to_json(one) for name, one in sorted(flow.library.catalogues.items())},
        "embedder": embedder,
    }


def load_bundle(bundle: Values) -> Flow:
    """The flow of a bundle, compiled. What a version was checked for when it was published is not checked again.

    Raises `BadVersion`, or `FlowFaulty` when this program cannot build what an older one could.
    """
    documents = cast(Mapping[str, Mapping[str, Value]], bundle["flows"])
    catalogues = cast(Mapping[str, Value], bundle["catalogues"])
    library = Library(
        project=cast(Values, bundle["project"]),
        tools={name: tool_info(tool) for name, tool in tools_of(bundle).items()},
        catalogues={name: catalogue_from_json(name, value) for name, value in catalogues.items()},
    )
    return compile_or_raise(documents[str(bundle["flow"])], library, documents, checked=False)


def tools_of(bundle: Values) -> Mapping[str, Tool]:
    """The tools of a bundle, by name. Raises `BadVersion` when they were not kept whole, `BadProject` when one
    is no tool to this program."""
    schema = bundle.get("schema")
    if schema != BUNDLE_SCHEMA:
        raise BadVersion(
            f"This version of the flow {bundle.get('flow')} was published by another tollfree (bundle schema {schema}, "
            f"here {BUNDLE_SCHEMA}); publish the flow again."
        )
    tools = cast(Mapping[str, Values], bundle["tools"])
    place = f"this version of the flow {bundle['flow']}"
    return {name: stored_tool(name, tool, place) for name, tool in tools.items()}
