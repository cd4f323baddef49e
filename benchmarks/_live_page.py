"""The live page in a browser, and when each caller's words were seen on it."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from _tower import PASSWORD, PROJECT, address
from playwright.async_api import Page, async_playwright

from tollfree.protocol.role import Role

BUILT = Path(__file__).parents[1] / "dashboard" / "build" / "index.html"
SEEN = """
() => {
  window.seen = {};
  const looked = () => requestAnimationFrame(() => {
    // Painted once the frame is over, which a message that is sent in it comes after.
    const { port1, port2 } = new MessageChannel();
    const told = [...document.querySelectorAll('tbody tr')].map((row) => [
      row.querySelector('a').href.split('/').at(-1), row.cells[2].querySelectorAll('span')[1].textContent,
    ]);
    port1.onmessage = () => {
      const now = Date.now() / 1000;
      for (const [call, words] of told) window.seen[`${call} ${words}`] ??= now;
    };
    port2.postMessage(0);
  });
  new MutationObserver(looked).observe(document.querySelector('main'), {
    childList: true, subtree: true, characterData: true,
  });
}
"""
"""Notes, by call and words, when the frame that first had them was over, in seconds since 1970."""


def missing() -> str:
    """What a browser would need here; empty: nothing."""
    if shutil.which("chromium") is None:
        return "Chromium is not installed (Debian: apt-get install chromium)"
    return "" if BUILT.is_file() else "the dashboard is not built (scripts/dashboard)"


class LivePage:
    """A supervisor's, that has been opened."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def seen(self) -> dict[str, float]:
        """When each caller's words were first on the page, by call and words."""
        return dict(await self._page.evaluate("() => window.seen"))


@asynccontextmanager
async def live_page(url: str) -> AsyncGenerator[LivePage]:
    """In a browser of its own, for as long as this lasts."""
    flags = ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium's own refuses to run as root
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = await opened.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
        given = {"email": address(Role.SUPERVISOR), "password": PASSWORD}
        answer = await page.context.request.post("/api/v1/session", data=given)
        if not answer.ok:
            raise RuntimeError(f"The browser could not sign in: {answer.status}.")
        await page.goto(f"/p/{PROJECT}/live")
        await page.get_by_text("No call runs").wait_for()
        await page.evaluate(SEEN)
        yield LivePage(page)
