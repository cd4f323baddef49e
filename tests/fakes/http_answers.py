"""An HTTP server on loopback that answers what it was told to, or never."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class HttpAnswers:
    """Status and body by method and path, such as `GET /health`; anything else is not found."""

    answers: dict[str, tuple[int, bytes]]
    silent: frozenset[str] = frozenset()
    """Requests that are never answered."""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    closing: Event = field(default_factory=Event)


@contextmanager
def http_answers(
    answers: Mapping[str, tuple[int, bytes]], *, silent: frozenset[str] = frozenset()
) -> Generator[HttpAnswers]:
    """A server for as long as this lasts."""
    fake = HttpAnswers(dict(answers), silent)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self._answer()

        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            asked = f"{self.command} {path}"
            fake.asked.append(Asked(self.command, path, {name.lower(): value for name, value in self.headers.items()}))
            if asked in fake.silent:
                fake.closing.wait(30)
                return
            status, body = fake.answers.get(asked, (404, b"{}"))
            self.send_response(status)
            self.send_header(
                "content-type", "application/json" if body[:1] in b"{[" and body else "application/protobuf"
            )
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        fake.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield fake
        finally:
            fake.closing.set()
            server.shutdown()
            thread.join()
