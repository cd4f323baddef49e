"""What is heard of a page: its sound itself, and not what the page says of it."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from playwright.sync_api import Page

from tests.fakes.patience import PATIENCE_S

ENOUGH = 8
"""Moments with sound, of 40 ms, that are a word at least."""


class Ear:
    """At a page that has not been opened yet. Voices are numbered from 0, as their sounds began."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(path=Path(__file__).with_suffix(".js"))

    def heard(self, voice: int) -> int:
        """Moments in which this voice had sound so far."""
        return dict(enumerate(self._moments())).get(voice, 0)

    def hears(self, voice: int) -> None:
        """Waits until this voice sounds, from now on."""
        self._until_more(lambda: self.heard(voice), f"voice {voice}")

    def hears_somebody(self) -> None:
        """Waits until there is any sound, from now on."""
        self._until_more(lambda: sum(self._moments()), "anybody")

    def _until_more(self, heard: Callable[[], int], who: str) -> None:
        before, until = heard(), monotonic() + PATIENCE_S
        while heard() < before + ENOUGH:
            assert monotonic() < until, f"{who} was not heard; sound by voice: {self._moments()}"
            self._page.wait_for_timeout(100)

    def _moments(self) -> list[int]:
        return self._page.evaluate("heard()")
