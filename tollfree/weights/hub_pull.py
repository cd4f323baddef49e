"""Pulls a large model from a hub: each file goes on where it stopped, and counts only when its hash is right."""

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from tollfree.weights.errors import NoRoom, PullFailed
from tollfree.weights.hub_listing import TIMEOUT, Sibling, endpoint, git_blob, listing, unreachable
from tollfree.weights.manifest import Hub, Model, ModelFile
from tollfree.weights.pins import Pins, keep_pins, pins_of
from tollfree.weights.place import Place
from tollfree.weights.stamps import Stamps

Progress = Callable[[str], None]
"""Is told what is being done, in a line for a person."""

SPARE = 50_000_000
"""Bytes of the disk that a pull leaves free: a full disk hurts more than a missing model."""
TRIES = 5
"""Times in a row that a connection may break without bringing anything."""
PARTIAL, NO_SUCH_RANGE = 206, 416
"""HTTP: only the range that was asked for comes; there is no such range."""
SMALL = 50_000_000
"""Bytes up to which a file may lie in the repository itself, without a SHA-256 of its own."""


def no_room(model: Model, place: Place, why: str, need: int) -> NoRoom:
    """The disk is full, or too small."""
    return NoRoom(
        f"There is no room for {model.title} in {place.root}: {why}. A pull needs {need // 1_000_000} MB for a moment. "
        "Make room, or choose another folder by TOLLFREE_CACHE, then run it again."
    )


class HubPull:
    """One pull of one model, while its lock is held."""

    def __init__(self, model: Model, place: Place, progress: Progress, environ: Mapping[str, str]) -> None:
        assert model.hub is not None
        self._model, self._place, self._progress = model, place, progress
        self._hub: Hub = model.hub
        self._client = httpx.Client(base_url=endpoint(environ, model), timeout=TIMEOUT, follow_redirects=True)
        self._stamps = Stamps(place.stamps(model.name))

    def run(self) -> tuple[str, ...]:
        """Fetch what is not good; the names of what was fetched. Raises `PullFailed`, `NoRoom` or `OSError`."""
        folder, unfinished = self._place.folder(self._model.name), self._place.unfinished(self._model.name)
        for path in (folder, unfinished):
            path.mkdir(parents=True, exist_ok=True)
        with self._client:
            pins = pins_of(self._model, self._place) or self._pin()
            wanted = [name for name, file in pins.files.items() if self._stamps.sha256(folder / name) != file.sha256]
            self._check_room(pins, wanted, unfinished)
            try:
                for place, name in enumerate(wanted, 1):
                    size = pins.files[name].bytes / 1e6
                    self._progress(f"{self._model.name}: {name}, {size:.0f} MB ({place} of {len(wanted)})")
                    self._bring(pins, name, unfinished / f"{name}.part", folder / name)
            finally:
                self._stamps.save()
        shutil.rmtree(unfinished, ignore_errors=True)
        return tuple(wanted)

    def _pin(self) -> Pins:
        """Ask the hub which files there are, and hold it to its answer from now on."""
        found = listing(self._client, self._hub, self._model)
        self._progress(f"{self._model.name}: {self._hub.repo} at {found.sha[:12]}, {len(found.siblings)} files")
        files = {one.name: self._file(one, found.sha) for one in found.siblings}
        for name, known in self._model.files.items():
            if name not in files or files[name].sha256 != known.sha256:
                raise PullFailed(
                    f"{self._model.title}: the hub's {name} is not the file that the manifest knows. Do not use it; "
                    "see whether HF_ENDPOINT names a mirror you trust.",
                    retryable=False,
                )
        pins = Pins(repo=self._hub.repo, revision=self._hub.revision, commit=found.sha, files=files)
        keep_pins(pins, self._place.pins(self._model.name))
        return pins

    def _file(self, one: Sibling, commit: str) -> ModelFile:
        """A file with its SHA-256: the hub's own for large ones; a small one is fetched, and held against Git's."""
        if one.lfs is not None:
            return ModelFile(bytes=one.lfs.size, sha256=one.lfs.sha256)
        if not one.blob or one.size > SMALL:
            raise PullFailed(f"The hub tells no hash of {one.name} in {self._hub.repo}.", retryable=False)
        try:
            answer = self._client.get(self._address(one.name, commit))
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise unreachable(self._client, self._model, error) from error
        if git_blob(answer.content) != one.blob:
            raise PullFailed(f"{one.name} of {self._hub.repo} came with another content than the hub lists.")
        return ModelFile(bytes=max(1, len(answer.content)), sha256=hashlib.sha256(answer.content).hexdigest())

    def _address(self, name: str, commit: str) -> str:
        return f"/{self._hub.repo}/resolve/{commit}/{self._hub.path(name)}"

    def _check_room(self, pins: Pins, wanted: list[str], unfinished: Path) -> None:
        need = sum(pins.files[name].bytes - _size(unfinished / f"{name}.part") for name in wanted) + SPARE
        free = shutil.disk_usage(unfinished).free
        if wanted and need > free:
            why = f"{free // 1_000_000} MB are free, {need // 1_000_000} are wanted"
            raise no_room(self._model, self._place, why, need)

    def _bring(self, pins: Pins, name: str, part: Path, target: Path) -> None:
        """One file, whole and right, under its name."""
        expected = pins.files[name]
        failures = 0
        while (have := _size(part)) != expected.bytes:
            if have > expected.bytes:
                part.unlink()
                continue
            error: httpx.HTTPError | None = None
            try:
                self._go_on(self._address(name, pins.commit), part, have)
            except httpx.HTTPError as broken:
                error = broken
            failures = failures + 1 if _size(part) <= have else 0
            if failures >= TRIES or isinstance(error, httpx.HTTPStatusError):
                raise unreachable(self._client, self._model, error or EOFError()) from error
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected.sha256:
            part.unlink()
            raise PullFailed(
                f"{self._model.title}: {name} came with SHA-256 {found}, not the pinned {expected.sha256}. It was "
                f"thrown away; run `tollfree models pull {self._model.name}` again."
            )
        part.chmod(0o644)
        os.replace(part, target)
        self._stamps.know(target, found)

    def _go_on(self, address: str, part: Path, have: int) -> None:
        """Add what is missing of a file. A hub that sends it whole is begun with anew. Raises `httpx.HTTPError`."""
        headers = {"range": f"bytes={have}-"} if have else {}
        with self._client.stream("GET", address, headers={**headers, "accept-encoding": "identity"}) as answer:
            if answer.status_code == NO_SUCH_RANGE:
                part.unlink()
                return
            answer.raise_for_status()
            resumed = answer.status_code == PARTIAL
            if resumed and not answer.headers.get("content-range", "").startswith(f"bytes {have}-"):
                part.unlink(missing_ok=True)
                return
            with part.open("ab" if resumed else "wb") as file:
                for block in answer.iter_raw():
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
