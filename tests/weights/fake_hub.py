"""A model hub on loopback: its API's list of files, files by commit with ranges and a redirect to a store, and whatever
a bad connection does."""

import hashlib
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

COMMIT = "c" * 40
LARGE = 1000
"""Bytes from which on a file is in Git LFS here."""


@dataclass
class FakeHub:
    """One repository, `some/model`."""

    files: dict[str, bytes]
    ranges: bool = True
    cut_after: int | None = None
    """Bytes of a file's body after which the connection breaks, each time."""
    lists: bool = True
    serves: dict[str, bytes] = field(default_factory=dict)
    """Files that come with another content than is listed."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of every request."""
    url: str = ""

    def listing(self) -> dict[str, object]:
        return {"id": "some/model", "sha": COMMIT, "siblings": [self._sibling(name) for name in self.files]}

    def _sibling(self, name: str) -> dict[str, object]:
        content = self.files[name]
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        one: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob}
        if len(content) >= LARGE:
            one["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        return one

    def fetched(self, name: str) -> list[str]:
        """Ranges of every request for a file, in order; empty: all of it."""
        return [range for path, range in self.asked if path == f"/store/{name}"]


@contextmanager
def fake_hub(files: Mapping[str, bytes], **how: object) -> Generator[FakeHub]:
    """A hub for as long as this lasts."""
    hub = FakeHub(dict(files), **how)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            hub.asked.append((parts.path, self.headers.get("range", "")))
            if parts.path == "/api/models/some/model/revision/main" and hub.lists:
                assert parse_qs(parts.query) == {"blobs": ["true"]}
                self._send(200, json.dumps(hub.listing()).encode())
            elif parts.path.startswith(f"/some/model/resolve/{COMMIT}/"):
                self.send_response(302)
                self.send_header("location", f"{hub.url}/store/{parts.path.rsplit('/', 1)[1]}")
                self.send_header("content-length", "0")
                self.end_headers()
            elif parts.path.startswith("/store/"):
                self._store(parts.path.rsplit("/", 1)[1])
            else:
                self._send(404, b"Not Found")

        def _store(self, name: str) -> None:
            content = hub.serves.get(name, hub.files[name])
            start = int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            if not hub.ranges or not self.headers.get("range"):
                self._send(200, content)
            elif start >= len(content):
                self._send(416, b"")
            else:
                self._send(206, content[start:], {"content-range": f"bytes {start}-{len(content) - 1}/{len(content)}"})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if hub.cut_after is not None and self.path.startswith("/store/") and len(body) > hub.cut_after:
                self.wfile.write(body[: hub.cut_after])
                self.close_connection = True
            else:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
