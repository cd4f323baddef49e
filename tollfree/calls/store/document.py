"""JSON documents as the store keeps them: text that any program can read, and a digest of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import cast

from tollfree.calls.store.errors import InvalidDocument
from tollfree.protocol.values import Value, Values


def encode(document: Values) -> str:
    """The document as one line of JSON, keys in their own order (the order of nodes and conditions has a meaning).

    Raises `InvalidDocument` for what JSON cannot hold.
    """
    try:
        text = _dumps(document, ascii_only=False)
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, as broken input carries it, has no UTF-8 form; its escape has.
        text = _dumps(document, ascii_only=True)
    except RecursionError as error:
        raise InvalidDocument("This document is nested too deeply to be stored.") from error
    except (TypeError, ValueError) as error:
        raise InvalidDocument(f"This document cannot be stored as JSON: {error}.") from error
    return text


def decode(text: str) -> Values:
    """The document that `encode` wrote."""
    return cast(Values, json.loads(text))


def digest(document: Values) -> str:
    """SHA-256 of the encoded document, in hexadecimal: what a version and a call's final state are known by."""
    return digest_of_text(encode(document))


def digest_of_text(text: str) -> str:
    """SHA-256 of a text that `encode` wrote."""
    return hashlib.sha256(text.encode()).hexdigest()


def _dumps(document: Values, *, ascii_only: bool) -> str:
    return json.dumps(document, ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> Value:
    """Mappings and sequences of other types than JSON's own."""
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, Value], value))
    if isinstance(value, Sequence):
        return list(cast(Sequence[Value], value))
    raise TypeError(f"a {type(value).__name__} is not a JSON value")
