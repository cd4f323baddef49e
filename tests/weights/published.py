"""Packages as registries serve them, made on the spot: wheels in a folder, npm tarballs and hub files by HTTP on
loopback."""

import base64
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tollfree.weights.manifest import Hub, Inside, Manifest, Model, ModelFile, Package, Part


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Published:
    """A folder of wheels that pip and uv take for the only index there is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def environ(self) -> dict[str, str]:
        """What keeps the clients here."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "UV_FIND_LINKS": str(self.folder),
            "UV_NO_INDEX": "1",
            "UV_OFFLINE": "1",
            "PIP_FIND_LINKS": str(self.folder),
            "PIP_NO_INDEX": "1",
            "HF_HUB_OFFLINE": "1",
        }

    def wheel(self, name: str, members: Mapping[str, bytes]) -> Package:
        """Publish a wheel that, besides its members, has code which must never run."""
        module = name.replace("-", "_")
        info = f"{module}-1.0.0.dist-info"
        files = {
            **members,
            f"{module}/__init__.py": b"raise SystemExit('the code of a package was run')\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(
            f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},"
            f"{len(content)}\n"
            for path, content in files.items()
        )
        files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
        path = self.folder / f"{module}-1.0.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in files.items():
                archive.writestr(member, content)
        content = path.read_bytes()
        return Package(
            registry="pypi", name=name, version="1.0.0", bytes=len(content), integrity=f"sha256:{sha256(content)}"
        )


def one_file(package: Package, content: bytes, *, hub: Hub | None = None, sha: str | None = None) -> Manifest:
    """A model `toy` whose only file `model.bin` lies in the folder `data` of a package."""
    file = ModelFile(bytes=len(content), sha256=sha or sha256(content))
    inside = Inside(package=package.name, folder="data")
    return Manifest(models=(model("toy", [package], {"model.bin": file}, inside=inside, hub=hub),))


def model(name: str, packages: Sequence[Package], files: Mapping[str, ModelFile], **more: Any) -> Model:
    """A model of no importance."""
    return Model(
        name=name,
        title="A toy",
        use="tests",
        author="nobody",
        licence="CC0",
        home="https://example.com",
        packages=tuple(packages),
        files=dict(files),
        **more,
    )


def two_parts(published: Published, first: bytes = b"first half, ", second: bytes = b"second half") -> Manifest:
    """A model `toy`: `model.bin` in two packages, `config.json` whole in the first."""
    config = b'{"of": "the toy"}'
    packages = [
        published.wheel("toy-part1", {"data/model.bin.part1": first, "data/config.json": config}),
        published.wheel("toy-part2", {"data/model.bin.part2": second}),
    ]
    parts = (
        Part(package="toy-part1", member="data/model.bin.part1"),
        Part(package="toy-part2", member="data/model.bin.part2"),
    )
    files = {
        "model.bin": ModelFile(bytes=len(first + second), sha256=sha256(first + second), parts=parts),
        "config.json": ModelFile(bytes=len(config), sha256=sha256(config)),
    }
    return Manifest(models=(model("toy", packages, files, inside=Inside(package="toy-part1", folder="data")),))


def npm_tarball(members: Mapping[str, bytes]) -> bytes:
    """A package as npm serves it."""
    described = {"name": "toy", "version": "1.0.0", "scripts": {"prepack": "exit 1", "install": "exit 1"}}
    files = {"package/package.json": json.dumps(described).encode(), **members}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@contextmanager
def served(answers: Mapping[str, tuple[bytes, Mapping[str, str]]]) -> Generator[tuple[str, list[str]]]:
    """Serves bodies and headers by path, on loopback: the address, and the paths that were asked for. `{url}` in a
    body stands for the address."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(with_body=True)

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def answer(self, *, with_body: bool) -> None:
            asked.append(self.path)
            body, headers = answers.get(self.path.partition("?")[0], (b"", {"missing": "1"}))
            body = body.replace(b"{url}", url.encode())
            self.send_response(404 if "missing" in headers else 200)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield url, asked
        finally:
            server.shutdown()
            thread.join()
