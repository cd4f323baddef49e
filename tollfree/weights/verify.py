"""Says what is on this machine of a model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tollfree.weights.find import FileCheck, look
from tollfree.weights.manifest import Manifest, Model, the_manifest
from tollfree.weights.pins import with_pins
from tollfree.weights.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """One model, and what is here of it."""

    model: Model
    """As the manifest describes it."""
    state: Literal["good", "missing", "damaged"]
    """Of its worst file, in the place where it is whole, else in the cache folder."""
    source: str
    """Where it was found: `cache`, `wheel`; empty: nowhere."""
    folder: Path
    """Where its files lie, or would."""
    files: tuple[FileCheck, ...]
    """Every file of it."""


def verify(name: str, cache: Path, *, trust: bool = False, manifest: Manifest | None = None) -> ModelCheck:
    """What is here of a model: every file is hashed, unless `trust` takes an earlier hash for good. Makes and fetches
    nothing. Raises `UnknownModel`."""
    model = with_pins((manifest or the_manifest()).model(name), Place(cache))
    looks = look(model, cache, trust=trust)
    best = next((one for one in looks if one.good), looks[0])
    states = {file.state for file in best.files}
    return ModelCheck(
        model=model,
        state="damaged" if "damaged" in states else "missing" if "missing" in states or not states else "good",
        source=best.source if best.good else "",
        folder=best.folder,
        files=best.files,
    )
