"""Every page, wide and narrow, light and dark, with what strangers may have written on it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.api import Api
from tests.browser.flows import asks
from tests.browser.knowledge_page import KnowledgePage
from tests.browser.pictures import keep_as_it_is
from tests.browser.stack import Complaints, browser, serious
from tests.browser.tower import PROJECT, Tower, tollfree, tower_in

pytestmark = pytest.mark.livekit
HOSTILE = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
FLOW = asks(f"Who is there? {HOSTILE}", title=HOSTILE, goodbye="Goodbye {{ who | default('you') }}.")
IN_PROJECT = ("overview", "live", "calls", "flows", "agents", "knowledge", "tools", "people", "audit", "settings")
ON_A_PHONE = ("overview", "live", "calls")
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tower]:
    """With a flow, a document and a call in which strangers wrote scripts."""
    with tower_in(tmp_path_factory.mktemp("tower")) as running:
        with browser() as chromium:
            fill(running, chromium.new_page())
        tollfree(running.home, "call", PROJECT, "--flow", "main", "--caller", "+15550100", said=f"{HOSTILE}\n")
        yield running


def fill(tower: Tower, page: Page) -> None:
    tower.enter(page)
    flows = f"/projects/{PROJECT}/flows/main"
    api = Api(page, tower.url)
    api.send("PUT", f"{flows}/draft", {"document": FLOW}, If_None_Match="*")
    api.send("POST", f"{flows}/publish", {"note": HOSTILE})
    api.send("PUT", f"/projects/{PROJECT}/agents/main", {"flow": "main"}, If_None_Match="*")
    knowledge = KnowledgePage(page, tower.base)
    knowledge.drop(f"{HOSTILE.replace('/', '')}.txt", HOSTILE.encode(), "text/plain")
    knowledge.send()


def paths_of(page: Page, tower: Tower) -> list[str]:
    """All pages, those of the flow, the call and the agent too."""
    page.goto(f"{tower.base}/calls")
    call = page.get_by_role("main").locator('a[href*="/calls/"]').first.get_attribute("href")
    assert call is not None
    inside = (*IN_PROJECT, "flows/main", "agents/main")
    return [*(f"/p/{PROJECT}/{name}" for name in inside), call, "/setup", "/users", "/account"]


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle") if "/live" not in url else page.wait_for_timeout(1000)
    page.wait_for_timeout(500)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_without_a_complaint_a_barrier_or_a_strangers_script(tower: Tower, scheme: str) -> None:
    with browser() as chromium:
        wide = {"width": 1280, "height": 800}
        guarded = chromium.new_context(viewport=wide, color_scheme=scheme).new_page()
        checked = chromium.new_context(viewport=wide, color_scheme=scheme, bypass_csp=True).new_page()
        complaints = Complaints(guarded)
        for page in (guarded, checked):
            tower.enter(page)
        barriers: dict[str, list[str]] = {}
        for path in paths_of(guarded, tower):
            open_page(guarded, tower.url + path)
            assert guarded.evaluate("window.ran") is None, path
            keep_as_it_is(guarded, f"{path.strip('/').replace('/', '-')}-{scheme}")
            open_page(checked, tower.url + path)
            if found := serious(checked):
                barriers[path] = found
        assert barriers == {} and complaints.said == []


def test_what_one_watches_fits_on_a_phone(tower: Tower) -> None:
    with browser() as chromium:
        page = chromium.new_context(viewport=PHONE, bypass_csp=True, has_touch=True).new_page()
        complaints = Complaints(page)
        tower.enter(page)
        call = next(path for path in paths_of(page, tower) if "/calls/" in path)
        wide: list[str] = []
        barriers: dict[str, list[str]] = {}
        for path in (*(f"/p/{PROJECT}/{name}" for name in ON_A_PHONE), call):
            open_page(page, tower.url + path)
            keep_as_it_is(page, f"phone-{path.strip('/').replace('/', '-')}")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(path)
            if found := serious(page):
                barriers[path] = found
        assert wide == [] and barriers == {} and complaints.said == []
