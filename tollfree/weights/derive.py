"""Files that are made here from verified ones."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

Maker = Callable[[Mapping[str, Path], Path], None]
"""Reads the model's verified files by name, and writes the made one whole to the path given."""

KOKORO_SHAPE = (510, 1, 256)
"""Of a voice: by number of phonemes, a style vector of 256 numbers (float32), as kokoro-onnx indexes it."""


def make(maker: str, sources: Mapping[str, Path], target: Path) -> None:
    """Make a file beside its place and move it there whole. Raises `OSError`."""
    handle, temporary = tempfile.mkstemp(prefix=".making-", dir=target.parent)
    os.close(handle)
    try:
        MAKERS[maker](sources, Path(temporary))
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _kokoro_voices(sources: Mapping[str, Path], target: Path) -> None:
    """`NAME.bin`, plain float32, into one archive of arrays by NAME, as `numpy.savez` writes it; the same bytes each
    time, which `savez` does not promise."""
    import numpy as np  # most programs that look for a model need no arrays

    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(sources.values()):
            content = BytesIO()
            voice = np.frombuffer(path.read_bytes(), "<f4").reshape(KOKORO_SHAPE)
            np.lib.format.write_array(content, voice, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{path.stem}.npy"), content.getvalue())


MAKERS: Mapping[str, Maker] = {"kokoro-voices": _kokoro_voices}
"""By the manifest's name of the recipe."""
