"""Text of strangers, documents and callers, as it may be shown on a terminal, which obeys what stands in it."""

import re
from collections.abc import Iterator

_COMMANDS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters: colours, cursor, title, clipboard
    "\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of what follows
    "\u2028\u2029"  # ends of lines
    "\ud800-\udfff]"  # halves of letters, which cannot be written
)


def printable(text: str) -> str:
    """One line of text without anything that a terminal obeys: white space becomes a space, the rest `�`."""
    return _COMMANDS.sub(lambda found: " " if found[0].isspace() else "\ufffd", text)


def printable_lines(text: str) -> Iterator[str]:
    """The same for each line of a text."""
    return map(printable, text.splitlines())


def escaped(json: str) -> str:
    """JSON that means the same, with all that a terminal obeys written as `\\uXXXX`; line ends stay."""
    return _COMMANDS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", json)
