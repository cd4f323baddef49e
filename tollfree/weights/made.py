"""Keeps a model's made file up to date with the files it is made from."""

import hashlib
from pathlib import Path

from tollfree.weights.derive import make
from tollfree.weights.errors import CacheUnusable
from tollfree.weights.lock import only_one
from tollfree.weights.manifest import Derived, Model
from tollfree.weights.place import Place
from tollfree.weights.stamps import write_whole


def ensure_made(model: Model, derived: Derived, folder: Path, place: Place) -> None:
    """Make the file now where it is absent, changed, or made from other files than the manifest's. The model's files
    must have been verified. Raises `CacheUnusable`."""
    target = folder / derived.path
    note = _note(model, derived, place)
    if _is_made(target, note):
        return
    try:
        with only_one(place.lock(f"{model.name}-{derived.path}"), lambda: None):
            if not _is_made(target, note):
                note.unlink(missing_ok=True)
                make(derived.maker, {name: folder / name for name in model.files}, target)
                write_whole(note, f"{_shape(target)} {_sha256(target)}".encode())
    except OSError as error:
        raise CacheUnusable(
            f"{target} cannot be made from the model's files ({error.strerror or error}). Give {folder} "
            f"{model.bytes // 1_000_000 + 1} MB of room and write permission, or choose another folder by "
            "TOLLFREE_CACHE."
        ) from error


def forget_if_damaged(model: Model, derived: Derived, folder: Path, place: Place) -> bool:
    """Hash the made file; if it is not what was made, it will be made anew when the model is next found. Whether it
    was damaged."""
    target = folder / derived.path
    note = _note(model, derived, place)
    try:
        whole = note.read_text().rpartition(" ")[2] == _sha256(target)
    except FileNotFoundError:
        return False  # not made yet: it will be
    if not whole:
        note.unlink(missing_ok=True)
    return not whole


def _note(model: Model, derived: Derived, place: Place) -> Path:
    """Where it is written what was made; named by what it was made from."""
    sources = hashlib.sha256(repr(sorted(model.files.items())).encode()).hexdigest()[:16]
    return place.root / ".stamps" / f"{model.name}-{derived.path}-{sources}"


def _is_made(target: Path, note: Path) -> bool:
    try:
        return note.read_text().rpartition(" ")[0] == _shape(target)
    except OSError:
        return False


def _shape(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
