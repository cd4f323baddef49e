"""The page of what agents may answer from."""

from base64 import b64encode
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import PATIENCE_S

WAIT_MS = PATIENCE_S * 1000
DRAGGED = """([name, type, data]) => {
  const dragged = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  dragged.items.add(new File([bytes], name, { type }));
  return dragged;
}"""


class KnowledgePage:
    """Open, for an editor."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        page.goto(f"{base}/knowledge")
        self.ground = page.get_by_role("region", name="documents can be dropped here")
        self.answer = page.get_by_role("region", name="Ask it something")

    def drop(self, name: str, data: bytes, type: str = "application/pdf") -> None:
        """A document is dragged onto the page."""
        expect(self.ground).to_be_visible()
        dragged = self.page.evaluate_handle(DRAGGED, [name, type, b64encode(data).decode()])
        for moment in ("dragover", "drop"):
            self.ground.dispatch_event(moment, {"dataTransfer": dragged})

    def choose(self, file: Path) -> None:
        """A document is chosen in the window that is open."""
        self._dialog.locator("input[type=file]").set_input_files(file)

    def send(self) -> None:
        """Those in the window."""
        self._dialog.get_by_role("button", name="Upload").click()
        expect(self._dialog).to_be_hidden(timeout=WAIT_MS)

    def source(self, name: str) -> Locator:
        """Its line in the table."""
        return self.page.get_by_role("row").filter(has_text=name)

    def ask(self, question: str) -> None:
        """As a caller would."""
        self.page.get_by_label("Question").fill(question)
        self.page.get_by_role("button", name="Ask", exact=True).click()

    @property
    def _dialog(self) -> Locator:
        return self.page.get_by_role("dialog")
