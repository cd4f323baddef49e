import base64
import json
import logging
import traceback

import pytest

from tests.calls.tools.little_server import Received, response
from tollfree.calls.tools.errors import ToolError
from tollfree.calls.tools.redact import Redactor

SECRET = "s3cr3t/+ key&value"
USE = {
    "method": "POST",
    "idempotent": True,
    "query": {"key": "{{ secret.KEY }}"},
    "headers": {"authorization": "Bearer {{ secret.KEY }}"},
    "body": {"key": "{{ secret.KEY }}"},
    "secrets": {"KEY": SECRET},
}
FORMS = (SECRET, "s3cr3t", "s3cr3t%2F%2B%20key%26value", "s3cr3t/+%20key", "s3cr3t%2F%2B+key")


async def echo(request: Received, writer) -> None:
    said = {"target": request.target, "headers": request.headers, "body": request.body.decode(), SECRET: 1}
    writer.write(response(body=said))


async def test_the_server_gets_the_secret(call, server):
    server.on("/a", response(body=1))
    await call("/a", **USE)
    (request,) = server.received
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.target == "/a?key=s3cr3t%2F%2B%20key%26value"
    assert SECRET.encode() in request.body


@pytest.mark.parametrize(
    "answer",
    [
        echo,
        response(500),
        response(raw=SECRET.encode()),
        response(body={"a": SECRET}, headers={"content-type": SECRET}),
        response(302, headers={"location": f"http://127.0.0.2/{SECRET.replace(' ', '')}"}),
        response(302, headers={"location": "http://[" + SECRET.replace(" ", "")}),
        b"rubbish " + SECRET.encode() + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header " + SECRET.encode() + b"\r\n\r\n",
        f"HTTP/1.1 500 {SECRET}\r\ncontent-length: 0\r\n\r\n".encode(),
    ],
)
async def test_a_secret_never_appears_in_a_result_an_error_or_a_log(call, server, caplog, answer):
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "tollfree")
    server.on("/a", answer)
    try:
        shown = repr(await call("/a", **USE, retries=0))
    except ToolError as error:
        shown = "".join(traceback.format_exception(error)) + repr(error.__dict__)
    shown += "".join(repr(record.__dict__) for record in caplog.records)
    assert not [form for form in FORMS if form in shown]


async def test_neither_an_encoded_secret_nor_that_of_another_tool_passes(call, server):
    basic = base64.b64encode(f"user:{SECRET}".encode()).decode()
    server.on(
        "/a", response(body={"basic": f"Basic {basic}", "other": "an0ther-secret", "json": json.dumps('q"uoted')})
    )
    answer = await call("/a", secrets={"KEY": SECRET, "OTHER": "an0ther-secret", "QUOTED": 'q"uoted'})
    shown = repr(answer.result)
    assert basic[8:-4] not in shown and "an0ther" not in shown and "uoted" not in shown


async def test_a_value_that_makes_no_url_is_not_quoted(call):
    with pytest.raises(ToolError) as caught:
        await call("/a", query={"key": "{{ secret.KEY }}"}, secrets={"KEY": SECRET * 5000})
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


def test_the_longest_secret_is_hidden_first():
    assert Redactor(["abcd", "abcdef"]).text("abcdef abcd") == "[secret] [secret]"


def test_very_short_secrets_leave_ordinary_text_alone():
    assert Redactor(["1", "", "abc"]).text("order 11, abc") == "order 11, abc"
