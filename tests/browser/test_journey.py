"""From an empty canvas to a call by voice, watched and corrected in a second window, and found afterwards."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.caller import NEEDED, microphone
from tests.browser.flow_builder import FlowBuilder
from tests.browser.stack import EMAIL, PASSWORD, ROOT, Complaints, Up, become_admin, browser, missing, serious, up
from tests.fakes.patience import PATIENCE_S
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings
from tollfree.worker.process import PROGRAM

pytestmark = pytest.mark.livekit
WAIT_MS = PATIENCE_S * 1000
FIVE = re.compile(r"\b(5|five)\b", re.I)
PAGES = ("overview", "live", "calls", "flows", "agents", "knowledge", "tools", "people", "audit", "settings")
WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Up, str, str]]:
    """What `tollfree up` starts, with an empty project: the dashboard's address, and the first link."""
    if absent := missing():
        pytest.skip(absent)
    try:
        for model in NEEDED:
            find(model, Settings().cache)
    except WeightsError as error:
        pytest.skip(error.message)
    home = tmp_path_factory.mktemp("tower")
    made = ["project", "new", "bakery", "--title", "The Bakery"]
    subprocess.run([sys.executable, "-c", PROGRAM, "--home", str(home), *made], check=True)
    with up(home) as running:
        told = running.wait_for("dashboard")
        yield running, told["url"], told["first"]


def test_a_flow_is_built_called_by_voice_supervised_and_found(stack: tuple[Up, str, str], tmp_path: Path) -> None:
    _, url, first = stack
    base = f"{url}/p/bakery"
    hears = microphone(tmp_path / "caller.wav", 20, "Five, please.")
    with browser(hears) as chromium:
        context = chromium.new_context(viewport=WIDE, permissions=["microphone"])
        page = context.new_page()
        complaints = Complaints(page)
        become_admin(page, first)
        build_and_publish(FlowBuilder.begin(page, base, "Rolls"))
        page.goto(f"{base}/live")
        tower = context.new_page()
        complaints_too = Complaints(tower)
        tower.goto(f"{base}/live")
        call_and_correct(page, tower)
        found_afterwards(page, base)
        assert complaints.said == [] and complaints_too.said == []


def build_and_publish(flow: FlowBuilder) -> None:
    """Three nodes by key and mouse; a fault is seen, mended, and the draft published."""
    flow.add_by_key("Ask")
    flow.slot("rolls", "quantity", "How many rolls would you like?")
    flow.panel.get_by_role("button", name="Add a value").click()
    flow.slot("sliced", "yes no", "Shall we slice them?")
    flow.field("Silences").fill("6")  # on a busy machine the caller may be heard late, or the question come late
    flow.drag("End", 560, 160)
    flow.field("Say", exact=True).fill('Thank you. That is {{ rolls | default("no") }} rolls. Goodbye.')
    flow.drag("Transfer", 560, 560)
    flow.field("To").fill("bakers")
    for exit in ("connected", "nobody", "failed"):
        flow.wire(exit, "end")
    flow.pull("ask", "given", "end")
    flow.select("ask")
    for exit in ("refused", "gave_up"):
        flow.wire(exit, "transfer")
    expect(flow.faults().get_by_text("leads nowhere")).to_have_count(1, timeout=WAIT_MS)
    flow.go_to("leads nowhere")
    flow.wire("silent", "transfer")
    expect(flow.faults().get_by_text("Nothing is wrong")).to_be_visible(timeout=WAIT_MS)
    flow.publish("The first")


def call_and_correct(page: Page, tower: Page) -> None:
    """The caller speaks in one window; in the other a slot is corrected, and the call goes on from it."""
    page.get_by_role("button", name="Call from here").last.click()
    page.get_by_role("button", name="Start the call").click()
    captions = page.get_by_role("log", name="Captions")
    expect(captions.get_by_text("How many rolls")).to_be_visible(timeout=WAIT_MS)
    expect(captions.get_by_text(FIVE).first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("Agent speaks")).to_be_visible(timeout=WAIT_MS)  # sound comes, not only words
    tower.bring_to_front()
    tower.locator('a[href*="/live/"]').first.click()
    correct(tower, "rolls").fill("12")
    tower.get_by_role("button", name="Set it").click()
    correct(tower, "sliced").select_option(index=1)
    tower.get_by_role("button", name="Set it").click()
    expect(captions.get_by_text("That is 12 rolls")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("The call is over")).to_be_visible(timeout=WAIT_MS)


def correct(tower: Page, slot: str) -> Locator:
    """The field in which a slot of the call is set."""
    tower.get_by_role("button", name=re.compile(slot, re.I)).first.click()
    return tower.get_by_role("dialog").get_by_label("Value")


def found_afterwards(page: Page, base: str) -> None:
    """The call stands in the list, with its sound."""
    page.goto(f"{base}/calls")
    page.locator('a[href*="/calls/"]').last.click()
    expect(page.get_by_text("That is 12 rolls").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(FIVE).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("play", re.I)).first).to_be_visible(timeout=WAIT_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_without_a_complaint_or_a_barrier(stack: tuple[Up, str, str], scheme: str) -> None:
    _, url, _ = stack
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        complaints = Complaints(page)
        sign_in(page, url)
        barriers: dict[str, list[str]] = {}
        for path in (*(f"p/bakery/{name}" for name in PAGES), "p/bakery/flows/rolls", "setup", "users"):
            page.goto(f"{url}/{path}")
            page.wait_for_load_state("networkidle") if "live" not in path else page.wait_for_timeout(1000)
            page.wait_for_timeout(500)
            page.screenshot(path=shots() / f"{path.replace('/', '-')}-{scheme}.png")
            if found := serious(page):
                barriers[path] = found
        assert barriers == {} and complaints.said == []


def sign_in(page: Page, url: str) -> None:
    """As the admin that the journey made."""
    page.goto(f"{url}/signin")
    page.locator("input[type=email]").fill(EMAIL)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda where: "/signin" not in where)


def shots() -> Path:
    """Where pictures of the pages are kept, to be looked at."""
    folder = ROOT / ".tollfree" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
