"""Writes all-MiniLM-L6-v2 as an ONNX graph from its published weights, which come without one.

The only importer of `onnx`; loaded once on a machine, when the graph is built.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, HIDDEN, HEAD_DIM = 6, 12, 384, 32

Weights = Mapping[str, NDArray[np.float32]]


class Graph:
    """ONNX nodes and initializers with generated names."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def const(self, value: NDArray[np.float32] | Sequence[int] | float) -> str:
        """A constant's name; whole numbers become int64, everything else float32."""
        return self.stored(np.asarray(value, np.int64 if isinstance(value, Sequence) else np.float32))

    def stored(self, array: NDArray[np.generic]) -> str:
        """The name of a constant of its own type."""
        name = f"const_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def op(
        self, kind: str, *inputs: str, output: str = "", domain: str = "", **attributes: int | float | Sequence[int]
    ) -> str:
        """The name of a node's output. `domain`: whose operator it is; none: ONNX's own."""
        output = output or f"{kind}_{len(self.nodes)}"
        self._node(kind, inputs, [output], domain, attributes)
        return output

    def ops(self, kind: str, *inputs: str, outputs: int, **attributes: int | float | Sequence[int]) -> list[str]:
        """The names of a node's outputs, of which it has so many."""
        names = [f"{kind}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self._node(kind, inputs, names, "", attributes)
        return names

    def _node(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str,
        attributes: Mapping[str, int | float | Sequence[int]],
    ) -> None:
        node = onnx.NodeProto(op_type=kind, input=list(inputs), output=list(outputs), domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)

    def linear(self, x: str, *prefixes: str) -> str:
        """A product with the weights of layers side by side, and their biases."""
        weight = np.concatenate([self.weights[one + ".weight"].T for one in prefixes], axis=1)
        bias = np.concatenate([self.weights[one + ".bias"] for one in prefixes])
        return self.op("Add", self.op("MatMul", x, self.const(np.ascontiguousarray(weight))), self.const(bias))

    def layer_norm(self, x: str, prefix: str) -> str:
        scale, bias = (self.const(self.weights[prefix + end]) for end in (".weight", ".bias"))
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def embeddings(self) -> str:
        """Words, positions and the one token type, summed and normalised."""
        length = self.op("Gather", self.op("Shape", "input_ids"), self.const([1]))
        words = self.op("Gather", self.const(self.weights["embeddings.word_embeddings.weight"]), "input_ids")
        table = self.const(self.weights["embeddings.position_embeddings.weight"])
        token_type = self.const(self.weights["embeddings.token_type_embeddings.weight"][0])
        positions = self.op("Add", self.op("Slice", table, self.const([0]), length), token_type)
        return self.layer_norm(self.op("Add", words, positions), "embeddings.LayerNorm")

    def attention(self, x: str, prefix: str, bias: str) -> str:
        """Multi-head self-attention, before its output's residual."""
        split = {
            part: self.op(
                "Reshape", self.linear(x, f"{prefix}attention.self.{part}"), self.const([0, 0, HEADS, HEAD_DIM])
            )
            for part in ("query", "key", "value")
        }
        query, value = (self.op("Transpose", split[part], perm=[0, 2, 1, 3]) for part in ("query", "value"))
        key = self.op("Transpose", split["key"], perm=[0, 2, 3, 1])
        scores = self.op("Mul", self.op("MatMul", query, key), self.const(HEAD_DIM**-0.5))
        mixed = self.op("MatMul", self.op("Softmax", self.op("Add", scores, bias), axis=-1), value)
        merged = self.op("Reshape", self.op("Transpose", mixed, perm=[0, 2, 1, 3]), self.const([0, 0, HIDDEN]))
        return self.linear(merged, prefix + "attention.output.dense")

    def layer(self, x: str, prefix: str, bias: str) -> str:
        attended = self.attention(x, prefix, bias)
        x = self.layer_norm(self.op("Add", x, attended), prefix + "attention.output.LayerNorm")
        inner = self.op("Gelu", self.linear(x, prefix + "intermediate.dense"))
        outer = self.contracted(inner, prefix + "output.dense")
        return self.layer_norm(self.op("Add", x, outer), prefix + "output.LayerNorm")

    def contracted(self, inner: str, prefix: str) -> str:
        """A layer's inner values, four to one: a product as any other."""
        return self.linear(inner, prefix)


def build_graph(weights: Weights, graph: type[Graph] = Graph) -> bytes:
    """A serialised ONNX model: `input_ids` and `attention_mask` (batch, tokens) → unit `embedding` (batch, 384).
    `graph` says how its products are written."""
    g = graph(weights)
    x = g.embeddings()
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    masked_out = g.op("Mul", g.op("Sub", g.const(1.0), mask), g.const(-1e9))
    bias = g.op("Unsqueeze", masked_out, g.const([1, 2]))
    for layer in range(LAYERS):
        x = g.layer(x, f"encoder.layer.{layer}.", bias)
    # The published pooling is the mean over tokens; the sum has the same direction, and only that is kept.
    total = g.op("ReduceSum", g.op("Mul", x, g.op("Unsqueeze", mask, g.const([2]))), g.const([1]), keepdims=0)
    g.op("LpNormalization", total, axis=-1, p=2, output="embedding")
    info = helper.make_tensor_value_info
    inputs = [info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")]
    outputs = [info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])]
    whole = helper.make_graph(g.nodes, "minilm", inputs, outputs, g.initializers)
    # Opset 20 has Gelu; ir_version 9 is read by every onnxruntime we allow.
    domains = [
        helper.make_opsetid("", 20),
        *(helper.make_opsetid(one, 1) for one in sorted({n.domain for n in g.nodes} - {""})),
    ]
    model = helper.make_model(whole, opset_imports=domains, ir_version=9)
    return model.SerializeToString()
