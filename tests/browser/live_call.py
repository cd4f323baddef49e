"""The page of a call that runs, with a supervisor before it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import PATIENCE_S

WAIT_MS = PATIENCE_S * 1000


class LiveCall:
    """One call, watched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.captions = page.get_by_role("log", name="Captions")

    @classmethod
    def open(cls, page: Page) -> "LiveCall":
        """The call that stands in the list of live calls, which is open."""
        listed = page.get_by_role("main").locator('a[href*="/live/"]').first
        expect(listed).to_be_visible(timeout=WAIT_MS)
        listed.click()
        expect(page.get_by_role("button", name="Take over")).to_be_visible(timeout=WAIT_MS)
        return cls(page)

    def listen(self) -> None:
        """Hear it, unseen and unheard."""
        self._button("Listen in").click()
        expect(self._button("Stop listening")).to_be_visible(timeout=WAIT_MS)

    def say(self, line: str) -> None:
        """Have the agent say something."""
        self.page.get_by_label("Say a line").fill(line)
        self._button("Say it").click()

    def correct(self, slot: str) -> Locator:
        """The field in which a slot is set."""
        self.page.get_by_role("button", name=re.compile(f"^(Correct|Fill) {slot}$")).click()
        return self.page.get_by_role("dialog").get_by_label("Value")

    def set_it(self) -> None:
        """What stands in the field."""
        self._button("Set it").click()

    def take_over(self) -> None:
        """Talk to the caller in the agent's place."""
        self._button("Take over").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
        expect(self.page.get_by_text("You talk to the caller.")).to_be_visible(timeout=WAIT_MS)

    def hand_back(self) -> None:
        """The agent goes on."""
        self._button("Hand back to the agent").click()
        expect(self._button("Take over")).to_be_enabled(timeout=WAIT_MS)

    def done(self, order: str) -> None:
        """Waits until the call has done what it was told."""
        told = self.page.get_by_role("list", name="What you told the call").get_by_role("listitem")
        expect(told.filter(has_text=order).first).to_contain_text("done", timeout=WAIT_MS)

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)
