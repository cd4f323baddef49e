"""Expressions: what they read, what they decide, what they refuse, and in which words."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.expressions import BadExpression, parse
from tollfree.flows.expressions.arithmetic import operate
from tollfree.flows.expressions.compare import compare, equal, ordered
from tollfree.flows.expressions.functions import FUNCTIONS
from tollfree.flows.expressions.tree import ArithmeticSign, ComparisonSign
from tollfree.protocol.values import Value, ValueType

VALUES: dict[str, Value] = {
    "customer": {"status": "active", "name": "Ann"},
    "order": {
        "total": "22.50",
        "shipping": "3.00",
        "items": [{"sku": "a"}, {"sku": "b"}, {"sku": "c"}, {"sku": "d"}],
        "note": "a gift for Bo",
        "delivered": "2026-11-01",
        "sent_at": "2026-10-30T18:00:00-05:00",
        "number": "0417",
        "quantity": "5",
    },
    "call": {"date": "2026-11-22", "time": "09:10"},
    "size": "small",
    "attempts": 1,
    "name": "JO",
    "nobody": None,
    "blank": "",
    "sure": True,
}
TYPES = {
    "customer": ValueType.RECORD,
    "order": ValueType.RECORD,
    "call.date": ValueType.DATE,
    "call.time": ValueType.TIME,
    "size": ValueType.TEXT,
    "attempts": ValueType.NUMBER,
    "total": ValueType.MONEY,
    "due": ValueType.DATE,
    "at": ValueType.TIME,
    "member": ValueType.BOOLEAN,
    "things": ValueType.LIST,
    "anything": ValueType.ANY,
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('customer.status == "active" and order.total > 20', True),
        ("days_between(order.delivered, call.date) <= 30", True),
        ("days_between(order.sent_at, call.date)", 23),
        ('size in ["small", "large"]', True),
        ('size not in ["small", "large"]', False),
        ("not customer", False),
        ("not nobody", True),
        ("customer is empty", False),
        ("blank is empty and nowhere is empty", True),
        ("attempts is not empty", True),
        ('call.time >= "9:00" and call.time < "17:30"', True),
        ('call.time == "9:10"', True),
        ("attempts + 1", 2),
        ("attempts * 2 - 7 / 2", -1.5),
        ("(1 + 2) * 3", 9),
        ("0.1 + 0.2 == 0.3", True),
        ("count(order.items) > 3", True),
        ('"gift" in order.note', True),
        ('"total" in order', True),
        ("lower(name)", "jo"),
        ('"Hello " + upper(customer.name)', "Hello ANN"),
        ("order.items[0].sku", "a"),
        ("order.items[-1].sku", "d"),
        ("order.items[9].sku", None),
        ('order["total"]', "22.50"),
        ("order.total + order.shipping", "25.50"),
        ("order.total * 2", "45.00"),
        ("order.total / 3", "7.50"),
        ("order.total / order.shipping", 7.5),
        ("-order.total", "-22.50"),
        ("round(order.total, 0)", "23.00"),
        ("round(7 / 3, 2)", 2.33),
        ("least(order.total, order.shipping)", "3.00"),
        ("most(3, 4)", 4),
        ("order.total == 22.5", True),
        ('order.total == "22.5"', True),
        ('order.number == "417"', False),
        ("order.number == 417", True),
        ("order.quantity > 3", True),
        ("number(order.quantity) + 1", 6),
        ("0 < attempts < 3", True),
        ("order.delivered < call.date", True),
        ('order.sent_at == "2026-10-30"', True),
        ('add_days(order.delivered, 30) == "2026-12-01"', True),
        ('weekday(call.date) in ["saturday", "sunday"]', True),
        ('starts_with(order.number, "04")', True),
        ("nobody == none", True),
        ("nobody != none", False),
        ("sure == true", True),
        ("sure", True),
        ("[1,200, 3]", [1, 200, 3]),
        ("size == “small”", True),
        ("attempts ≤ 1 and attempts ≠ 2", True),
        ("'it\\'s'", "it's"),
    ],
)
def test_an_expression_means_what_it_says(source: str, value: Value) -> None:
    assert parse(source).evaluate(VALUES) == value


@pytest.mark.parametrize(
    "source",
    [
        "nowhere.total > 20",
        "nobody > 3",
        "not (nowhere.total > 20)",
        'nowhere.status != "active"',
        "nowhere > 1 and sure",
        '"abc" < 3',
        'size + 1 == "small1"',
        "sure > false",
        "1 / 0",
        "size.length",
        "customer + 1",
        "lower(attempts)",
        'add_days("soon", 3)',
        "add_days(call.date, 999999999)",
        'days_between("2026-02-30", call.date)',
        "order.total * order.total",
        "3 / order.total",
        "999999999999999 * 999999999999999",
        'order.items > [1, "a"]',
        '"soon" > call.date',
    ],
)
def test_what_cannot_be_known_is_none(source: str) -> None:
    assert parse(source).evaluate(VALUES) is None


def test_one_sure_condition_settles_what_another_cannot_know() -> None:
    assert parse("sure or nowhere > 1").evaluate(VALUES) is True
    assert parse("not sure and nowhere > 1").evaluate(VALUES) is False


def test_an_expression_knows_the_variables_it_reads() -> None:
    expression = parse('customer.status == "a" and count(order.items) > attempts or lower(name) in [size, "x"]')
    assert expression.reads == {"customer", "order", "attempts", "name", "size"}
    assert "customer.status" in expression.paths


@pytest.mark.parametrize(
    ("source", "words", "position"),
    [
        ("a = 3", "==", 2),
        ("a && b", "and", 2),
        ("a || b", "`or`", 2),
        ("!a", "not", 0),
        ("a <> b", "!=", 2),
        ("a => b", ">=", 2),
        ("x > $20", "currency sign", 4),
        ("x > 1,000", "1000", 4),
        ("x > 20%", "0.2", 6),
        ("{{ x }}", "braces", 0),
        ("True", "lower case", 0),
        ("a AND b", "lower case", 2),
        ("a == null", "none", 5),
        ("a is 3", "empty", 5),
        ("a not 3", "followed by `in`", 6),
        ("cout(x)", "`count`", 0),
        ("eval(x)", "no function", 0),
        ("count()", "1 value", 0),
        ("lower(a, b)", "1 value", 0),
        ("(a", "`)` is missing", 2),
        ("a)", "never opened", 1),
        ("[a", "`]`", 2),
        ('"abc', "not closed", 0),
        ("at > 09:00", '"09:00"', 5),
        ("due > 2026-11-24", "quotes", 6),
        ("3pm", '"3pm"', 0),
        ('note contains "x"', "`in`", 5),
        ("a b", "missing before", 2),
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("a..b", "field", 2),
        ('"a".b', "variable", 3),
        ("a and", "ends too early", 5),
        ("and a", "missing before", 0),
        ("1234567890123456", "15 digits", 0),
        ("a ; b", "no meaning", 2),
        ("a\x00", "character number 0", 1),
        ("(" * 30 + "a" + ")" * 30, "brackets", 20),
        ("+".join("a" * 200), "too long", 201),
        ("a" * 3000, "3000", 0),
    ],
)
def test_a_mistake_is_told_in_a_sentence_with_its_place(source: str, words: str, position: int) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(source)
    assert words in caught.value.message
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("attempts + 1", ValueType.NUMBER),
        ("total + 1", ValueType.MONEY),
        ("total / total", ValueType.NUMBER),
        ("-total", ValueType.MONEY),
        ('size + "!"', ValueType.TEXT),
        ("order.total * 2", ValueType.ANY),
        ("attempts > 3 and member", ValueType.BOOLEAN),
        ("customer and order.total > 3", ValueType.BOOLEAN),
        ("not size", ValueType.BOOLEAN),
        ('due < "2026-11-24"', ValueType.BOOLEAN),
        ('call.time >= "9:00"', ValueType.BOOLEAN),
        ("total > 20", ValueType.BOOLEAN),
        ('total == "20.00"', ValueType.BOOLEAN),
        ("total == none", ValueType.BOOLEAN),
        ("days_between(due, call.date)", ValueType.NUMBER),
        ('add_days("2026-11-24", 1)', ValueType.DATE),
        ("least(total, 20)", ValueType.MONEY),
        ('size in ["s", anything]', ValueType.BOOLEAN),
        ("unheard_of + 1", ValueType.ANY),
        ("things[0].name", ValueType.ANY),
        ("count(things)", ValueType.NUMBER),
        ("[1]", ValueType.LIST),
        ('"x"', ValueType.TEXT),
    ],
)
def test_an_expression_without_faults_has_a_type(source: str, kind: ValueType) -> None:
    checked = parse(source).check(TYPES)
    assert checked.faults == ()
    assert checked.type is kind


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("size > 3", '"3" in quotes'),
        ('attempts > "3"', "without quotes"),
        ('due > "tomorrow"', '"2026-11-24"'),
        ('at > "3pm"', '"15:30"'),
        ('due > "2026-13-01"', '"2026-11-24"'),
        ('call.time > "noon"', '"15:30"'),
        ("due == at", "a date"),
        ("member == 1", "true or false"),
        ("member > false", "by size"),
        ("total > none", "by size"),
        ('size == "s" or "l"', "no condition"),
        ("member and attempts", "a number"),
        ("member and size", "is not empty"),
        ("not total", "a number"),
        ("size.name", "no `name`"),
        ("things.length > 3", "count(things)"),
        ("size in 3", "comes a list"),
        ('size in ["s", 3]', "a number"),
        ("3 in size", "Only a text"),
        ("due + 3", "add_days"),
        ("due - due", "days_between"),
        ("total * total", "multiplied"),
        ("3 / total", "divided"),
        ('size + 1 == "x"', "`+`"),
        ("lower(attempts)", "needs a text"),
        ('days_between("soon", due)', "needs a date"),
        ("least(size, 3)", "compares"),
        ("size[0]", "no entries"),
        ('things["a"]', "a number"),
        ("customer[3]", "a text"),
    ],
)
def test_things_that_do_not_go_together_are_told(source: str, words: str) -> None:
    faults = parse(source).check(TYPES).faults
    assert len(faults) == 1
    assert words in faults[0].message


def test_all_faults_are_told_at_once() -> None:
    faults = parse('size > 3 and attempts == "x" or due > "soon"').check(TYPES).faults
    assert len(faults) == 3
    assert [fault.position for fault in faults] == [5, 22, 36]


def test_every_function_has_an_example_that_can_be_read() -> None:
    for function in FUNCTIONS.values():
        assert f"{function.name}(" in function.example
        parse(function.example)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["22.50", "-3.00", "2026-11-24", "2026-11-24T10:00:00Z", "09:30", "9:05", "0417", "99:99", "-"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "total"]), inner, max_size=3)
    ),
    max_leaves=8,
)
words = st.sampled_from(
    [
        *("a", "b", "a.total", "1", "2.5", '"x"', '"22.50"', '"09:00"', "true", "none", "[", "]", "(", ")", ","),
        *("and", "or", "not", "in", "is", "empty", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", ".", "["),
        *(f"{name}(" for name in FUNCTIONS),
    ]
)


@settings(max_examples=200)
@given(st.text(max_size=80) | st.lists(words, max_size=25).map(" ".join), st.dictionaries(words, values, max_size=3))
def test_no_text_raises_anything_but_bad_expression(source: str, given: dict[str, Value]) -> None:
    try:
        expression = parse(source)
    except BadExpression as error:
        assert error.message and 0 <= error.position <= len(source)
    else:
        expression.evaluate(given)
        expression.check({"a": ValueType.TEXT, "b": ValueType.DATE})


operands = st.sampled_from(["a", "b", "a.total", "b[0]", "1", "2.5", '"22.50"', '"x"', "none", "[a, 1]", "true"])
expressions = st.recursive(
    operands,
    lambda inner: (
        st.tuples(
            inner, st.sampled_from(["==", "<", ">=", "+", "-", "*", "/", "and", "or", "in", "not in"]), inner
        ).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda one: f"(not {one})")
        | inner.map(lambda one: f"({one} is empty)")
        | st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner, inner).map(
            lambda parts: f"{parts[0]}({', '.join(parts[1:][: len(FUNCTIONS[parts[0]].takes)])})"
        )
    ),
    max_leaves=6,
)


@settings(max_examples=200)
@given(expressions, values, values)
def test_evaluating_never_raises_and_gives_the_same_twice(source: str, a: Value, b: Value) -> None:
    expression = parse(source)
    found = expression.evaluate({"a": a, "b": b})
    assert repr(found) == repr(expression.evaluate({"a": a, "b": b}))
    assert isinstance(found, str | bool | int | float | list | dict | None)


@settings(max_examples=200)
@given(values, values, st.sampled_from(get_args(ComparisonSign)), st.sampled_from(get_args(ArithmeticSign)))
def test_comparing_and_computing_are_lawful(a: Value, b: Value, sign: ComparisonSign, sum_: ArithmeticSign) -> None:
    assert equal(a, b) == equal(b, a)
    assert ordered("<", a, b) == ordered(">", b, a)
    if ordered("<", a, b):
        assert ordered(">=", a, b) is False
    compare(sign, a, b)
    if sum_ in "+*" and not (isinstance(a, str) and isinstance(b, str)):
        assert repr(operate(sum_, a, b)) == repr(operate(sum_, b, a))


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_money_adds_up_to_the_cent(a: int, b: int) -> None:
    def written(cents: int) -> str:
        return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"

    assert operate("+", written(a), written(b)) == written(a + b)
    assert operate("-", written(a), written(b)) == written(a - b)
    assert ordered("<", written(a), written(b)) is (a < b)


def test_records_nested_without_end_are_not_compared() -> None:
    deep: Value = {}
    other: Value = {}
    for _ in range(5000):
        deep, other = {"a": deep}, {"a": other}
    assert parse("a == b").evaluate({"a": deep, "b": other}) is None


@pytest.mark.parametrize(
    ("source", "guarded"),
    [
        ("size is empty", {"size"}),
        ("not (size is empty)", {"size"}),
        ("size is not empty and size == 'large'", {"size"}),
        ("size is empty or size == 'large'", {"size"}),
        ("not (size is empty or order.total > 5) and size == 'large'", {"size"}),
        ("size == 'large' and size is not empty", set()),
        ("size is not empty or size == 'large'", set()),
        ("size is empty and size == 'large'", set()),
        ("order.size is not empty and order.size == 'large'", {"order"}),
    ],
)
def test_a_condition_may_make_sure_of_a_variable_before_it_reads_it(source: str, guarded: set[str]) -> None:
    assert parse(source).guarded == guarded
