"""Flows as text: nothing lost either way, and what is no flow is refused with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.document import SCHEMA
from tollfree.flows.errors import FlowTooNew, FlowUnreadable
from tollfree.flows.source import MAX_CHARACTERS, read, to_json, to_yaml

ODD = """yes|no|on|off|y|null|~|true|12:30|0123|1e3|1_000|0x1f|-|| lead|trail |# no comment|a: b|{{ x }}|é 한 😀|?|:
|!tag|&a|*a|<<|=|%|@|`|'|"|\\n|null |.inf|0o7|two\nlines|a\n\n|tab\there|\r|a\r\nb|\x85|\u2028|>|.nan|1.|+1|2026-1-2"""
words = st.one_of(
    st.text(max_size=20).filter(lambda text: text.isprintable() or not text.strip()),
    st.sampled_from(ODD.split("|")),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(-1e9, 1e9, allow_nan=False), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=12,
)
documents = st.dictionaries(words, values, max_size=5).map(lambda entries: {"flow": "made", **entries})
either = pytest.mark.parametrize("write", [to_yaml, to_json])


@either
@settings(max_examples=100, deadline=None)
@given(document=documents)
def test_a_document_survives_being_written_and_read(write: Any, document: dict[str, Any]) -> None:
    document.pop("schema", None)
    back = read(write(document), "it")
    assert back == document
    assert json.dumps(back) == json.dumps(document)


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.text(alphabet="{}[]:,-&*!|>'\"#%@`\n \tab1?~<=", max_size=30)))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    try:
        read(text, "it")
    except (FlowUnreadable, FlowTooNew) as error:
        assert error.message.startswith("it")


def test_fields_keep_their_order() -> None:
    text = "flow: a\nstart: z\nnodes:\n  z: {}\n  a: {}\n"
    assert list(read(to_yaml(read(text, "it")), "it")["nodes"]) == ["z", "a"]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "n", "Yes", "NO"])
def test_words_that_yaml_once_took_for_true_and_false_stay_words(word: str) -> None:
    assert read(f"flow: {word}\nexits: {{{word}: {word}}}\n", "it") == {"flow": word, "exits": {word: word}}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("0123", "0123"),
        ("12:30", "12:30"),
        ("2026-11-22", "2026-11-22"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("'true'", "true"),
    ],
)
def test_plain_values_are_read_as_yaml_1_2_reads_them(written: str, value: Any) -> None:
    found = read(f"flow: a\nvalue: {written}\n", "it")["value"]
    assert (found, type(found)) == (value, type(value))


def test_a_byte_order_mark_is_no_part_of_the_flow() -> None:
    assert read("\ufeffflow: a\n", "it") == read('\ufeff{"flow": "a"}', "it") == {"flow": "a"}


# What is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flow: a\nnodes:\n  x: {kind: say\n", "it, line 4, column 1: "),
        ("flow: a\n  start: b\n", "it, line 2, column 8: "),
        ("flow: a\nflow: b\n", "it, line 2, column 1: `flow` is given twice."),
        ("flow: a\nnodes: {x: {}, x: {}}\n", "it, line 2, column 16: `x` is given twice."),
        ('{"flow": "a", "flow": "b"}', "it: `flow` is given twice in the same place."),
        ('{"flow": "a",\n "nodes": }', "it, line 2, column 11: Expecting value."),
        ("flow: a\n\tstart: b\n", "it, line 2, column 1: "),
        ("flow: a\nx: *nothing\n", "it, line 2, column 4: "),
        ("flow: !!python/object/apply:os.system ['true']\n", "it, line 1, column 7: "),
        ("flow: a\nx: !secret b\n", "it, line 2, column 4: "),
        ("flow: a\n---\nflow: b\n", "it, line 2, column 1: "),
        ("- a\n- b\n", "it is no flow"),
        ("just words", "it is no flow"),
        ("", "it is no flow"),
        ("# only a remark\n", "it is no flow"),
        ("flow: a\n1: b\n", "it: the name `1` must be a word"),
        ("flow: a\n? [a, b]\n: c\n", "it, line 2, column 3: "),
        ("flow: a\nx: .inf\n", ""),
        ('{"flow": "a", "x": NaN}', "it: nan is not a number"),
        ('{"flow": "a", "x": Infinity}', "it: inf is not a number"),
        ('{"flow": "a", "x": 1e999}', "it: inf is not a number"),
        ("flow: a\x00b\n", "it"),
        ("flow: a\x07\n", "it"),
    ],
)
def test_what_is_no_flow_is_refused_with_its_place(text: str, message: str) -> None:
    if not message:
        assert read(text, "it")["x"] == ".inf"
        return
    with pytest.raises(FlowUnreadable) as refused:
        read(text, "it")
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize("text", ['{"flow": "a", "x": "' + "\\u0000" + '"}', 'flow: a\nx: "\\0"\n'])
def test_an_escaped_nul_is_refused_for_no_store_can_keep_it(text: str) -> None:
    with pytest.raises(FlowUnreadable, match="it: "):
        read(text, "it")


@pytest.mark.parametrize("text", ['{"flow": "a", "x": "\\ud800"}', '{"flow": "a", "\\udc00": 1}'])
def test_half_a_character_is_refused_for_no_store_can_keep_it(text: str) -> None:
    with pytest.raises(FlowUnreadable, match="it: "):
        read(text, "it")


def test_aliases_are_counted_as_often_as_they_are_used() -> None:
    bomb = "flow: a\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 12):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    with pytest.raises(FlowUnreadable, match="values"):
        read(bomb, "it")


def test_an_alias_of_itself_is_refused() -> None:
    with pytest.raises(FlowUnreadable, match="deep"):
        read("flow: a\nx: &x [*x]\n", "it")


@pytest.mark.parametrize("opened", ["[", '{"a":', "{a: ", "- ", "? "])
@pytest.mark.parametrize("depth", [60, 5_000, 200_000])
def test_endless_nesting_is_refused(opened: str, depth: int) -> None:
    text = opened * depth
    for whole in (f"flow: a\nx: {text}", '{"flow": "a", "x": ' + text):
        with pytest.raises(FlowUnreadable):
            read(whole, "it")


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(FlowUnreadable, match="characters; a flow has at most"):
        read("flow: a\n" + "x" * (MAX_CHARACTERS + 1_000_000), "it")


def test_a_large_flow_is_read() -> None:
    lines = "".join(f"  n{n}: {{kind: say, say: 'Line {n}.', exits: {{said: n{n + 1}}}}}\n" for n in range(2000))
    assert len(read(f"flow: a\nstart: n0\nnodes:\n{lines}", "it")["nodes"]) == 2000


@pytest.mark.parametrize("schema", [SCHEMA + 1, 99])
def test_a_flow_of_a_newer_schema_is_refused_and_told_how_to_be_opened(schema: int) -> None:
    with pytest.raises(FlowTooNew, match=f"flow schema {schema}.*Update tollfree"):
        read(f"schema: {schema}\nflow: a\n", "it")


def test_the_present_schema_is_read() -> None:
    assert read(f"schema: {SCHEMA}\nflow: a\n", "it")["schema"] == SCHEMA
