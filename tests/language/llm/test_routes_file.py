"""routes.yaml: what it says, and what is told of one that cannot be used."""

from pathlib import Path

import pytest

from tollfree.language.llm.routes_file import BadRoutes, read_routes, read_routes_file

GOOD = """
routes:
  fast: {base_url: "http://127.0.0.1:8000/v1", model: Qwen/Qwen3-30B-A3B, dialect: vllm, hedge_ms: 300}
  smart:
    base_url: http://node-a:8001/v1
    model: zai-org/GLM-4.5-Air
    dialect: vllm
    options: {top_p: 0.8}
    price: {completion: 2.2}
chains:
  default: [fast, smart]
"""


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(BadRoutes) as caught:
        read_routes(text, place="/etc/routes.yaml")
    assert caught.value.message.startswith("/etc/routes.yaml")
    return caught.value.faults


def test_routes_and_chains_are_read() -> None:
    routes = read_routes(GOOD)
    assert routes.routes["smart"].options == {"top_p": 0.8}
    assert routes.chain("smart") == ("smart", "fast")
    assert routes.chain(None) == routes.chain("unheard-of") == ("fast", "smart")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "routes: {}"])
def test_an_empty_file_has_no_routes(text: str) -> None:
    assert read_routes(text).chain(None) == ()


def test_no_file_has_no_routes(tmp_path: Path) -> None:
    assert read_routes_file(tmp_path / "routes.yaml").routes == {}


def test_every_fault_is_told_at_once_with_its_place_and_remedy() -> None:
    faults = faults_of("""
routes:
  fast: {base_url: nowhere, modle: qwen3}
  smart: {base_url: "http://a/v1", model: glm, dialect: tgi, first_token_budget_ms: 1, price: {promt: 1}}
  keyed: {base_url: "http://me:pass@a/v1", model: m, api_key: sk-secret}
chain: {}
chains:
  default: [fast, smrt]
  fast: [smart]
  empty: []
""")
    told = dict(fault.split(": ", 1) for fault in faults)
    assert "valid URL" in told["routes.fast.base_url"]
    assert told["routes.fast.model"] == "it is missing; add it"
    assert told["routes.fast.modle"] == "there is no such key; did you mean model?"
    assert "vllm" in told["routes.smart.dialect"]
    assert "50" in told["routes.smart.first_token_budget_ms"]
    assert told["routes.smart.price.promt"] == "there is no such key; did you mean prompt?"
    assert "password" in told["routes.keyed.base_url"]
    assert "api_key_env" in told["routes.keyed.api_key"]
    assert told["chain"] == "there is no such key; did you mean chains?"
    assert told["chains.default"] == "there is no route smrt; there are fast, smart, keyed"
    assert "already" in told["chains.fast"]
    assert "no route" in told["chains.empty"]
    assert "sk-secret" not in str(faults)
    assert "pass@" not in str(faults)


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    with pytest.raises(BadRoutes, match="line 2"):
        read_routes("routes:\n  fast: {base_url: [}\n")


@pytest.mark.parametrize("text", ["[]", "routes: []", "chains: {default: fast}", "routes: {fast: 5}", "5: 6"])
def test_what_has_another_shape_is_told(text: str) -> None:
    assert faults_of(text)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRoutes, match="cannot be read"):
        read_routes_file(tmp_path)
    file = tmp_path / "routes.yaml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadRoutes, match="UTF-8"):
        read_routes_file(file)
