"""The recording of a call that is over, on its page."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ear import Ear
from tests.fakes.patience import PATIENCE_S

LANES = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
A_WORD = 3
"""Bars of the outline that a word has at least; each is a fiftieth of a minute and more."""


class Recording:
    """As it is drawn and played."""

    def __init__(self, page: Page, ear: Ear) -> None:
        self.page = page
        self.ear = ear
        self.outline = page.get_by_role("slider", name="Place in the recording")

    def bars(self) -> tuple[int, int]:
        """Bars of the outline that stand for sound: the caller's, and the agent's."""
        expect(self.outline).to_be_visible(timeout=PATIENCE_S * 1000)
        caller, agent = self.outline.evaluate(LANES)
        return caller, agent

    def plays(self) -> None:
        """It is heard, and the place moves on."""
        self.page.get_by_role("button", name="Play", exact=True).click()
        self.ear.hears(0)
        expect(self.outline).not_to_have_attribute("aria-valuenow", "0")
        self.page.get_by_role("button", name="Pause", exact=True).click()
