"""What a slot or variable may hold: plain JSON values, so that a log can be read without this program.

Money, dates and times are strings in their canonical form (`22.50`, `2026-11-24`, `15:30`): exact, ordered
and the same in JSON, SQL and the dashboard.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from typing_extensions import TypeAliasType  # in typing from Python 3.12

Value = TypeAliasType("Value", None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"])
"""A plain JSON value. Named, because only a named alias may recur for pydantic."""

Values: TypeAlias = Mapping[str, Value]
"""Named values. Never changed in place: whoever changes one copies it."""


class ValueType(StrEnum):
    """The type of a variable, as flows declare it and expressions check it."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MONEY = "money"
    """Canonical string with two decimals: `22.50`."""
    DATE = "date"
    """Canonical string `YYYY-MM-DD`."""
    TIME = "time"
    """Canonical string `HH:MM`, 24 hours."""
    LIST = "list"
    RECORD = "record"
    """Named values, such as a look-up's result. The types of its fields are not known."""
    ANY = "any"
    """Not known before the call; comparisons with it are checked when they happen."""
