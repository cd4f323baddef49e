"""From an empty canvas to a call by voice, watched, corrected and taken over in another browser, and found
afterwards; a document that is asked about; a version that is gone back to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.api import Api
from tests.browser.caller import microphone
from tests.browser.ear import Ear
from tests.browser.flow_builder import FlowBuilder
from tests.browser.flows import asks
from tests.browser.knowledge_page import KnowledgePage
from tests.browser.live_call import LiveCall
from tests.browser.people import BEN, ask_in, set_password
from tests.browser.pictures import keep
from tests.browser.recording import A_WORD, Recording
from tests.browser.stack import Complaints, another, browser
from tests.browser.tower import Tower, tower_in
from tests.fakes.patience import PATIENCE_S
from tests.knowledge.ingest.papers import lines_of, pdf

pytestmark = pytest.mark.livekit
WAIT_MS = PATIENCE_S * 1000
FIVE = re.compile(r"\b(5|five)\b", re.I)
WIDE = {"width": 1440, "height": 900}
AGENT, SUPERVISOR = 0, 1
"""Voices in the caller's ear, in the order in which they came into the room."""
CALLERS_WORDS = "I would like five rolls, please."
"""Long enough to be a turn where they are said over the agent."""
BENS_WORDS = "Hello, this is Ben. I am a person."
RETURNS = (
    "Rolls may be returned within two days if they are still in their bag. "
    "Cakes are made to order and cannot be returned. Refunds are paid in cash at the counter."
)
HANDS_OVER = {
    "schema": 1,
    "flow": "main",
    "start": "hand_over",
    "nodes": {
        "hand_over": {
            "kind": "transfer",
            "to": "bakers",
            "say": "I'll connect you with a baker.",
            "exits": {"connected": "done", "nobody": "sorry", "failed": "sorry"},
        },
        "done": {"kind": "end"},
        "sorry": {"kind": "end", "say": "Nobody is free."},
    },
}
HOURS = "The bakery opens at six in the morning, on Sundays at eight."


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tower]:
    with tower_in(tmp_path_factory.mktemp("tower")) as running:
        yield running


def page_of(opened: Browser) -> Page:
    """A new one, for somebody who lets it have the microphone."""
    return opened.new_context(viewport=WIDE, permissions=["microphone"]).new_page()


def test_a_flow_is_built_called_by_voice_supervised_found_and_gone_back_to(tower: Tower, tmp_path: Path) -> None:
    caller = microphone(tmp_path / "caller.wav", 15, CALLERS_WORDS)
    supervisor = microphone(tmp_path / "supervisor.wav", 4, BENS_WORDS, "kokoro:bf_emma", again=True)
    with browser(caller) as chromium, another(chromium, supervisor) as bens:
        page = page_of(chromium)
        complaints, ear = Complaints(page), Ear(page)
        tower.enter(page)
        flow = FlowBuilder.begin(page, tower.base, "Rolls")
        build_and_publish(flow)
        keep(page, "journey-canvas")
        begin_call(page, tower, ear)
        supervise(page, ear, supervisors_page(bens, page, tower))
        found_afterwards(page, tower, ear)
        gone_back(page, tower)
        assert complaints.said == []


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
    flow.cut_by_key("ask", "given", "end")
    flow.select("ask")
    for exit in ("refused", "gave_up"):
        flow.wire(exit, "transfer")
    expect(flow.faults().get_by_text("leads nowhere")).to_have_count(1, timeout=WAIT_MS)
    flow.go_to("leads nowhere")
    flow.wire("silent", "transfer")
    expect(flow.faults().get_by_text("Nothing is wrong")).to_be_visible(timeout=WAIT_MS)
    flow.publish("The first")


def begin_call(page: Page, tower: Tower, ear: Ear) -> None:
    """The agent is heard in the caller's browser, and the caller by the agent."""
    start_call(page, tower.base)
    captions = page.get_by_role("log", name="Captions")
    ear.hears(AGENT)
    expect(captions.get_by_text("How many rolls")).to_be_visible(timeout=WAIT_MS)
    expect(captions.get_by_text(FIVE).first).to_be_visible(timeout=WAIT_MS)


def start_call(page: Page, project: str) -> None:
    """By voice, from the page of live calls."""
    page.goto(f"{project}/live")
    page.get_by_role("button", name="Call from here").last.click()
    page.get_by_role("button", name="Start the call").click()


def supervisors_page(bens: Browser, admin: Page, tower: Tower) -> Page:
    """A supervisor, asked in by the admin, watches the live calls in a browser of their own."""
    page = page_of(bens)
    set_password(page, ask_in(Api(admin, tower.url), BEN, bakery="supervisor"), BEN)
    return page


def supervise(page: Page, ear: Ear, bens: Page) -> None:
    """A slot is corrected, the call taken over by voice and handed back; it goes on from what was set."""
    complaints, bens_ear = Complaints(bens), Ear(bens)
    bens.goto(re.sub(r"/p/.*", "/p/bakery/live", page.url))
    call = LiveCall.open(bens)
    call.correct("rolls").fill("12")
    call.set_it()
    call.done("rolls to 12")
    call.listen()
    call.say("One moment, please.")
    bens_ear.hears_somebody()
    call.done("One moment")
    call.take_over()
    call.done("Take the call over")
    ear.hears(SUPERVISOR)
    before = ear.heard(AGENT)
    expect(page.get_by_text("A person speaks")).to_be_visible(timeout=WAIT_MS)
    expect(bens.get_by_text("talks to the caller")).to_have_count(0)  # that is somebody else
    keep(bens, "journey-supervision")
    assert ear.heard(AGENT) == before, "the agent spoke while a person talked to the caller"
    call.hand_back()
    ear.hears(AGENT)
    call.correct("sliced").select_option(index=1)
    call.set_it()
    expect(page.get_by_role("log", name="Captions").get_by_text("That is 12 rolls")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("The call is over")).to_be_visible(timeout=WAIT_MS)
    expect(bens.get_by_role("link", name="Look at the whole call")).to_be_visible(timeout=WAIT_MS)
    assert complaints.said == []


def found_afterwards(page: Page, tower: Tower, ear: Ear) -> None:
    """The call stands in the list, with its sound, and what the caller waited for."""
    page.goto(f"{tower.base}/calls")
    page.locator('a[href*="/calls/"]').first.click()
    expect(page.get_by_text("That is 12 rolls").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(FIVE).first).to_be_visible()
    recording = Recording(page, ear)
    caller, agent = recording.bars()
    assert caller >= A_WORD and agent >= A_WORD
    recording.plays()
    transcript = page.get_by_role("region", name="Transcript").last
    expect(transcript.get_by_text(f"{BEN.email} took the call over")).to_be_visible()
    keep(page, "journey-call")
    waterfall = page.get_by_role("region", name="Waterfall")
    expect(waterfall.get_by_role("listitem").first).to_contain_text(FIVE)
    waterfall.get_by_role("button", name="Show as a table").click()
    expect(waterfall.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d m?s"))
    keep(page, "journey-waterfall")


def gone_back(page: Page, tower: Tower) -> None:
    """A second version is published; new calls are given the first again."""
    page.goto(f"{tower.base}/flows/rolls")
    flow = FlowBuilder(page)
    flow.select("end")
    flow.field("Say", exact=True).fill("Thank you. Goodbye.")
    flow.publish("Says no number")
    versions = flow.versions()
    expect(versions.filter(has_text="Version 2")).to_contain_text("published", timeout=WAIT_MS)
    flow.go_back_to(1)
    expect(versions.filter(has_text="Version 1")).to_contain_text("published", timeout=WAIT_MS)
    expect(versions.filter(has_text="Version 2")).not_to_contain_text("published")
    keep(page, "journey-versions")
    page.goto(f"{tower.base}/flows")
    expect(page.get_by_role("row").filter(has_text="rolls")).to_contain_text("Version 1")


def test_a_caller_who_waits_for_a_person_is_talked_to(tower: Tower) -> None:
    with browser() as chromium, another(chromium) as bens:
        page, staff = (
            one.new_context(viewport=WIDE, permissions=["microphone"]).new_page() for one in (chromium, bens)
        )
        complaints, ear = Complaints(page, staff), Ear(page)
        for one in (page, staff):
            tower.enter(one)
        Api(page, tower.url).publish("desk", "main", HANDS_OVER)
        start_call(page, f"{tower.url}/p/desk")
        ear.hears(AGENT)
        staff.goto(f"{tower.url}/p/desk/live")
        staff.get_by_role("button", name="Talk to them").click(timeout=WAIT_MS)
        talks = staff.get_by_role("region", name="You talk to a caller")
        expect(talks.get_by_text("You talk to the caller")).to_be_visible(timeout=WAIT_MS)
        ear.hears(SUPERVISOR)
        with staff.expect_popup() as opened:
            talks.get_by_role("link", name="See the call").click()
        opened.value.close()
        ear.hears(SUPERVISOR)
        keep(staff, "journey-talk")
        talks.get_by_role("button", name="Leave").click()
        expect(page.get_by_text("The call is over")).to_be_visible(timeout=WAIT_MS)
        assert complaints.said == []


def test_a_draft_is_called_by_voice_beside_the_canvas(tower: Tower) -> None:
    with browser() as chromium:
        page = page_of(chromium)
        complaints, ear = Complaints(page), Ear(page)
        tower.enter(page)
        Api(page, tower.url).publish("trials", "main", asks("Who is there?"))
        page.goto(f"{tower.url}/p/trials/flows/main")
        flow = FlowBuilder(page)
        flow.select("ask")
        flow.field("Ask", exact=True).fill("This is the draft. What is your name?")
        flow.panel.get_by_role("tab", name="Try it").click()
        flow.panel.get_by_role("button", name="Call it by voice").click()
        ear.hears(AGENT)
        expect(flow.panel.get_by_text("This is the draft").first).to_be_visible(timeout=WAIT_MS)
        expect(flow.panel.get_by_text("main/ask").first).to_be_visible(timeout=WAIT_MS)
        keep(page, "journey-trial")
        flow.panel.get_by_role("button", name="Hang up", exact=True).click()
        expect(flow.panel.get_by_text("The call is over")).to_be_visible(timeout=WAIT_MS)
        page.goto(f"{tower.url}/p/trials/calls")
        expect(page.get_by_role("main").locator('a[href*="/calls/"]')).to_have_count(0)
        assert complaints.said == []


def test_a_document_is_dragged_in_and_asked_about(tower: Tower, tmp_path: Path) -> None:
    (tmp_path / "hours.txt").write_text(HOURS, encoding="utf-8")
    with browser() as chromium:
        page = page_of(chromium)
        complaints = Complaints(page)
        tower.enter(page)
        knowledge = KnowledgePage(page, tower.base)
        knowledge.drop("returns.pdf", pdf([[(72, 740, 16, "Returns"), *lines_of(RETURNS)]]))
        knowledge.choose(tmp_path / "hours.txt")
        knowledge.send()
        for name in ("returns", "hours"):
            expect(knowledge.source(name)).to_contain_text("Known", timeout=WAIT_MS)
        knowledge.ask("Can I bring back rolls that I bought yesterday?")
        expect(knowledge.answer).to_contain_text("It would answer", timeout=WAIT_MS)
        expect(knowledge.answer).to_contain_text("within two days")
        expect(knowledge.answer).to_contain_text(re.compile("From .*returns", re.I))
        keep(page, "journey-knowledge")
        knowledge.ask("When do you open on Sundays?")
        expect(knowledge.answer).to_contain_text("on Sundays at eight", timeout=WAIT_MS)
        assert complaints.said == []
