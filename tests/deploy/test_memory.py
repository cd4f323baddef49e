"""What runs on a DGX Spark fits its memory, by the figures that stand in the compose files."""

from typing import Any

import pytest

from tests.deploy.deployed import DEPLOY, gib, is_vllm, options, services
from tollfree.weights.manifest import the_manifest

SPARK_GIB = 121.7
"""What a DGX Spark of 128 GB shows as its memory, for CPU and GPU together."""
SYSTEM_GIB = 6
"""For the system and the page cache, which no container holds."""
CUDA_GIB = 101
"""The most that Sparks were reported to have free for CUDA after a fresh start."""
HOST_GIB = 5
"""Of a server of vLLM, beside its share: its processes, and pages of the weights while they are read."""

NODE_A = services(DEPLOY / "spark" / "node-a" / "compose.yaml")
NODE_B = services(DEPLOY / "spark" / "node-b" / "compose.yaml")
ONE = services(DEPLOY / "one-node" / "compose.yaml")
HEAD = services(DEPLOY / "spark" / "ray" / "head.compose.yaml")
HALF = services(DEPLOY / "spark" / "ray" / "worker.compose.yaml")
RAY_SHARE = float(options(HEAD["smart"])["--gpu-memory-utilization"])
MACHINES = {
    "node A": NODE_A,
    "node B": NODE_B,
    "one node": ONE,
    "node A with half of a model": {"fast": NODE_A["fast"], **HEAD},
    "node B with half of a model": {**NODE_B, **HALF},
}


def _share(service: dict[str, Any]) -> float:
    if service["image"] == "tollfree-vllm-ray":
        return RAY_SHARE  # the head tells the other half
    return float(options(service)["--gpu-memory-utilization"]) if is_vllm(service) else 0


@pytest.mark.parametrize("machine", MACHINES)
def test_all_that_may_run_on_a_machine_at_once_fits_it(machine: str) -> None:
    limits = {name: gib(service["mem_limit"]) for name, service in MACHINES[machine].items()}
    assert sum(limits.values()) + SYSTEM_GIB <= SPARK_GIB, limits


@pytest.mark.parametrize("machine", MACHINES)
def test_the_shares_of_vllm_leave_what_cuda_was_never_seen_to_have(machine: str) -> None:
    speech = sum(gib(service["mem_limit"]) for name, service in MACHINES[machine].items() if name == "stt")
    assert sum(map(_share, MACHINES[machine].values())) * SPARK_GIB + speech <= CUDA_GIB


@pytest.mark.parametrize("machine", MACHINES)
def test_a_container_may_take_the_share_of_its_server_and_what_the_server_needs_besides(machine: str) -> None:
    for name, service in MACHINES[machine].items():
        if share := _share(service):
            assert gib(service["mem_limit"]) >= share * SPARK_GIB + HOST_GIB, name


@pytest.mark.parametrize(
    ("service", "weights_gib", "least"),
    [
        (NODE_A["fast"], 16.9e9 / 2**30, 4),
        (NODE_A["smart"], 63e9 / 2**30, 4),
        (ONE["fast"], 31e9 / 2**30, 4),
        (HEAD["smart"], 113e9 / 2**30 / 2, 4),
    ],
    ids=["qwen3 in four bits", "glm-4.5-air in four bits", "qwen3 in eight bits", "half of glm-4.5-air in eight bits"],
)
def test_a_share_holds_the_weights_and_leaves_room_for_the_cache(
    service: dict[str, Any], weights_gib: float, least: float
) -> None:
    assert _share(service) * SPARK_GIB - weights_gib >= least


def test_what_the_manifest_says_of_its_models_is_what_is_reckoned_with() -> None:
    sizes = {model.name: model.about_bytes for model in the_manifest().models if model.large}
    assert (sizes["qwen3"], sizes["glm-4.5-air"]) == (31_000_000_000, 113_000_000_000)


def test_the_arithmetic_is_written_beside_the_figures() -> None:
    for folder in ("spark/node-a", "spark/node-b", "one-node"):
        said = (DEPLOY / folder / "compose.yaml").read_text()
        assert "tests/deploy adds" in said
    assert sum(gib(service["mem_limit"]) for service in NODE_B.values()) == 47.5
    assert sum(gib(service["mem_limit"]) for service in NODE_A.values()) + SYSTEM_GIB == 116
    assert sum(gib(service["mem_limit"]) for service in ONE.values()) + SYSTEM_GIB == 103.5
