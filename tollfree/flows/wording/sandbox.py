"""Jinja2's sandbox, closed further: a template reads data and nothing else.

Attributes are keys of the call's data and never Python's; calls, assignments, macros, includes and `range` are refused
when the template is read; loops, joined texts and output are bounded, so that no template can cost more than a line of
speech is worth. Sums and comparisons mean what they mean in expressions (amounts by amount, times by the clock).
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast

from jinja2 import Undefined
from jinja2.runtime import Context, LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tollfree.flows.expressions.arithmetic import operate
from tollfree.flows.expressions.compare import compare, within
from tollfree.flows.expressions.tree import ArithmeticSign, ComparisonSign
from tollfree.flows.wording import spoken
from tollfree.flows.wording.filters import FILTERS, Asked, Filter, without_value
from tollfree.flows.wording.spoken import Unspeakable
from tollfree.protocol.values import Value

LONGEST_OUTPUT = 10_000
"""Characters a rendered text may have: twelve minutes of speech."""
MOST_TURNS = 100
"""Entries a loop goes through."""

EACH = "loop over"
JOIN = "joined with"
COMPARE = "compared with"
GATHER = "list of"
"""Filters that stand for syntax; their names cannot be written in a template."""

_LOOP = frozenset({"index", "index0", "revindex", "first", "last", "length"})


class Nothing(Undefined):
    """A value that is not there and may be absent: it says nothing, and its fields are not there either."""

    def __getattr__(self, name: str) -> "Nothing":
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> "Nothing":
        return self


class Missing(StrictUndefined):
    """A value that is not there and should be: testing for it is fine, using it is a fault."""

    def __bool__(self) -> bool:
        return False


def is_data(value: object) -> TypeGuard[Value]:
    """Whether a value is the plain data of a call."""
    if value is None or isinstance(value, str | bool | int | float | Mapping):
        return True
    return isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment that templates run in. Strict: whatever fails, raises; otherwise it says nothing."""

    intercepted_binops = frozenset({"+", "-", "*", "/"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self, *, strict: bool) -> None:
        super().__init__(
            undefined=Missing if strict else Nothing,
            finalize=self.say,
            autoescape=False,
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.strict = strict
        self.globals.clear()
        self.tests = {
            "defined": _is_defined,
            "undefined": without_value,
            "none": without_value,
            "empty": _is_empty,
        }
        self.filters = {name: self._guarded(one) for name, one in FILTERS.items()}
        self.filters |= {EACH: self._entries, JOIN: self._joined, COMPARE: self._compared, GATHER: self._gathered}

    def getattr(self, obj: object, attribute: str) -> object:
        """A key of a record, or what a loop tells about itself."""
        if isinstance(obj, LoopContext):
            return cast(object, getattr(obj, attribute)) if attribute in _LOOP else self._absent(attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """A key of a record or a place in a list; never an attribute."""
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, Mapping) and isinstance(argument, str):
            record = cast(Mapping[str, object], obj)
            if argument in record:
                return record[argument]
            # A record without fields stands for one whose fields are not known before the call.
            return self._absent(argument) if record else Nothing(name=argument)
        if isinstance(obj, Sequence) and not isinstance(obj, str) and type(argument) is int:
            entries = cast(Sequence[object], obj)
            if -len(entries) <= argument < len(entries):
                return entries[argument]
        return self._absent(str(argument)[:80])

    def _absent(self, name: str) -> Undefined:
        return self.undefined(hint=f"There is no `{name}` in this value.", name=name)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """A sum as expressions compute it."""
        for side in (left, right):
            if isinstance(side, Undefined):
                return self._use(side)
        if is_data(left) and is_data(right):
            result = operate(cast(ArithmeticSign, operator), left, right)
            if result is not None:
                return result
        return self._failed(f"`{operator}` cannot be used with these two values.")

    def call_unop(self, context: Context, operator: str, arg: object) -> object:
        """A sign before a number."""
        return self.call_binop(context, operator, 0, arg)

    def say(self, value: object) -> str:
        """What an expression within a template contributes to its text."""
        if isinstance(value, str):
            return value[:LONGEST_OUTPUT]
        if isinstance(value, Undefined):
            return str(value)
        if is_data(value):
            if isinstance(value, Mapping) and not value:
                return ""
            try:
                return spoken.text(value)[:LONGEST_OUTPUT]
            except Unspeakable as e:
                self._failed(str(e))
        return ""

    def _guarded(self, one: Filter) -> Asked:
        """A filter that leaves what is not there alone and, unless strict, turns its own failure into nothing."""

        def ask(value: object, *arguments: object, **named: object) -> object:
            if one.name != "default" and (without_value(value) or value == {}):
                return value
            given = [None if isinstance(a, Undefined) else a for a in arguments]
            options = {key: None if isinstance(a, Undefined) else a for key, a in named.items()}
            try:
                return one.apply(value, *given, **options)
            except Unspeakable as e:
                return self._failed(f"`{one.name}`: {e}")
            except (TypeError, AttributeError) as e:  # an argument of another type, or one too many
                return self._failed(f"`{one.name}` cannot be used like this, or with such a value ({e}).")

        return one.with_context(ask)

    def _entries(self, value: object) -> list[object]:
        if isinstance(value, Undefined | None):
            return [] if value is None or not isinstance(value, Missing) else self._use(value)
        if isinstance(value, str) or not isinstance(value, Sequence | Mapping):
            self._failed("Only the entries of a list can be gone through with `for`.")
            return []
        entries = list(cast(Sequence[object], value))
        if len(entries) > MOST_TURNS:
            self._failed(f"A loop over {len(entries)} entries is too long to say; {MOST_TURNS} is the most.")
        return entries[:MOST_TURNS]

    def _joined(self, value: object, *others: object) -> str:
        return "".join([self.say(part) for part in (value, *others)])[:LONGEST_OUTPUT]

    def _gathered(self, _: object, *entries: object) -> list[Value]:
        found: list[Value] = []
        for entry in entries:
            if isinstance(entry, Undefined):
                self._use(entry)
            found.append(entry if is_data(entry) else None)
        return found

    def _compared(self, left: object, sign: str, right: object) -> bool:
        for side in (left, right):
            if isinstance(side, Undefined):
                self._use(side)
                return False
        if not is_data(left) or not is_data(right) or left is None or right is None:
            return False
        if sign in ("in", "notin"):
            found = within(left, right)
            result = None if found is None else found is (sign == "in")
        else:
            result = compare(cast(ComparisonSign, sign), left, right)
        if result is None and left != {} and right != {}:
            self._failed("Two values of different kinds are compared.")
        return bool(result)

    def _use(self, value: Undefined) -> Any:
        """Raises for what should be there; otherwise the value itself, which says nothing."""
        str(value)
        return value

    def _failed(self, message: str) -> Nothing:
        if self.strict:
            raise Unspeakable(message)
        return Nothing()


def _is_defined(value: object) -> bool:
    return not without_value(value)


def _is_empty(value: object) -> bool:
    return without_value(value) or value in ("", [], {})
