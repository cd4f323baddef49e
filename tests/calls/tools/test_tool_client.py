import asyncio
import gzip
import json

import pytest

from tests.calls.tools.little_server import LittleServer, Received, response
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import (
    BadAnswer,
    BadArguments,
    BadJson,
    BadMapping,
    BadStatus,
    MissingSecret,
    TooLarge,
    ToolError,
    ToolTimeout,
    Unreachable,
    WrongType,
)
from tollfree.network.guard import Guard
from tollfree.protocol.ids import CallId


async def test_the_answer_is_mapped_and_the_request_says_which_call_it_is_for(call, server):
    server.on("/accounts", response(body={"accounts": [{"id": 7, "name": "Jane"}], "more": None}))
    answer = await call(
        "/accounts", given={"phone": "+1 555"}, query={"phone": "{{ phone }}"}, result="accounts[0].{id: id}"
    )
    assert answer == ToolResult(found=True, result={"id": 7})
    (request,) = server.received
    assert request.target == "/accounts?phone=%2B1%20555"
    assert request.headers["idempotency-key"] == "call-1/3"
    assert request.headers["tollfree-call"] == "call-1"
    assert request.headers["host"] == server.host


async def test_a_result_may_be_a_record_of_mapped_fields(call, server):
    server.on("/o", response(body={"order": {"state": "sent"}, "total": 3.5}))
    answer = await call("/o", result={"state": "order.state", "total": "total", "nothing": "order.eta"})
    assert answer.result == {"state": "sent", "total": 3.5, "nothing": None}


async def test_without_a_result_mapping_the_whole_answer_is_the_result(call, server):
    server.on("/o", response(body=[1, "two", None]))
    assert (await call("/o")).result == [1, "two", None]


async def test_a_body_template_keeps_the_types_of_its_values(call, server):
    server.on("/orders", response(201, {"number": "52118"}))
    await call(
        "/orders",
        method="post",
        arguments={"items": {"type": "list"}, "note": {"required": False}, "count": {"type": "number"}},
        given={"items": [{"sku": "P1", "quantity": 2}], "count": "3"},
        body={"items": "{{ items }}", "note": "{{ note }}", "label": "{{ count }} lines", "rush": False},
    )
    (request,) = server.received
    assert json.loads(request.body) == {
        "items": [{"sku": "P1", "quantity": 2}],
        "label": "3 lines",
        "rush": False,
    }
    assert request.headers["content-type"] == "application/json"


async def test_a_404_means_that_there_is_no_such_thing(call):
    assert await call("/nowhere") == ToolResult(found=False)


@pytest.mark.parametrize("answer", [None, False, [], {}, ""])
async def test_an_empty_answer_may_mean_that_there_is_no_such_thing(call, server, answer):
    server.on("/a", response(body={"found": answer}))
    assert not (await call("/a", missing={"empty": "found"})).found


async def test_zero_is_something(call, server):
    server.on("/a", response(body={"balance": 0}))
    assert (await call("/a", missing={"empty": "balance"}, result="balance")).result == 0


async def test_a_404_is_a_failure_for_a_tool_that_says_so(call):
    with pytest.raises(BadStatus) as caught:
        await call("/nowhere", missing={"statuses": []})
    assert caught.value.code == "http_404"


async def test_a_refusal_with_a_reason_can_be_an_answer(call, server):
    server.on("/returns", response(409, {"reason": "food"}))
    answer = await call("/returns", method="POST", body={}, accept=[409], result="reason")
    assert answer == ToolResult(found=True, result="food")


async def test_an_answer_without_content_is_an_answer(call, server):
    server.on("/done", b"HTTP/1.1 204 No Content\r\n\r\n")
    assert await call("/done", method="DELETE") == ToolResult(found=True, result=None)


async def test_a_failure_that_passes_is_retried_with_growing_waits(call, server, pauses):
    server.on("/a", response(500), response(503), response(body={"ok": True}))
    assert (await call("/a", result="ok")).result is True
    assert len(server.received) == 3
    assert pauses.seconds == [0.1, 0.2]
    assert len({request.headers["idempotency-key"] for request in server.received}) == 1


async def test_retries_end(call, server):
    server.on("/a", response(500))
    with pytest.raises(BadStatus) as caught:
        await call("/a", retries=1)
    assert (caught.value.code, caught.value.retryable, len(server.received)) == ("http_500", True, 2)
    assert caught.value.message == f"tool shop.find: {server.host} answered 500 Internal Server Error"


async def test_a_tool_that_is_not_idempotent_is_never_sent_twice(call, server):
    server.on("/orders", response(500), response(body={}))
    with pytest.raises(BadStatus):
        await call("/orders", method="POST", body={})
    assert len(server.received) == 1


async def test_a_failure_that_will_not_pass_is_not_retried(call, server):
    server.on("/a", response(403))
    with pytest.raises(BadStatus) as caught:
        await call("/a")
    assert (caught.value.code, caught.value.retryable, len(server.received)) == ("http_403", False, 1)


async def test_a_server_that_asks_for_more_patience_than_is_left_is_not_waited_for(call, server, pauses):
    server.on("/a", response(503, headers={"retry-after": "60"}))
    with pytest.raises(BadStatus):
        await call("/a")
    assert pauses.seconds == []


async def test_a_server_that_asks_for_a_little_patience_gets_it(call, server, pauses):
    server.on("/a", response(429, headers={"retry-after": "2"}), response(body=1))
    assert (await call("/a")).result == 1
    assert pauses.seconds == [2.0]


async def hang(request: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("handler", [hang, drip])
async def test_the_deadline_is_for_the_whole_answer(call, server, handler):
    server.on("/slow", handler)
    with pytest.raises(ToolTimeout) as caught:
        await call("/slow", timeout_ms=60)
    assert (caught.value.code, caught.value.retryable) == ("timeout", True)
    assert caught.value.message == "tool shop.find: no complete answer within 60 ms"


def flood(server: LittleServer, headers: str, total: int):
    async def handler(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n".encode())
        for _ in range(total // 65536):
            await server.write(writer, b" " * 65536)

    return handler


@pytest.mark.parametrize("headers", ["content-length: 52428800\r\n", "connection: close\r\n"])
async def test_fifty_megabytes_are_cut_off_early(call, server, headers):
    server.on("/big", flood(server, headers, 50 * 1024 * 1024))
    with pytest.raises(TooLarge) as caught:
        await call("/big", max_bytes=100_000)
    assert (
        caught.value.message == f"tool shop.find: {server.host} answered more than 100000 bytes; reading stopped there"
    )
    assert server.sent < 16 * 1024 * 1024


async def test_an_answer_of_exactly_the_limit_is_read(call, server):
    server.on("/a", response(raw=b'"' + b"x" * 998 + b'"'))
    assert (await call("/a", max_bytes=1000)).result == "x" * 998
    with pytest.raises(TooLarge):
        await call("/a", max_bytes=999)


async def test_a_packed_answer_is_unpacked_and_its_true_size_counts(call, server):
    server.on("/a", response(raw=gzip.compress(b'{"ok": 1}'), headers={"content-encoding": "gzip"}))
    server.on("/bomb", response(raw=gzip.compress(b" " * 50_000_000), headers={"content-encoding": "gzip"}))
    assert (await call("/a")).result == {"ok": 1}
    with pytest.raises(TooLarge):
        await call("/bomb")


@pytest.mark.parametrize(
    ("raw", "headers", "kind"),
    [
        (b"<html>Sorry</html>", {"content-type": "text/html; charset=utf-8"}, WrongType),
        (b"\x89PNG", {"content-type": "image/png"}, WrongType),
        (b"<html>Sorry</html>", {}, BadJson),
        (b'{"a": ', {}, BadJson),
        (b'{"a": NaN}', {}, BadJson),
        (b'{"a": 1e999}', {}, BadJson),
        (b"1" * 5000, {}, BadJson),
        (b'"\xff"', {}, BadJson),
        (b"[" * 500_000, {}, BadJson),
        (b"[" * 100 + b"]" * 100, {}, BadAnswer),
        (b"{}", {"content-encoding": "br"}, BadAnswer),
        (b"{}", {"content-encoding": "gzip"}, BadAnswer),
    ],
)
async def test_rubbish_is_a_plain_failure_that_is_not_retried(call, server, raw, headers, kind):
    server.on("/a", response(raw=raw, headers=headers))
    with pytest.raises(kind) as caught:
        await call("/a")
    assert not caught.value.retryable
    assert caught.value.message.startswith("tool shop.find: ")
    assert len(server.received) == 1


async def test_characters_no_database_keeps_are_replaced(call, server):
    server.on("/a", response(raw=rb'{"a\u0000": "x\u0000\ud800y"}'))
    assert (await call("/a")).result == {"a\ufffd": "x\ufffd\ufffdy"}


async def test_a_mapping_that_does_not_fit_the_answer_is_said_without_quoting_it(call, server):
    server.on("/a", response(body={"items": "jane"}))
    with pytest.raises(BadMapping) as caught:
        await call("/a", result="sum(items)")
    assert "jane" not in caught.value.message and "result (sum(items))" in caught.value.message


async def test_a_server_that_is_down_is_unreachable(pauses):
    async with LittleServer() as server:
        host = server.host
    async with ToolClient(Guard([host]), pause=pauses, jitter=lambda: 1.0) as client:
        tool = Tool(name="shop.find", url=f"http://{host}/a")
        with pytest.raises(Unreachable) as caught:
            await client.call(tool, {}, secrets={}, idempotency_key="k", call_id=CallId("c"))
    assert caught.value.message == f"tool shop.find: no connection to {host}: it is down, or there is no such host"
    assert caught.value.retryable
    assert pauses.seconds == [0.05, 0.1]


async def test_an_answer_that_breaks_off_is_unreachable_and_tried_again(call, server):
    async def break_off(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        writer.close()

    server.on("/a", break_off, response(body="whole"))
    assert (await call("/a")).result == "whole"


async def test_all_faults_of_the_arguments_are_told_at_once_without_their_values(call, server):
    with pytest.raises(BadArguments) as caught:
        await call(
            "/a",
            arguments={"phone": {}, "count": {"type": "number"}, "rush": {"type": "boolean"}},
            given={"count": "a private word", "rush": "maybe", "colour": "red"},
        )
    assert caught.value.message == (
        "tool shop.find: colour is not an argument of this tool; phone is missing; "
        "count must be a number, not this text; rush must be true or false, not this text"
    )
    assert server.received == []


async def test_a_secret_the_project_does_not_have_is_named(call):
    with pytest.raises(MissingSecret) as caught:
        await call("/a", headers={"authorization": "Bearer {{ secret.API_KEY }}"})
    assert caught.value.message == "tool shop.find: the project has no secret API_KEY"


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\x00", "naïve"])
async def test_a_header_takes_no_control_or_foreign_characters(call, server, value):
    with pytest.raises(BadArguments):
        await call("/a", given={"who": value}, headers={"x-who": "{{ who }}"})
    with pytest.raises(MissingSecret) as caught:
        await call("/a", secrets={"KEY": value}, headers={"x-key": "{{ secret.KEY }}"})
    assert value not in str(caught.value)
    assert server.received == []


async def test_a_secret_may_hold_the_beginning_of_the_url(client, server):
    server.on("/v1/a", response(body=1))
    tool = Tool(name="shop.find", url="{{ secret.SHOP }}/a")
    secrets = {"SHOP": f"http://{server.host}/v1/\n"}
    answer = await client.call(tool, {}, secrets=secrets, idempotency_key="k", call_id=CallId("c"))
    assert answer.result == 1


async def test_connections_are_kept_for_the_next_request(call, server):
    server.on("/a", response(body=1))
    await call("/a")
    await call("/a")
    assert server.connections == 1


async def test_many_calls_share_one_client(call, server):
    server.on("/a", response(body=1))
    answers = await asyncio.gather(*(call("/a") for _ in range(50)))
    assert all(answer.result == 1 for answer in answers)


async def test_every_error_of_a_tool_can_be_told_apart_by_its_code():
    def tree(kind: type[ToolError]) -> list[type[ToolError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in tree(child))]

    codes = [kind.code for kind in tree(ToolError)]
    assert len(codes) == len(set(codes))
