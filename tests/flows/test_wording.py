"""Templates: what they say, what they may not do, what they read; spoken forms; the engine's own lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import meta

from tollfree.flows.wording import ENGLISH, PARAMETERS, BadTemplate, Line, Template, render_value, sample_values
from tollfree.flows.wording.filters import FILTERS
from tollfree.flows.wording.program import LENIENT, STRICT, Direct, Generated, program
from tollfree.flows.wording.sandbox import LONGEST_OUTPUT
from tollfree.protocol.values import Value, ValueType

ITEMS: list[Value] = [{"name": "pizza", "quantity": 2}, {"name": "cola", "quantity": 1}, {"name": "bun"}]
VALUES: dict[str, Value] = {
    "customer": {"name": "Ann", "items": "the data", "keys": 3, "append": "no method"},
    "order": {
        "total": "22.50",
        "items": ITEMS,
        "delivered": "2026-11-24",
        "number": "41755",
        "shipped": True,
    },
    "project": {"name": "Corner Shop", "currency": "USD", "region": "US"},
    "call": {"date": "2026-11-22", "time": "15:05"},
    "sizes": ["small", "medium", "large"],
    "n": 3,
    "nothing": None,
    "blank": "",
    "name": "jane DOE",
}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Thanks for calling {{ project.name }}.", "Thanks for calling Corner Shop."),
        ("{{ customer.items }}, {{ customer.keys }}, {{ customer.append }}", "the data, 3, no method"),
        ("{{ customer['name'] }} {{ sizes[0] }} {{ sizes[-1] }}", "Ann small large"),
        ("  two   lines\n\nof {{ n }}\tthings ", "two lines of 3 things"),
        ("Hi, {{ nobody }}!", "Hi!"),
        ("{{ nobody }}, how can I help?", "how can I help?"),
        ("It is {{ nothing }} .", "It is."),
        ("{{ nobody.name.first }}done", "done"),
        ("{{ order.shipped }}", "yes"),
        ("{{ sizes }}", "small, medium and large"),
        ("{{ order }}", ""),
        ("{{ 7 / 2 }} and {{ 4 / 2 }}", "3.5 and 2"),
        ("{{ order.total + 2 }}", "24.50"),
        ("{{ 'a' ~ n ~ order.shipped ~ nobody }}", "a3yes"),
        ("{% if order.total > 20 %}big{% elif n %}small{% endif %}", "big"),
        ("{% if call.time < '9:00' %}early{% else %}late{% endif %}", "late"),
        ("{% if nobody.age > 3 %}old{% else %}unknown{% endif %}", "unknown"),
        ("{% if 'small' in sizes and 'xl' not in sizes %}yes{% endif %}", "yes"),
        ("{% if nothing == none and n != none %}yes{% endif %}", "yes"),
        ("{% if 1 < n < 5 %}some{% endif %}", "some"),
        ("{% if blank is empty and nothing is undefined and n is defined %}yes{% endif %}", "yes"),
        ("{{ 'late' if call.time > '12:00' else 'early' }}", "late"),
        (
            "{% for i in order.items %}{{ loop.index }} {{ i.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1 pizza, 2 cola, 3 bun",
        ),
        ("{% for i in nobody %}x{% else %}none{% endfor %}", "none"),
        ("{% for i in order.items if i.quantity %}{{ i.name }} {% endfor %}", "pizza cola"),
        ("{{ [n, nobody, 'x'] | listed }}", "3 and x"),
        ("{# a note #}said", "said"),
        ("{% raw %}{{ n }}{% endraw %}", "{{ n }}"),
        ("bell\x07 and {{ n }}", "bell and 3"),
    ],
)
def test_a_template_says_what_it_says(source: str, said: str) -> None:
    assert Template.compile(source).render(VALUES) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ order.total | money }}", "twenty-two dollars and fifty cents"),
        ("{{ order.total | money('GBP') }}", "twenty-two pounds and fifty pence"),
        ("{{ '1.01' | money }}", "one dollar and one cent"),
        ("{{ '0.00' | money }}", "zero dollars"),
        ("{{ '0.05' | money }}", "five cents"),
        ("{{ 1200 | money }}", "one thousand two hundred dollars"),
        ("{{ '-3.50' | money }}", "minus three dollars and fifty cents"),
        ("{{ 1200 | money('JPY') }}", "one thousand two hundred yen"),
        ("{{ '2.50' | money('ISK') }}", "two Icelandic krónur"),
        ("{{ order.delivered | date }}", "Tuesday, November twenty-fourth"),
        ("{{ '2027-01-01' | date }}", "Friday, January first, twenty twenty-seven"),
        ("{{ '2026-11-24T18:00:00Z' | date }}", "Tuesday, November twenty-fourth"),
        ("{{ '15:30' | time }}", "three thirty PM"),
        ("{{ '9:05' | time }}", "nine oh five AM"),
        ("{{ '00:10' | time }}", "twelve ten AM"),
        ("{{ '12:00' | time }}", "noon"),
        ("{{ '00:00' | time }}", "midnight"),
        ("{{ '08:00' | time }}", "eight AM"),
        ("{{ order.number | digits }}", "four one seven, five five"),
        ("{{ '1234567' | digits }}", "one two three, four five six seven"),
        ("{{ '4111111111111111' | digits | length }}", "67"),
        ("{{ 12 | digits }}", "one two"),
        ("{{ 'ab12' | spell }}", "A B one two"),
        ("{{ 'a.b@c' | spell }}", "A dot B, at C"),
        ("{{ '+12125550123' | phone }}", "two one two, five five five, zero one two three"),
        ("{{ '+442079460018' | phone }}", "plus four four, two zero, seven nine four six, zero zero one eight"),
        ("{{ 'no number' | phone }}", "N O N U, M B E R"),
        ("{{ 3 | count('item') }}", "three items"),
        ("{{ 1 | count('large pizza') }}", "one large pizza"),
        ("{{ 2 | count('box of fries', 'boxes of fries') }}", "two boxes of fries"),
        ("{{ 0 | count('delivery') }}", "no deliveries"),
        ("{{ order.items | count('thing') }}", "three things"),
        (
            "{{ 4 | count('box') }}, {{ 2 | count('person') }}, {{ 2 | count('day') }}",
            "four boxes, two people, two days",
        ),
        ("{{ 1.5 | count('mile') }}", "one point five miles"),
        ("{{ order.items | listed('name') }}", "pizza, cola and bun"),
        ("{{ sizes | listed(last='or') }}", "small, medium or large"),
        ("{{ ['a', 'b'] | listed }} {{ ['a'] | listed }} {{ [] | listed }}", "a and b a"),
        ("{{ sizes | first }} {{ sizes | last }} {{ sizes | length }}", "small large 3"),
        ("{{ name | lower }} {{ name | upper }} {{ name | title }}", "jane doe JANE DOE Jane Doe"),
        ("{{ 'hello there' | capitalize }}", "Hello there"),
        ("{{ nobody | default('friend') }} {{ blank | default('x') }} {{ nothing | default('y') }}", "friend x y"),
        ("{{ nobody.price | money | default('free') }}", "free"),
        ("{{ 2.345 | round(2) }} {{ order.total | round }} {{ 2.5 | round }}", "2.35 23.00 3"),
        ("{{ sizes | join('; ') }} {{ order.items | join(' ', 'name') }}", "small; medium; large pizza cola bun"),
        ("{{ order.items | map('name') | first }}", "pizza"),
        ("{{ 'a-b' | replace('-', ' ') | trim }}", "a b"),
        ("{{ 25 | number }}, {{ '2.5' | number }}", "twenty-five, two point five"),
    ],
)
def test_a_filter_says_a_value_as_people_do(source: str, said: str) -> None:
    assert Template.compile(source).render(VALUES) == said
    assert Template.compile(source).render_strict(VALUES | {"nobody": ""}) == said


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filter_that_fails_says_nothing_and_is_told_to_checks(name: str) -> None:
    template = Template.compile(f"a {{{{ customer | {name}(1, 2, 3, 4) }}}} b")
    assert template.render(VALUES) == "a b"
    with pytest.raises(BadTemplate, match=name):
        template.render_strict(VALUES)


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("{{ customer.name() }}", "call functions", 1),
        ("{{ range(10) }}", "call functions", 1),
        ("a\n{% set x = 1 %}", "set variables", 2),
        ("{% set x %}a{% endset %}", "set variables", 1),
        ("{% with x = 1 %}{% endwith %}", "set variables", 1),
        ("{% include 'x' %}", "not available", 1),
        ("{% extends 'x' %}", "not available", 1),
        ("{% import 'x' as y %}", "not available", 1),
        ("{% from 'x' import y %}", "not available", 1),
        ("{% macro x() %}{% endmacro %}", "not available", 1),
        ("{% call x() %}{% endcall %}", "not available", 1),
        ("{% block x %}{% endblock %}", "not available", 1),
        ("{% autoescape true %}{% endautoescape %}", "", 1),
        ("{% filter upper %}x{% endfilter %}", "not available", 1),
        ("{% do x %}", "if", 1),
        ("{{ name[1:2] }}", "cut pieces", 1),
        ("{{ 2 ** 9 }}", "`**`", 1),
        ("{{ '%s' % n }}", "`%`", 1),
        ("{{ {'a': 1} }}", "records", 1),
        ("{{ self }}", "not the name", 1),
        ("{{ __class__ }}", "not the name", 1),
        ("{{ n | monney }}", "`money`", 1),
        ("{{ n | attr('x') }}", "no filter", 1),
        ("{{ n is callable }}", "no test", 1),
        ("{% if false %}{{ n | nope }}{% endif %}", "no filter", 1),
        ("{{ n | join(*n) }}", "after a value", 1),
        ("{% for a, b in n %}{% endfor %}", "one entry at a time", 1),
        ("{% for a in n recursive %}{% endfor %}", "one entry at a time", 1),
        ("{% for a in n %}{% for b in n %}{% for c in n %}{% endfor %}{% endfor %}{% endfor %}", "loops", 1),
        ("{{ name", "between", 1),
        ("{{ name }", "between", 1),
        ("\n\n{{ }}", "Expected", 3),
        ("{% if n %}", "end", 1),
        ("{{ 'a", "", 1),
        ("{{ " + "(" * 5000, "", 1),
        ("{{ " + "not " * 60 + "n }}", "deeply", 1),
        ("{{ " + "9" * 5000 + " }}", "", 1),
        ("{{ 1e999 }}", "too large", 1),
        ("x" * 20_000, "20000", 1),
    ],
)
def test_what_a_template_may_not_do_is_told_when_it_is_read(source: str, words: str, line: int) -> None:
    with pytest.raises(BadTemplate) as caught:
        Template.compile(source)
    assert words in caught.value.message
    assert caught.value.line == line


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__ }}",
        "{{ ''['__class__'] }}",
        "{{ n.__class__.__base__ }}",
        "{{ n.real }}",
        "{{ n.bit_length }}",
        "{{ customer.__init__.__globals__ }}",
        "{{ customer.pop }}",
        "{{ order.items.append }}",
        "{{ nobody.__class__ }}",
        "{{ nobody._undefined_hint }}",
        "{{ nobody['__init__'] }}",
        "{{ '{0.__class__}'.format }}",
        "{{ [''].__class__ }}",
        "{{ (1, 2).count }}",
        "{% for i in sizes %}{{ loop.__init__ }}{{ loop._iterable }}{{ loop }}{{ loop.cycle }}{% endfor %}",
        "{% for i in sizes %}{{ [loop] }}{% endfor %}",
        "{{ order.items | map('__class__') }}",
        "{{ sizes | join('', '__class__') }}",
    ],
)
def test_no_path_leads_out_of_the_data(source: str) -> None:
    template = Template.compile(source)
    assert template.render(VALUES) == ""
    assert template.render_value(VALUES) in (None, "", [None, None, None])


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x' * 999999999 }}",
        "{{ [1] * 999999999 }}",
        "{{ 999999999 * 999999999 * 999999999 }}",
        "{{ long }}{{ long }}{{ long }}",
        "{{ long ~ long ~ long }}",
        "{{ many | join(many | join(many | join(many | join))) }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaa' | replace('a', long) | replace('a', long) }}",
        "{% for a in many %}{% for b in many %}{{ long }}{% endfor %}{% endfor %}",
        "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}",
        "{{ long | digits }}",
        "{{ [[many, many], [many, many]] | listed }}",
    ],
)
def test_no_template_costs_more_than_a_line_of_speech(source: str) -> None:
    said = Template.compile(source).render({"long": "y" * 50_000, "many": ["z" * 100] * 900})
    assert len(said) <= LONGEST_OUTPUT


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ nobody }}", "`nobody` has no value"),
        ("{{ customer.nmae }}", "`nmae`"),
        ("{{ order }}", "record"),
        ("{{ name | money }}", "not a number"),
        ("{% if name > 3 %}{% endif %}", "different kinds"),
        ("{% if nobody > 3 %}{% endif %}", "`nobody`"),
        ("{{ name * 3 }}", "`*`"),
        ("{{ nobody + 3 }}", "`nobody`"),
        ("{{ [nobody] }}", "`nobody`"),
        ("{% for i in n %}{% endfor %}", "list"),
        ("{% for i in nobody %}{% endfor %}", "`nobody`"),
        ("{% for i in many %}{% endfor %}", "too long"),
        ("{{ many | join }}{{ many | join }}", "more than"),
    ],
)
def test_checks_are_told_what_calls_pass_over(source: str, words: str) -> None:
    values = VALUES | {"many": ["z" * 100] * 101}
    template = Template.compile("x\n" + source)
    with pytest.raises(BadTemplate) as caught:
        template.render_strict(values)
    assert words in caught.value.message
    assert template.render(values).startswith("x")


def test_a_failure_in_a_longer_template_names_its_line() -> None:
    template = Template.compile("one\n{% if n %}\n\n{{ nobody }}{% endif %}")
    with pytest.raises(BadTemplate) as caught:
        template.render_strict(VALUES)
    assert caught.value.line == 4


def test_an_empty_record_stands_for_fields_that_are_not_known() -> None:
    source = "{{ order.total | money }} {% if order.total > 20 %}{{ order.items | listed('name') }}{% endif %}"
    values = sample_values({"order": ValueType.RECORD})
    assert Template.compile(source).render_strict(values) == ""


@pytest.mark.parametrize("kind", list(ValueType))
def test_every_type_has_a_sample_that_can_be_said(kind: ValueType) -> None:
    Template.compile("{{ x }} {% if x %}{{ x }}{% endif %}").render_strict(sample_values({"x": kind}))


@pytest.mark.parametrize(
    ("source", "plain", "guarded"),
    [
        ("{{ a }} {{ b.c }} {{ d['e'] }}", {"a", "b", "d"}, set[str]()),
        ("{{ a | default('x') }}", set[str](), {"a"}),
        ("{{ a.b | money | default(c) }}", {"c"}, {"a"}),
        ("{% if a %}{{ a }}{% endif %}", set[str](), {"a"}),
        ("{% if a %}{{ b }}{% else %}{{ a }}{% endif %}", {"a", "b"}, set[str]()),
        ("{% if a is defined and a > 3 %}{{ a }}{% endif %}", set[str](), {"a"}),
        ("{% if a is undefined %}x{% else %}{{ a }}{% endif %}", set[str](), {"a"}),
        ("{% if not a %}x{% else %}{{ a }}{% endif %}", set[str](), {"a"}),
        ("{% if a or b %}{{ a }}{% endif %}", {"a"}, {"b"}),
        ("{% if a and b %}{{ a }}{{ b }}{% endif %}", set[str](), {"a", "b"}),
        ("{% if not a or a > 3 %}{% endif %}", set[str](), {"a"}),
        ("{% if a == 3 %}{{ b }}{% endif %}", {"a", "b"}, set[str]()),
        ("{{ a if a else b }}", {"b"}, {"a"}),
        ("{% if a %}x{% elif b %}{{ b }}{{ a }}{% endif %}", {"a"}, {"b"}),
        ("{% for i in a %}{{ i.x }}{{ loop.index }}{{ b }}{% endfor %}{{ i }}", {"a", "b", "i"}, set[str]()),
        ("{% if a.b %}{{ a.c }}{% endif %}", set[str](), {"a"}),
        ("plain", set[str](), set[str]()),
    ],
)
def test_a_template_knows_what_it_reads_and_what_it_makes_sure_of(
    source: str, plain: set[str], guarded: set[str]
) -> None:
    template = Template.compile(source)
    assert template.reads == plain | guarded
    assert template.guarded == guarded
    assert template.reads == meta.find_undeclared_variables(STRICT.parse(source))


def test_a_template_without_variables_is_fixed() -> None:
    assert Template.compile("One  moment.").fixed
    assert Template.compile("{{ 3 | count('item') }}").fixed
    assert Template.compile("{{ 3 | count('item') }}").render({}) == "three items"
    assert not Template.compile("{{ n }}").fixed
    assert not Template.compile("{{ 3 | money }}").fixed, "the project's currency decides"
    assert Template.compile("{{ 3 | money('EUR') }}").fixed


def test_a_template_that_is_one_expression_gives_the_value_itself() -> None:
    assert render_value("{{ order.items }}", VALUES) is ITEMS
    assert render_value("{{ customer }}", VALUES) is VALUES["customer"]
    assert render_value("{{ n + 1 }}", VALUES) == 4
    assert render_value("{{ nobody }}", VALUES) is None
    assert render_value("{{ [n, nobody, name] }}", VALUES) == [3, None, "jane DOE"]
    assert render_value("{{ n == 3 }}", VALUES) is True
    assert render_value("{{ n }}, {{ nobody }}  .", VALUES) == "3,   ."
    assert render_value("a  b", VALUES) == "a  b"


names = st.sampled_from(["n", "name", "order", "customer", "sizes", "nobody", "nothing", "order.total", "a.b.c"])
filters = st.sampled_from(sorted(FILTERS)) | st.sampled_from(["default('x')", "count('box')", "listed('name')"])
piped = st.tuples(names, st.lists(filters, max_size=3)).map(
    lambda parts: f"{{{{ {' | '.join([parts[0], *parts[1]])} }}}}"
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["22.50", "2026-11-24", "09:30", "+12125550123", "1" * 400])
)
data = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "total", "b"]), inner, max_size=2)
    ),
    max_leaves=6,
)
calls = st.dictionaries(st.sampled_from(["n", "name", "order", "sizes", "a", "project"]), data, max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(piped | st.text(max_size=5), max_size=4).map("".join), calls)
def test_both_ways_to_run_a_template_say_the_same(source: str, values: dict[str, Value]) -> None:
    try:
        template = Template.compile(source)
    except BadTemplate:
        return
    quick = program(STRICT.parse(source))
    if not isinstance(quick, Direct) or not template.reads:
        return
    slow = Generated(STRICT.parse("{% if true %}" + source.replace("{%", "") + "{% endif %}"))
    assert "".join(quick.texts(LENIENT, values)) == "".join(slow.texts(LENIENT, values))


snippets = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "if",
            "else",
            "endif",
            "for",
            "in",
            "endfor",
            "set",
            "macro",
            "is",
            "not",
        ),
        *("n", "order", ".total", ".__class__", "[0]", "['x']", "(", ")", "|", "money", "default", "~", "+", "*", "**"),
        *("'x'", "3", "1e999", "defined", "==", ",", "{{ n }}", "{% if n %}", "{% for i in sizes %}", "{% endfor %}"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.lists(snippets, max_size=20).map(" ".join), calls)
def test_no_text_raises_anything_but_bad_template(source: str, values: dict[str, Value]) -> None:
    try:
        template = Template.compile(source)
    except BadTemplate as error:
        assert error.message and error.line >= 1
        return
    assert len(template.render(values)) <= LONGEST_OUTPUT
    template.render_value(values)
    try:
        template.render_strict(values)
    except BadTemplate as error:
        assert error.message and error.line >= 1


@pytest.mark.parametrize("line", list(Line))
def test_every_line_has_words_and_two_attempts_in_a_row_differ(line: Line) -> None:
    values: dict[str, Value] = {"value": "four one seven", "problem": "I need five digits.", "choices": ["a", "b"]}
    said = [ENGLISH.say(line, values, attempt) for attempt in range(6)]
    assert all(said)
    if line not in (Line.RESUMED, Line.NEARLY_OVER, Line.TOO_LONG, Line.GOODBYE):  # said once a call
        assert all(one != other for one, other in zip(said, said[1:], strict=False))
    for attempt in range(3):
        template = ENGLISH.template(line, attempt)
        assert template.reads <= PARAMETERS.get(line, frozenset())
        assert template.render_strict(values)


def test_a_flow_says_it_in_its_own_words() -> None:
    wording, faults = ENGLISH.overridden({"goodbye": "Bye from {{ project.name }}.", "confirm": ["Sure.", "Right."]})
    assert faults == ()
    assert wording.say(Line.GOODBYE, VALUES) == "Bye from Corner Shop."
    assert [wording.say(Line.CONFIRM, {}, attempt) for attempt in range(3)] == ["Sure.", "Right.", "Sure."]
    assert wording.say(Line.HOLD_ON, {}) == "Take your time."
    assert "Sure." in wording.fixed() and "Bye from." not in wording.fixed()


def test_all_faults_of_a_flows_own_words_are_told_and_the_usual_words_stay() -> None:
    wording, faults = ENGLISH.overridden({"godbye": "x", "confirm": "{{ nope", "trouble": "", "too_late": []})
    assert [fault.name for fault in faults] == ["godbye", "confirm", "trouble", "too_late"]
    assert "goodbye" in faults[0].message
    assert wording == ENGLISH


def test_a_problem_that_is_not_known_still_says_something() -> None:
    assert ENGLISH.say(Line.NOT_VALID, {"problem": ""}) == "I can't use that one."
