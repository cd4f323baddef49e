import json
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tollfree.calls.tools.arguments import Argument, check_arguments
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import BadArguments, BadTools, MissingSecret, UnknownTool
from tollfree.calls.tools.request import build_request
from tollfree.calls.tools.tools_file import read_tools

URL = "https://api.example.com/a"


def tool(**fields: object) -> Tool:
    return Tool.model_validate({"name": "shop.find", "url": URL, **fields})


@pytest.mark.parametrize(
    ("fields", "idempotent", "world", "retries"),
    [
        ({}, True, False, 2),
        ({"method": "HEAD"}, True, False, 2),
        ({"method": "POST"}, False, True, 0),
        ({"method": "PUT"}, False, True, 0),
        ({"method": "POST", "idempotent": True}, True, True, 2),
        ({"method": "POST", "idempotent": True, "world": False}, True, False, 2),
        ({"idempotent": False}, False, True, 0),
    ],
)
def test_what_a_tool_may_do_twice_or_early_follows_from_its_method(fields, idempotent, world, retries):
    made = tool(**fields)
    assert (made.idempotent, made.world, made.retries) == (idempotent, world, retries)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Accounts Find"}, "name"),
        ({"method": "BREW"}, "method"),
        ({"colour": "red"}, "colour"),
        ({"url": "ftp://api.example.com/"}, "url: it must begin with http://host or https://host"),
        ({"url": "/accounts"}, "url: it must begin with"),
        ({"url": "https:///a"}, "url: it must begin with"),
        ({"url": "https://{{ host }}/a", "arguments": {"host": {}}}, "an argument may not decide the host"),
        ({"url": "https://a.{{ host }}/a", "arguments": {"host": {}}}, "an argument may not decide the host"),
        ({"url": "{{ host }}/a", "arguments": {"host": {}}}, "url: it must begin with"),
        ({"url": "{{ secret.BASE }}{{ x }}", "arguments": {"x": {}}}, "it must go on with / or ?"),
        ({"url": "https://me:word@api.example.com/"}, "a user name or password does not belong in it"),
        ({"url": URL + "#part"}, "a part after # is never sent"),
        ({"url": URL + "/{{ x }}", "arguments": {"x": {"required": False}}}, "x is optional"),
        ({"url": URL + "/{{ x }}"}, "{{ x }} is used, but is not among its arguments"),
        ({"query": {"q": "{{ x }}"}}, "{{ x }} is used"),
        ({"query": {"q": "{{ x"}}, "is not a placeholder"),
        ({"query": {"q": "{{ x | upper }}"}}, "is not a placeholder"),
        ({"query": {"q": "{{ order.id }}"}}, "has a dot"),
        ({"query": {"q": "{{ secret }}"}}, "does not say which"),
        ({"headers": {"x y": "1"}}, "is not a header's name"),
        ({"headers": {"Idempotency-Key": "1"}}, "is written by tollfree itself"),
        ({"headers": {"HOST": "1"}}, "is written by tollfree itself"),
        ({"body": {"a": 1}}, "a GET request has none"),
        ({"method": "POST", "body": {"a": ["{{ x }}"]}}, "{{ x }} is used"),
        ({"method": "POST", "body": {"a": ["{{ 1 }}"]}}, "body: "),
        ({"method": "POST", "retries": 1}, "only a tool that is idempotent may be tried again"),
        ({"result": "a[?"}, "is not a JMESPath expression"),
        ({"result": {"a": "nothing(@)"}}, "is not a JMESPath expression"),
        ({"missing": {"empty": "a["}}, "is not a JMESPath expression"),
        ({"missing": {"statuses": [99]}}, "missing.statuses"),
        ({"arguments": {"secret": {}}}, "'secret' is the name of the project's secrets"),
        ({"arguments": {"a b": {}}}, "arguments"),
        ({"arguments": {"x": {"type": "money"}}}, "arguments.x.type"),
        ({"timeout_ms": 0}, "timeout_ms"),
        ({"max_bytes": 0}, "max_bytes"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_with_its_reason(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        tool(**fields)
    shown = " ".join(f"{'.'.join(map(str, fault['loc']))} {fault['msg']}" for fault in caught.value.errors())
    assert sentence in shown


def test_a_mapping_with_functions_and_literals_is_fine():
    assert tool(result={"count": "length(items)", "all": "join(', ', items[*].name)", "one": "`1`"}).result


def test_a_tool_knows_its_secrets_and_required_arguments():
    made = tool(
        method="POST",
        url="{{ secret.BASE }}/a",
        headers={"authorization": "Bearer {{ secret.KEY }}"},
        body={"x": ["{{ a }}", "{{ secret.KEY }}"]},
        arguments={"a": {}, "b": {"required": False}},
    )
    assert (made.secrets, made.required) == (("BASE", "KEY"), ("a",))


texts = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() not in (".", ".."))


@given(texts, texts)
def test_no_argument_leaves_its_place_in_the_url(segment, parameter):
    made = tool(
        url=URL + "/{{ x }}/end?fixed=1",
        arguments={"x": {}, "y": {}},
        query={"y": "{{ y }}", "z": "<{{ y }}>"},
    )
    url = build_request(made, {"x": segment, "y": parameter}, {}).url
    assert (url.scheme, url.host) == ("https", "api.example.com")
    path, _, query = url.raw_path.decode().partition("?")
    assert [unquote(part) for part in path.split("/")] == ["", "a", segment, "end"]
    assert parse_qsl(query, keep_blank_values=True) == [("fixed", "1"), ("y", parameter), ("z", f"<{parameter}>")]


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_lead_elsewhere_in_the_path_is_refused(value):
    with pytest.raises(BadArguments):
        build_request(tool(url=URL + "/{{ x }}", arguments={"x": {}}), {"x": value}, {})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(json_values.filter(lambda value: value is not None))
def test_a_value_arrives_in_the_body_as_it_is(value):
    made = tool(method="POST", arguments={"x": {"type": "any"}}, body={"x": "{{ x }}", "y": ["{{ x }}"]})
    assert json.loads(build_request(made, {"x": value}, {}).content) == {"x": value, "y": [value]}


def test_an_optional_argument_that_is_not_given_leaves_no_trace():
    made = tool(
        method="POST",
        arguments={"x": {"required": False}},
        query={"x": "{{ x }}"},
        headers={"x": "{{ x }}"},
        body={"x": "{{ x }}", "list": ["{{ x }}"], "text": "a{{ x }}b"},
    )
    request = build_request(made, {"x": None}, {})
    assert (request.url.query, request.headers) == (b"", ())
    assert json.loads(request.content) == {"list": [], "text": "ab"}


def test_a_list_in_the_query_is_a_parameter_for_each_member():
    made = tool(arguments={"tag": {"type": "list"}}, query={"tag": "{{ tag }}"})
    assert build_request(made, {"tag": ["a", 2, True]}, {}).url.query == b"tag=a&tag=2&tag=true"


@pytest.mark.parametrize(
    "base", ["ftp://a", "a.example.com", "https://", "https://u@h", "https://h/?q=1", "https://h#a"]
)
def test_a_secret_that_is_no_beginning_of_a_url_is_refused_without_being_shown(base):
    with pytest.raises(MissingSecret) as caught:
        build_request(tool(url="{{ secret.BASE }}/a"), {}, {"BASE": base})
    assert base == "https://" or base not in caught.value.message


def test_a_secret_in_the_host_cannot_bring_more_than_a_host():
    made = tool(url="https://{{ secret.TENANT }}.example.com/a")
    assert build_request(made, {}, {"TENANT": "shop-1"}).url.host == "shop-1.example.com"
    with pytest.raises(MissingSecret):
        build_request(made, {}, {"TENANT": "evil.com/"})


@pytest.mark.parametrize(
    ("kind", "given_value", "taken"),
    [
        ("text", "a", "a"),
        ("text", 41755, "41755"),
        ("text", 2.0, "2"),
        ("number", "3", 3),
        ("number", " 2.50 ", 2.5),
        ("number", 7, 7),
        ("boolean", "True", True),
        ("boolean", False, False),
        ("list", [1], [1]),
        ("record", {"a": 1}, {"a": 1}),
        ("any", [{}], [{}]),
    ],
)
def test_a_value_that_reads_as_the_type_is_taken(kind, given_value, taken):
    assert check_arguments({"x": Argument(type=kind)}, {"x": given_value}) == {"x": taken}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", True),
        ("text", ["a"]),
        ("text", {"a": 1}),
        ("number", "three"),
        ("number", "NaN"),
        ("number", "1e999999"),
        ("number", float("inf")),
        ("number", True),
        ("boolean", 1),
        ("boolean", "yes please"),
        ("list", "abc"),
        ("record", []),
    ],
)
def test_a_value_of_another_type_is_refused(kind, wrong):
    with pytest.raises(BadArguments):
        check_arguments({"x": Argument(type=kind)}, {"x": wrong})


FILE = """
allowed_hosts: ["127.0.0.1:8099"]
tools:
  - name: accounts.find
    url: http://127.0.0.1:8099/accounts
    arguments: {phone: {type: text, description: E.164}}
    query: {phone: "{{ phone }}"}
    result: accounts[0]
    missing: {empty: accounts}
  - {name: orders.place, method: post, url: "http://127.0.0.1:8099/orders", body: {a: 1}}
"""


def test_a_tools_file_is_read():
    file = read_tools(FILE)
    assert file.tool("orders.place").world
    assert file.guard().allowed[0].port == 8099
    with pytest.raises(UnknownTool, match="accounts.find, orders.place"):
        file.tool("orders.lose")


def test_a_tools_file_survives_json():
    file = read_tools(FILE)
    assert read_tools(file.model_dump_json()) == file


@pytest.mark.parametrize("text", ["", "{}", "tools: []"])
def test_a_project_may_have_no_tools(text):
    assert read_tools(text).tools == ()


def test_all_faults_of_a_tools_file_are_told_at_once_with_their_places():
    broken = """
allowed_hosts: ok.example.com
colour: red
tools:
  - {name: a.b, url: "https://x/{{ y }}", retries: 9}
  - {name: a.c, url: "https://x/{{ y }}", result: "a["}
  - {url: "https://x/"}
  - 7
"""
    with pytest.raises(BadTools) as caught:
        read_tools(broken, place="shop/tools.yaml")
    places = {fault.split(": ")[0] for fault in caught.value.faults}
    assert places == {
        "allowed_hosts",
        "colour",
        "a.b.retries",
        "a.c.result.path",
        "tools[2].name",
        "tools[3]",
    }
    assert caught.value.message.startswith("shop/tools.yaml: ")


def test_a_name_used_twice_and_a_host_that_is_none_are_faults():
    with pytest.raises(BadTools) as caught:
        read_tools('{allowed_hosts: ["http://x"], tools: [{name: a, url: "http://x/"}, {name: a, url: "http://x/"}]}')
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("text", ["tools: [", "a: b: c", "\x00", "- 1", "just text", "!!python/object:os.system {}"])
def test_a_file_that_is_no_list_of_tools_is_refused_with_its_place(text):
    with pytest.raises(BadTools, match=r"tools\.yaml"):
        read_tools(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    try:
        read_tools(text)
    except BadTools:
        pass
