"""Writes the tables of the reference from the code, so that they cannot be out of date.

    python docs/reference/generate.py            # rewrites them
    python docs/reference/generate.py --check    # says what is out of date: exit code 1

The picture of a flow in the README is drawn here too, from the corner shop's own flow.

In a page, whatever stands between `<!-- NAME -->` and `<!-- end -->` is written here; the rest is written by hand.
"""

import argparse
import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tollfree.calls.agent_settings import AgentSettings, OpeningHours
from tollfree.calls.project import ProjectSettings
from tollfree.calls.tools.arguments import Argument
from tollfree.calls.tools.definition import Missing, Tool
from tollfree.calls.tools.tools_file import ToolsFile
from tollfree.calls.web_button import WebButton
from tollfree.cli.main import COMMANDS, cli
from tollfree.flows.document import FlowHead, HandlerConfig, NodeConfig, SlotConfig, VariableConfig
from tollfree.flows.expressions.functions import FUNCTIONS
from tollfree.flows.handlers import BUILT_IN, PERSON_EXAMPLES
from tollfree.flows.nodes.branch import BranchCase
from tollfree.flows.nodes.intent import IntentOption
from tollfree.flows.nodes.order import CatalogueTool
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.flows.slots.base import Resources
from tollfree.flows.slots.registry import SLOT_TYPES, make
from tollfree.flows.source import read
from tollfree.flows.wording.filters import FILTERS
from tollfree.flows.wording.lines import ENGLISH, PARAMETERS, Line
from tollfree.protocol import effects, events
from tollfree.protocol.values import ValueType
from tollfree.wiring.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHOP = ROOT / "examples" / "corner-shop" / "flows" / "support.yaml"
PICTURED = (
    "welcome reason take_order return_it hours which_order find_order check_number find_order_again whose_order "
    "account_of_order latest_order find_open_order tell_status anything_else served to_a_person"
).split()
"""The nodes of the shop's flow that the README's picture shows; silence is left out."""
PLACE = re.compile(r"(<!-- (?!end )([a-z_]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
EXITS = {
    "intent": "one for each of `intents`, then",
    "talk": "one for each of `outcomes`, then",
    "branch": "the `exit` of each of `when`, then",
    "run": "the ends of the flow it runs",
}
"""Exits that the author names."""
PARTS: Mapping[str, type[BaseModel]] = {"intent": IntentOption, "branch": BranchCase, "order": CatalogueTool}
"""A model inside a kind's, described after it."""
CHECKED = ("build.py", "checks.py", "compile.py", "handlers.py", "source.py", "nodes/*.py")
"""Where `flow check` finds faults, within tollfree/flows."""

NOTED = re.compile(r"""\b(?:_?note|_?found|of_note|noted)\((?:at, |type=)?"([a-z_]+)\"""", re.IGNORECASE)
"""Where a note of the call log gets its type."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"


def docstrings(owner: type) -> dict[str, str]:
    """What is written under each field of a class and of its bases."""
    found: dict[str, str] = {}
    for one in reversed(owner.__mro__):
        if not one.__module__.startswith("tollfree"):
            continue
        body = cast(ast.ClassDef, ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]).body
        for field, said in zip(body, body[1:], strict=False):
            target = field.target if isinstance(field, ast.AnnAssign) else None
            target = field.targets[0] if isinstance(field, ast.Assign) else target
            if isinstance(target, ast.Name) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
                found[target.id] = " ".join(str(said.value.value).split())
    return found


def type_of(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "anyOf" in schema or "oneOf" in schema:
        each = dict.fromkeys(type_of(one) for one in schema.get("anyOf", schema.get("oneOf", ())))
        return " or ".join(name for name in each if name != "null")
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return {"ValueType": "a type", "Value": "any value", "JsonValue": "any value"}.get(name, f"a record ({name})")
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(cast(Mapping[str, Any], schema.get('items', {})))}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), {})
        return f"by name: {type_of(inner)}" if isinstance(inner, Mapping) and inner else "by name: any value"
    low, high = schema.get("minimum"), schema.get("maximum")
    bounds = f" {low:.12g}-{high:.12g}" if low is not None and high is not None else ""
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return names.get(str(schema.get("type")), str(schema.get("type", "any value"))) + bounds


def fields(model: type[BaseModel], *, without: Iterable[str] = ()) -> str:
    """A model's fields as a table."""
    schema = model.model_json_schema(by_alias=True)
    said = docstrings(model)
    rows: list[tuple[str, str, str, str]] = []
    for name, field in model.model_fields.items():
        alias = field.alias or name
        if alias in without:
            continue
        part = cast(Mapping[str, Any], schema["properties"][alias])
        about = " ".join((field.description or said.get(name, "")).split())
        rows.append((f"`{alias}`", type_of(part), default_of(field.default, field.is_required()), about))
    return table(("field", "type", "default", "what it is"), rows) if rows else "It has no fields of its own.\n"


def default_of(value: object, required: bool) -> str:
    """A default as a table shows it; nothing when there is none to speak of."""
    if required:
        return "required"
    if value is PydanticUndefined or value is None or value in ("", (), {}) or isinstance(value, BaseModel):
        return ""
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"


def kinds() -> str:
    """Every kind of node."""
    common = tuple(NodeConfig.model_fields)
    parts: list[str] = []
    for name, node in NODE_KINDS.items():
        closed = ", ".join(f"`{exit}`" for exit in node.closed_exits)
        exits = " ".join(part for part in (EXITS.get(name, ""), closed) if part) or "none, for it ends"
        about = " ".join(str(node.config_model.__doc__).split())
        parts.append(f"### {name}\n\n{about} Exits: {exits}.\n\n{fields(node.config_model, without=(*common, 'kind'))}")
        if name in PARTS:
            about = " ".join(str(PARTS[name].__doc__).split())
            parts.append(f"{PARTS[name].__name__}: {about}\n\n{fields(PARTS[name])}")
    return "\n".join(parts)


def slots() -> str:
    """Every slot type."""
    parts: list[str] = []
    for name, slot in SLOT_TYPES.items():
        about = " ".join(str(slot.__doc__).split())
        options: dict[str, object] = {"choices": ["a", "b"]} if name == "choice" else {}
        options = {"catalogue": "menu"} if name == "item" else options
        awaits = make(name, options, Resources()).expectation()
        notes = [f"its variable is of type `{slot.value_type}`", f"patience `{awaits.patience}`"]
        notes += ["may be typed on the keypad"] if awaits.keypad is not None else []
        notes += ["recognised without a cue"] if slot.volunteered else []
        notes += ["taken only as the answer to its own question"] if slot.answers_only else []
        own = fields(slot.options_model) if slot.options_model.model_fields else "No options.\n"
        parts.append(f"### {name}\n\n{about}\n\nNotes: {'; '.join(notes)}.\n\n{own}")
    return "\n".join(parts)


def wording() -> str:
    """The engine's own lines."""
    said = docstrings(Line)
    rows = [
        (
            f"`{line}`",
            said.get(line.name, "") + "".join(f" Given: `{name}`." for name in PARAMETERS.get(line, ())),
            f"“{ENGLISH.lines[line][0].source}”",
        )
        for line in Line
    ]
    return table(("line", "when", "the first of its variants"), rows)


def filters() -> str:
    """What a template may put behind `|`."""
    about = {
        "default": "what to say when there is nothing",
        "first": "the first entry of a list",
        "last": "the last entry of a list",
        "length": "how many entries or letters",
        "lower": "in lower case",
        "upper": "in capitals",
        "title": "each word with a capital",
        "capitalize": "the first letter a capital",
        "trim": "without white space at its ends",
        "round": "rounded, to `places` decimals",
        "join": "entries with `separator` between them",
        "listed": "entries as a sentence lists them: “a, b and c”; of records, the named `field`",
        "map": "the named `field` of each entry",
        "replace": "with one text in place of another",
    }
    rows: list[tuple[str, str]] = []
    for name, one in FILTERS.items():
        names = [given for given in list(inspect.signature(one.apply).parameters)[1:] if not given.startswith("_")]
        call = f"`{name}({', '.join(names)})`" if names else f"`{name}`"
        said = about.get(name) or (inspect.getdoc(one.apply) or "").split("\n\n")[0].replace("\n", " ")
        knows = "".join(f" Left out, `{argument}` is `{record}.{field}`." for argument, record, field in one.knows)
        rows.append((call, said + knows))
    return table(("filter", "gives"), rows)


def functions() -> str:
    """What an expression may call."""
    rows = [
        (
            f"`{one.name}`",
            ", ".join("/".join(sorted(kinds)) for kinds in one.takes),
            str(one.gives or "the type of its first argument"),
            f"`{one.example}`",
        )
        for one in FUNCTIONS.values()
    ]
    return table(("function", "takes", "gives", "example"), rows)


def handlers() -> str:
    """Built-in handlers and how callers ask for them."""
    every = {"person": PERSON_EXAMPLES, **BUILT_IN}
    return table(
        ("handler", "callers say, for example"),
        [(f"`{name}`", "; ".join(f"“{one}”" for one in said[:5])) for name, said in every.items()],
    )


def types() -> str:
    """The types of variables."""
    plain = {"text": "Words.", "number": "A number.", "boolean": "True or false.", "list": "Several values."}
    said = docstrings(ValueType)
    return table(("type", "holds"), [(f"`{one}`", said.get(one.name) or plain[one]) for one in ValueType])


def commands() -> str:
    """Every command with its help."""
    parts: list[str] = []
    root = click.Context(cli, info_name="tollfree", terminal_width=100, max_content_width=100)
    for name in sorted(COMMANDS):
        command = cli.get_command(root, name)
        assert command is not None
        found = [(command, click.Context(command, info_name=name, parent=root))]
        if isinstance(command, click.Group):
            group = found.pop()[1]
            found = [(one, click.Context(one, info_name=sub, parent=group)) for sub, one in command.commands.items()]
        parts += [f"### {context.command_path}\n\n```text\n{one.get_help(context)}\n```\n" for one, context in found]
    return "\n".join(parts)


def settings() -> str:
    """Environment variables of an installation."""
    said = docstrings(Settings)
    places = {"home": "`~/.tollfree`", "cache": "`$XDG_CACHE_HOME/tollfree`, else `~/.cache/tollfree`"}
    rows = [
        (f"`TOLLFREE_{name.upper()}`", places.get(name) or default_of(field.default, False), said[name])
        for name, field in Settings.model_fields.items()
    ]
    return table(("variable", "default", "what it is"), rows)


def kinds_of(module: object) -> str:
    """The events, or the effects, with their fields."""
    rows: list[tuple[str, str, str]] = []
    for name, one in vars(module).items():
        if isinstance(one, type) and one.__module__ == getattr(module, "__name__", ""):
            own = [field for field in getattr(one, "__annotations__", {}) if field not in ("type", "at", "id")]
            about = " ".join(str(one.__doc__).split())
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            rows.append((f"`{kind}`", ", ".join(f"`{field}`" for field in own), about))
    return table(("type", "fields", "what it says"), rows)


def picture() -> str:
    """A part of the corner shop's flow, as Mermaid draws it."""
    nodes = cast(Mapping[str, Mapping[str, Any]], read(SHOP.read_text(encoding="utf-8"), SHOP.name)["nodes"])
    shapes = {"say": ("(", ")"), "branch": ("{{", "}}"), "end": ("([", "])"), "lookup": ("[/", "/]")}
    lines = ["```mermaid", "flowchart TD"]
    for name in PICTURED:
        left, right = shapes.get(nodes[name]["kind"], ("[", "]"))
        lines.append(f'    {name}{left}"{name}<br/><i>{nodes[name]["kind"]}</i>"{right}')
    for name in PICTURED:
        ways: dict[str, list[str]] = {}
        for exit, target in nodes[name].get("exits", {}).items():
            if target in PICTURED and exit != "silent" and (name != "anything_else" or target == "served"):
                ways.setdefault(target, []).append(exit)
        lines += [f'    {name} -->|"{", ".join(exits)}"| {target}' for target, exits in ways.items()]
    return "\n".join([*lines, "```"]) + "\n"


SECTIONS: Mapping[str, Callable[[], str]] = {
    "kinds": kinds,
    "slots": slots,
    "wording": wording,
    "filters": filters,
    "functions": functions,
    "handlers": handlers,
    "types": types,
    "commands": commands,
    "settings": settings,
    "picture": picture,
    "events": lambda: kinds_of(events),
    "effects": lambda: kinds_of(effects),
    "head": lambda: fields(FlowHead),
    "variable": lambda: fields(VariableConfig),
    "handler": lambda: fields(HandlerConfig),
    "node": lambda: fields(NodeConfig),
    "slot": lambda: fields(SlotConfig),
    "project": lambda: fields(ProjectSettings),
    "agent": lambda: fields(AgentSettings),
    "web_button": lambda: fields(WebButton),
    "hours": lambda: fields(OpeningHours),
    "tools_file": lambda: fields(ToolsFile),
    "tool": lambda: fields(Tool),
    "argument": lambda: fields(Argument),
    "missing": lambda: fields(Missing),
}
"""By the name a page gives the place."""


def written(page: str) -> str:
    """A page with its generated parts as they should be."""
    return PLACE.sub(lambda place: f"{place[1]}\n{SECTIONS[place[2]]()}\n{place[4]}", page)


def unexplained() -> list[str]:
    """Codes of `flow check` that the page on checks does not explain."""
    code = re.compile(r"""(?:\bcode ?= ?|\.fault\(\s*)"([a-z_]+)\"""")
    files = [file for pattern in CHECKED for file in (ROOT / "tollfree" / "flows").glob(pattern)]
    codes = {found for file in files for found in code.findall(file.read_text(encoding="utf-8"))}
    page = (HERE / "checks.md").read_text(encoding="utf-8")
    return sorted(found for found in codes if f"`{found}`" not in page)


def untold() -> list[str]:
    """Types of notes that the page on the call log does not have."""
    files = [file for room in ("calls", "wiring") for file in (ROOT / "tollfree" / room).rglob("*.py")]
    types = {found for file in files for found in NOTED.findall(file.read_text(encoding="utf-8"))}
    page = (HERE / "call-log.md").read_text(encoding="utf-8")
    return sorted(found for found in types if f"`{found}`" not in page)


def main() -> int:
    """Rewrites or compares every page."""
    options = argparse.ArgumentParser(description="The generated parts of the reference.")
    options.add_argument("--check", action="store_true", help="change nothing, and say what is out of date")
    check = options.parse_args().check
    faults = [f"docs/reference/checks.md does not explain `{code}`" for code in unexplained()]
    faults += [f"docs/reference/call-log.md does not have the note `{type}`" for type in untold()]
    for file in (ROOT / "README.md", *sorted(HERE.glob("*.md"))):
        page = file.read_text(encoding="utf-8")
        right = written(page)
        if page != right and check:
            faults.append(f"{file.relative_to(ROOT)} is out of date; run `python docs/reference/generate.py`")
        elif page != right:
            file.write_text(right, encoding="utf-8")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
