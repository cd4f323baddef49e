"""Pictures of pages, to be looked at after a run."""

from playwright.sync_api import Page

from tests.browser.stack import ROOT


def keep(page: Page, name: str) -> None:
    """As it stands, light and dark."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(600)  # canvases are drawn anew, and colours glide
        keep_as_it_is(page, f"{name}-{scheme}")


def keep_as_it_is(page: Page, name: str) -> None:
    """In the colours that it has."""
    folder = ROOT / ".tollfree" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", animations="disabled")
