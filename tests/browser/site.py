"""A web site of somebody else's, on an origin of its own, with the call button on its page."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import PATIENCE_S

WAIT_MS = PATIENCE_S * 1000
POLICY = "default-src 'none'; style-src 'self'; script-src {tower}; connect-src {tower} ws://127.0.0.1:*"
"""What the documentation has a strict site allow, and nothing more."""
PAGE = """<!doctype html><html lang="en"><title>The bakery's own site</title><h1>The bakery</h1>
<script src="{tower}/button.js" data-project="{project}" data-agent="main" async></script></html>"""


@contextmanager
def site(tower: str, project: str) -> Iterator[str]:
    """Its address, for as long as it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(tower=tower))
            self.end_headers()
            if found:
                self.wfile.write(PAGE.format(tower=tower, project=project).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class CallButton:
    """The button on a page of the site."""

    def __init__(self, page: Page, address: str) -> None:
        self._host = page.locator("[data-tollfree]")
        page.goto(address)

    def begin(self, title: str, consent: str) -> None:
        """Pressed; what is to be agreed to is read, and agreed to by the keyboard."""
        self.named(title).click(timeout=WAIT_MS)
        expect(self._host.get_by_text(consent)).to_be_visible()
        expect(self.named("Agree and call")).to_be_focused()
        self.named("Agree and call").press("Enter")

    def named(self, name: str) -> Locator:
        """One of its buttons."""
        return self._host.get_by_role("button", name=name)

    def says(self, words: str) -> None:
        """Waits until it tells the visitor so."""
        expect(self._host.get_by_text(words)).to_be_visible(timeout=WAIT_MS)
