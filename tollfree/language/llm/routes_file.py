"""routes.yaml: an installation's language models. Every fault of it is told at once, with its place and remedy."""

import difflib
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import cast

import yaml
from pydantic import BaseModel, ValidationError

from tollfree.language.errors import LanguageError
from tollfree.language.llm.route import Price, Route, Routes, chain_faults

KEYS: Mapping[int, type[BaseModel]] = {1: Routes, 3: Route, 4: Price}
"""The model whose keys stand at each depth: `routes`, `routes.fast.model`, `routes.fast.price.prompt`."""
SECRETS = frozenset({"key", "api_key", "apikey", "token", "password", "secret"})
"""What people call a key; none stands in this file."""


class BadRoutes(LanguageError):
    """A routes file that cannot be used. `faults` has every one of them, each with its place."""

    code = "bad_routes"

    def __init__(self, message: str, *, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


def read_routes_file(path: Path) -> Routes:
    """Its routes; none where there is no such file. Raises `BadRoutes`."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Routes()
    except UnicodeDecodeError as error:
        raise BadRoutes(f"{path} is not UTF-8: save it as UTF-8 text") from error
    except OSError as error:
        raise BadRoutes(f"{path} cannot be read ({error.strerror}): give this user leave to read it") from error
    return read_routes(text, place=str(path))


def read_routes(text: str, *, place: str = "routes.yaml") -> Routes:
    """Reads YAML or JSON. Raises `BadRoutes` with every fault."""
    try:
        document = cast(object, yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
        raise BadRoutes(f"{place}{where} is not YAML: {problem or 'it cannot be read'}") from error
    if document is None:
        return Routes()
    try:
        return Routes.model_validate(document)
    except ValidationError as error:
        faults = (*_field_faults(error), *_chain_faults(document))
    raise BadRoutes(f"{place}: {'; '.join(faults)}", faults=faults)


def _field_faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        path = tuple(map(str, fault["loc"]))
        if not path and fault["type"] == "value_error":
            continue  # of chains, which are looked at apart, so that they are told beside these
        message = fault["msg"].removeprefix("Value error, ")
        match fault["type"]:
            case "extra_forbidden":
                message = _unknown(path)
            case "missing":
                message = "it is missing; add it"
            case _:
                message = message[0].lower() + message[1:]
        yield f"{'.'.join(path) or 'the file'}: {message}"


def _unknown(path: tuple[str, ...]) -> str:
    key = path[-1]
    if key.lower() in SECRETS:
        return "no key stands in this file; put it into an environment variable, and name that as api_key_env"
    keys = list(KEYS[len(path)].model_fields) if len(path) in KEYS else []
    near = difflib.get_close_matches(key, keys, 1)
    others = f"did you mean {near[0]}?" if near else f"there are {', '.join(keys)}"
    return f"there is no such key; {others}"


def _chain_faults(document: object) -> Iterator[str]:
    """Of chains that are lists of names, whatever is wrong elsewhere."""
    if not isinstance(document, Mapping):
        return
    whole = cast(Mapping[str, object], document)
    routes, chains = whole.get("routes"), whole.get("chains")
    if not isinstance(chains, Mapping):
        return
    named = cast(Mapping[str, object], chains)
    readable = {name: cast(list[str], chain) for name, chain in named.items() if isinstance(chain, list)}
    yield from chain_faults(cast(Collection[str], routes) if isinstance(routes, Mapping) else (), readable)


def write_routes_file(path: Path, routes: Routes) -> bytes:
    """Writes the whole file or none of it: whoever reads meanwhile finds the old one. What stands in it now. Raises
    `BadRoutes` when it cannot be written."""
    document = routes.model_dump(mode="json", exclude_unset=True)
    content = yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BadRoutes(f"{path} cannot be written ({error.strerror}): give this user leave to write it") from error
    return content
