"""The same model with products of whole numbers, which processors compute in less than half the time.

Weights are rounded to seven bits a column, activations to eight bits a token, each token by its own largest value: so a
text's row does not depend on the texts beside it, as it would with one scale for a whole batch. Seven bits, because on
processors without VNNI sums of two products are kept in sixteen (onnxruntime's manual of quantisation, `reduce_range`).
One text keeps a core busy for so short a time that each step of the graph counts: queries, keys and values are one
product, and attention and the scaling of a product are onnxruntime's own steps.
Measured on XQuAD's questions: 3.5 ms in place of 7, cosine with the exact row 0.997 on average and 0.994 at least.
"""

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from tollfree.language.embed.minilm_graph import HEADS, Graph

WEIGHT_STEPS, TOKEN_STEPS = 63, 127
"""Steps from nought to the largest value."""
NOUGHT = 128
"""Where activations have theirs: they are unsigned, as the instructions want."""
SMALLEST = 1e-12
"""In place of a scale of nought."""
PARTS = ("query", "key", "value")
OURS = "com.microsoft"
"""The domain of onnxruntime's own steps."""


class QuickGraph(Graph):
    """Writes each layer's products in whole numbers."""

    def linear(self, x: str, *prefixes: str) -> str:
        """See `Graph`."""
        weight = np.concatenate([self.weights[one + ".weight"].T for one in prefixes], axis=1).astype(np.float32)
        bias = np.concatenate([self.weights[one + ".bias"] for one in prefixes])
        scale = np.maximum(np.abs(weight).max(0) / WEIGHT_STEPS, SMALLEST).astype(np.float32)
        rounded: NDArray[np.int8] = np.ascontiguousarray(np.rint(weight / scale), np.int8)
        tokens, token_scale = self._tokens(x)
        product = self.op(
            "MatMulIntegerToFloat",
            tokens,
            self.stored(rounded),
            self.const(1.0),
            self.const(scale),
            self.stored(np.array(NOUGHT, np.uint8)),
            self.stored(np.zeros(len(scale), np.int8)),
            domain=OURS,
        )
        return self.op("Add", self.op("Mul", product, token_scale), self.const(bias))

    def attention(self, x: str, prefix: str, bias: str) -> str:
        """See `Graph`."""
        together = self.linear(x, *(f"{prefix}attention.self.{part}" for part in PARTS))
        split = self.ops("Split", together, outputs=len(PARTS), axis=-1, num_outputs=len(PARTS))
        mask = self.op("Cast", "attention_mask", to=TensorProto.INT32)
        mixed = self.op("MultiHeadAttention", *split, "", mask, domain=OURS, num_heads=HEADS)
        return self.linear(mixed, prefix + "attention.output.dense")

    def _tokens(self, x: str) -> tuple[str, str]:
        """Activations as whole numbers, and the scale of each token."""
        largest = self.op("ReduceMax", self.op("Abs", x), self.const([-1]), keepdims=1)
        scale = self.op("Max", self.op("Mul", largest, self.const(1 / TOKEN_STEPS)), self.const(SMALLEST))
        nought = self.stored(np.array(NOUGHT, np.uint8))
        return self.op("QuantizeLinear", self.op("Div", x, scale), self.const(1.0), nought), scale
