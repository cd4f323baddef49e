"""A graph that is kept ready-made gives the same numbers, and is whole or not there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from tollfree.language.embed import ready_made as room
from tollfree.language.embed.ready_made import MODEL, WEIGHTS, ready_made


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """One product with a matrix that is large enough to lie outside the graph."""
    weights = numpy_helper.from_array(np.random.default_rng(1).normal(size=(64, 64)).astype(np.float32), "w")
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 64])],
        [weights],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / f"product-{'0' * 64}.onnx"
    onnx.save(model, path)
    return path


def product(path: Path) -> np.ndarray:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": np.ones((3, 64), np.float32)})[0]


def test_it_gives_the_same_numbers_and_is_made_once(graph: Path):
    ready = ready_made(graph)
    assert ready is not None and (ready.parent / WEIGHTS).stat().st_size >= 64 * 64 * 4
    assert np.allclose(product(ready), product(graph), atol=1e-5)
    made = ready.stat().st_mtime_ns
    assert ready_made(graph) == ready and ready.stat().st_mtime_ns == made


@pytest.mark.parametrize("file", [MODEL, WEIGHTS])
def test_a_damaged_one_is_made_anew(graph: Path, file: str):
    ready = ready_made(graph)
    assert ready is not None
    (ready.parent / file).write_bytes(b"rubbish")
    assert ready_made(graph) == ready
    assert np.allclose(product(ready), product(graph), atol=1e-5)


def test_another_processor_has_its_own(graph: Path, monkeypatch: pytest.MonkeyPatch):
    first = ready_made(graph)
    monkeypatch.setattr(room, "_machine", lambda: "another")
    assert ready_made(graph) not in (None, first)


def test_where_it_cannot_be_kept_the_graph_serves(graph: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.tempfile, "mkdtemp", full)
    assert ready_made(graph) is None


def test_a_disk_that_fills_half_way_leaves_nothing_behind(graph: Path):
    code = (
        "import pathlib, resource, signal, sys\n"
        "from tollfree.language.embed.ready_made import ready_made\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "print(ready_made(pathlib.Path(sys.argv[1])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, graph], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "None\n"
    assert [one.name for one in graph.parent.iterdir()] == [graph.name]
