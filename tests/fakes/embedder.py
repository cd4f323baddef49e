"""An embedder that knows spelling and not meaning: instant, and the same everywhere."""

import zlib
from collections.abc import Sequence

import numpy as np

from tollfree.language.embed.base import Vectors


class HashingEmbedder:
    """Words and their runs of three characters, hashed into a vector."""

    name = "fake-hashing"
    dimensions = 96

    def encode(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(out, texts, strict=True):
            row[0] = 0.01  # so that the empty text has a direction too
            for word in text.lower().split():
                padded = f"<{word}>"
                for part in (padded, *(padded[i : i + 3] for i in range(len(padded) - 2))):
                    code = zlib.crc32(part.encode("utf-8", "replace"))
                    row[code % self.dimensions] += 1.0 if code >> 16 & 1 else -1.0
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def quick(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)
