"""The files in `deploy/` are what Docker, systemd, vLLM and tollfree itself take, and agree with each other."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.deployed import (
    COMPOSE,
    DEPLOY,
    FILLED,
    ROOT,
    SCRIPTS,
    UNITS,
    VARIABLE,
    code_lines,
    is_vllm,
    options,
    read,
    seconds,
    services,
    settings_of,
)
from tests.deploy.json_schema import faults
from tollfree.language.llm.routes_file import read_routes_file

FIXTURES = Path(__file__).parent / "fixtures"
SCHEMA = json.loads((FIXTURES / "compose-spec.json").read_text())
VLLM = json.loads((FIXTURES / "vllm.json").read_text())
RAY = json.loads((FIXTURES / "ray.json").read_text())
SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN")
DOCUMENTS = [ROOT / "docs" / "spark.md", ROOT / "docs" / "how-to" / "language-models.md"]


def _name(path: Path) -> str:
    return str(path.relative_to(DEPLOY))


each_compose = pytest.mark.parametrize("compose", COMPOSE, ids=_name)


@each_compose
def test_a_compose_file_is_what_the_compose_specification_allows(compose: Path) -> None:
    assert list(faults(read(compose), SCHEMA, SCHEMA)) == []


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        ({"image": "a", "restrat": "no"}, "restrat is not known"),
        ({"image": 3}, "image is no string"),
        ({"image": "a", "mem_limit": ["8g"]}, "mem_limit is no"),
        ({"image": "a", "healthcheck": {"test": ["CMD"], "start_perod": "1s"}}, "start_perod is not known"),
        ({"image": "a", "depends_on": {"b": {"condition": "service_fine"}}}, "is none of"),
    ],
)
def test_a_slip_in_a_compose_file_is_found(service: dict[str, Any], fault: str) -> None:
    found = list(faults({"services": {"one": service}}, SCHEMA, SCHEMA))
    assert any(fault in one for one in found), found


@each_compose
def test_docker_itself_reads_a_compose_file(compose: Path, tmp_path: Path) -> None:
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not here")
    settings = tmp_path / "settings"
    settings.write_text("".join(f"{name}={value}\n" for name, value in settings_of(compose).items()))
    program = ["docker", "compose", "--env-file", str(settings), "--profile", "*", "-f", str(compose), "config", "-q"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@each_compose
def test_the_example_of_settings_names_what_its_compose_file_asks_for_and_nothing_else(compose: Path) -> None:
    beside = sorted(compose.parent.glob("*compose.yaml"))
    texts = [path.read_text() for path in beside]
    included = [(compose.parent / one["path"]).resolve() for one in read(compose).get("include", [])]
    texts += [path.read_text() for path in included]
    asked = {name: kind for text in texts for name, kind, _ in VARIABLE.findall(text)}
    example = settings_of(compose)
    assert set(example) <= set(asked)
    assert {name for name, kind in asked.items() if kind == "?"} <= set(example)


@pytest.mark.parametrize("example", sorted(DEPLOY.rglob(".env.example")), ids=_name)
def test_no_secret_stands_in_an_example(example: Path) -> None:
    lines = [line for line in example.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if SECRET.search(line.split("=")[0]) and not line.endswith("=")] == []


@each_compose
def test_what_must_be_waited_for_can_be_waited_for(compose: Path) -> None:
    found = services(compose)
    for name, service in found.items():
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}, (name, other)
            assert "healthcheck" in found[other], (name, other)


@each_compose
def test_every_service_has_a_limit_of_memory_and_comes_back_when_it_fails(compose: Path) -> None:
    for name, service in services(compose).items():
        assert re.fullmatch(r"\d+[gm]", service["mem_limit"]), name
        assert service["restart"] in ("no" if name == "tools" else "on-failure", "unless-stopped"), name


@each_compose
def test_vllm_has_every_option_that_it_is_given(compose: Path) -> None:
    for service in filter(is_vllm, services(compose).values()):
        given = options(service)
        assert set(given) - set(VLLM["flags"]) == set()
        assert given["--reasoning-parser"] in VLLM["reasoning_parsers"]
        assert given["--scheduling-policy"] in VLLM["scheduling_policies"]
        named = {name for name in service["environment"] if name.startswith("VLLM_")}
        assert named <= set(VLLM["environment"])


def test_vllm_and_ray_have_every_option_that_scripts_and_documents_give_them() -> None:
    lines = [line for path in SCRIPTS for line in path.read_text().replace("\\\n", " ").splitlines()]
    lines += [line for document in DOCUMENTS for line in code_lines(document)]
    served = [line for line in lines if "vllm serve" in line]
    started = [line for line in lines if "ray start" in line and not line.startswith("#")]
    assert len(served) >= 3 and len(started) == 2
    for line in served:
        assert set(re.findall(r"(--[a-z-]+)", line.partition("vllm serve")[2])) <= set(VLLM["flags"]), line
    for line in started:
        assert set(re.findall(r"(--[a-z-]+)", line.partition("ray start")[2])) <= set(RAY["start"]), line
    backends = re.findall(r"--distributed-executor-backend[= ](\w+)", "\n".join(served))
    assert set(backends) <= set(VLLM["executor_backends"])


@each_compose
def test_nothing_listens_to_strangers_but_what_callers_reach(compose: Path) -> None:
    found = services(compose)
    for service in filter(is_vllm, found.values()):
        assert options(service)["--host"] in ("127.0.0.1", settings_of(compose)["NODE_A_ADDRESS"])
    for name, service in found.items():
        assert "ports" not in service, name
        assert "0.0.0.0" not in json.dumps(service), name
    if "postgres" in found:
        assert "listen_addresses=127.0.0.1" in found["postgres"]["command"]
        assert found["redis"]["command"][1:3] == ["--bind", "127.0.0.1"]
        assert found["stt"]["environment"]["TOLLFREE_STT_SERVER_HOST"] == "127.0.0.1"
        assert found["tts"]["environment"]["TOLLFREE_TTS_SERVER_HOST"] == "127.0.0.1"
        assert 'bind_addresses: ["127.0.0.1"]' in found["livekit"]["environment"]["LIVEKIT_CONFIG"]


NODE_A, HEAD = (services(DEPLOY / "spark" / one) for one in ("node-a/compose.yaml", "ray/head.compose.yaml"))
ONE = services(DEPLOY / "one-node" / "compose.yaml")


@pytest.mark.parametrize(
    ("folder", "servers"),
    [("spark/node-b", NODE_A), ("spark/node-b", {"fast": NODE_A["fast"], **HEAD}), ("one-node", ONE)],
    ids=["two nodes", "one model across both", "one node"],
)
def test_routes_lead_to_the_language_models_that_are_served(folder: str, servers: dict[str, Any]) -> None:
    routes = read_routes_file(DEPLOY / folder / "routes" / "routes.yaml").routes
    given = [options(service) for service in servers.values() if is_vllm(service)]
    there = {(one["--port"], one["--served-model-name"]) for one in given}
    assert {(str(route.base_url.port), route.model) for route in routes.values()} == there
    for route in routes.values():
        assert (route.base_url.host, route.dialect, route.api_key_env) == ("node-a", "vllm", "VLLM_API_KEY")


@pytest.mark.parametrize("folder", ["spark/node-b", "one-node"])
def test_workers_find_the_servers_beside_them(folder: str) -> None:
    found = services(DEPLOY / folder / "compose.yaml")
    for name in ("worker", "worker-spare", "tools"):
        environment = found[name]["environment"]
        stt, tts = found["stt"]["environment"], found["tts"]["environment"]
        assert environment["TOLLFREE_STT"].endswith(f":{stt['TOLLFREE_STT_SERVER_PORT']}")
        assert f":{tts['TOLLFREE_TTS_SERVER_PORT']}#" in environment["TOLLFREE_VOICE"]
        livekit = environment["TOLLFREE_LIVEKIT_URL"].rpartition(":")[2]
        assert f"port: {livekit}\n" in found["livekit"]["environment"]["LIVEKIT_CONFIG"]
        assert f"keys: {{tollfree: {FILLED}}}" in found["livekit"]["environment"]["LIVEKIT_CONFIG"]
        assert environment["TOLLFREE_LIVEKIT_API_SECRET"] == FILLED
        assert any(one.startswith("node-a:") for one in found[name]["extra_hosts"])
    ports = {name: found[name]["environment"]["TOLLFREE_WORKER_PORT"] for name in ("worker", "worker-spare")}
    assert len(set(ports.values())) == 2
    for name, port in ports.items():
        assert f":{port}/" in found[name]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("folder", ["spark/node-b", "one-node"])
def test_who_speaks_may_finish(folder: str) -> None:
    found = services(DEPLOY / folder / "compose.yaml")
    for name in ("worker", "worker-spare"):
        assert seconds(found[name]["stop_grace_period"]) > int(found[name]["environment"]["TOLLFREE_WORKER_DRAIN_S"])


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_a_unit_gives_as_much_time_as_what_it_starts_and_stops_may_take(unit: Path) -> None:
    text = unit.read_text()
    stop = int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0])
    folder = re.findall(r"^WorkingDirectory=/opt/tollfree/(.+)$", text, re.MULTILINE)
    if not folder:
        assert stop > int(re.findall(r"TOLLFREE_WORKER_DRAIN_S=(\d+)", text)[0])
        return
    found = services(ROOT / folder[0] / "compose.yaml")
    # Compose stops what depends on something first, so the times of a chain add up.
    chain = [
        seconds(found[name].get("stop_grace_period", "10s")) for name in ("worker", "sip", "livekit") if name in found
    ]
    longest = max(seconds(service.get("stop_grace_period", "10s")) for service in found.values())
    assert stop > max(sum(chain), longest)
    start = int(re.findall(r"^TimeoutStartSec=(\d+)$", text, re.MULTILINE)[0])
    assert start > int(re.findall(r"--wait-timeout (\d+)", text)[0])


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_systemd_itself_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    text = re.sub(r"/usr/bin/docker|/opt/tollfree/\.venv/bin/tollfree", "/bin/true", unit.read_text())
    (tmp_path / unit.name).write_text(text)
    (tmp_path / "docker.service").write_text("[Service]\nExecStart=/bin/true\n")
    program = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run(program, capture_output=True, text=True, check=False, env=environment)
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.parametrize("script", SCRIPTS, ids=_name)
def test_bash_and_shellcheck_find_nothing_wrong_with_a_script(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    if shutil.which("shellcheck") is None:
        pytest.skip("bash has no complaint; shellcheck is not here")
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_upgrade_names_services_that_there_are() -> None:
    text = (DEPLOY / "upgrade").read_text()
    named = set(re.findall(r"\b(stt|tts|worker-spare|worker)\b", text))
    for compose in (DEPLOY / "spark" / "node-b" / "compose.yaml", DEPLOY / "one-node" / "compose.yaml"):
        assert named <= set(services(compose))


@pytest.mark.parametrize("image", sorted(DEPLOY.rglob("*.Dockerfile")), ids=_name)
def test_what_an_image_copies_is_there_and_let_through(image: Path) -> None:
    ignored = image.with_name(image.name + ".dockerignore")
    context = ROOT if ignored.exists() else DEPLOY / "spark" / "ray"
    let_through = (
        {line[1:] for line in ignored.read_text().splitlines() if line.startswith("!")} if ignored.exists() else None
    )
    for words in re.findall(r"^COPY (?!--from)(.+)$", image.read_text(), re.MULTILINE):
        *sources, _ = [word for word in words.split() if not word.startswith("--")]
        for source in sources:
            assert (context / source).exists(), source
            assert let_through is None or source in let_through, source


@each_compose
def test_images_are_built_from_files_that_are_there(compose: Path) -> None:
    for build in [service["build"] for service in read(compose)["services"].values() if "build" in service]:
        assert (compose.parent / build["context"] / build["dockerfile"]).is_file()
