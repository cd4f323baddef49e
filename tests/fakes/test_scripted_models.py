"""The scripted server, met by a plain HTTP client."""

import json
import socket

import httpx
import pytest

from tests.fakes.scripted_models import Script, ScriptedModels


def ask(models: ScriptedModels, model: str = "qwen3", **more: object) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Where is it?"}], **more}
    return httpx.post(f"{models.base_url}/chat/completions", json=body, trust_env=False)


def chunks(response: httpx.Response) -> list[dict]:
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_it_streams_the_words_and_tells_usage_when_asked() -> None:
    with ScriptedModels() as models:
        models.always("qwen3", Script(words=("On ", "its way."), prompt_tokens=90, cached_tokens=80))
        events = chunks(ask(models, stream=True, stream_options={"include_usage": True}))
        models.wait_for(lambda: models.asked[0].ended)  # the client is done a moment sooner
    said = [event["choices"][0]["delta"].get("content", "") for event in events if event["choices"]]
    assert "".join(said) == "On its way."
    assert events[-1]["usage"]["prompt_tokens_details"] == {"cached_tokens": 80}
    assert (models.asked[0].last, models.asked[0].ended, models.asked[0].sent) == ("Where is it?", "finished", 2)


def test_a_script_for_once_comes_before_the_lasting_one_of_a_model_and_of_any() -> None:
    with ScriptedModels() as models:
        models.always("glm", Script(words=("glm",)))
        models.once(Script(status=503), model="glm")
        models.by(lambda asked: Script(words=(asked.last,)) if asked.model == "echo" else None)
        answers = [ask(models, model) for model in ("glm", "glm", "echo", "other")]
        models.wait_for(lambda: all(one.ended for one in models.asked))  # the client is done a moment sooner
    assert [one.status_code for one in answers] == [503, 200, 200, 200]
    said = [one.json()["choices"][0]["message"]["content"] for one in answers[1:]]
    assert said == ["glm", "Where is it?", "All right."]
    assert [one.ended for one in models.asked] == ["refused", "finished", "finished", "finished"]


def test_an_answer_is_made_from_the_schema_where_none_is_written() -> None:
    schema = {"type": "object", "properties": {"intent": {"enum": ["order", "return"]}}, "required": ["intent"]}
    with ScriptedModels() as models:
        answer = ask(models, response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}})
    assert json.loads(answer.json()["choices"][0]["message"]["content"]) == {"intent": "order"}


@pytest.mark.parametrize("script", [Script(stall="before"), Script(stall="middle"), Script(first_ms=60_000)])
def test_it_notices_that_a_client_went_away(script: Script) -> None:
    with ScriptedModels() as models:
        models.always("", script)
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True})
        with socket.create_connection(("127.0.0.1", models.port)) as client:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
            client.sendall((head + body).encode())
            models.wait_for(lambda: len(models.asked) == 1)
        models.wait_for(lambda: models.asked[0].ended == "disconnected")


@pytest.mark.parametrize("breaks", ["before", "reset"])
def test_a_connection_breaks_where_it_is_told_to(breaks: str) -> None:
    with ScriptedModels() as models, pytest.raises(httpx.TransportError):
        models.once(Script(breaks=breaks))
        ask(models, stream=True)


def test_a_stopped_server_refuses_and_comes_back_on_its_port() -> None:
    models = ScriptedModels().start()
    models.stop()
    with pytest.raises(httpx.ConnectError):
        ask(models)
    with models:
        assert ask(models).status_code == 200
