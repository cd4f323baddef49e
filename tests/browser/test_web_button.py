"""The call button on a web site of somebody else's: a visitor agrees, calls, hears, is heard, reads along and hangs up;
a site that is not allowed has no call."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.api import Api
from tests.browser.caller import microphone
from tests.browser.ear import Ear
from tests.browser.flows import asks
from tests.browser.pictures import keep
from tests.browser.site import CallButton, site
from tests.browser.stack import Complaints, browser, serious
from tests.browser.tower import Tower, tower_in

pytestmark = pytest.mark.livekit
AGENT = 0
TITLE, CONSENT = "Ring the bakery", "A machine answers, and the call is kept."


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tower]:
    with tower_in(tmp_path_factory.mktemp("tower")) as running:
        yield running


def test_a_visitor_calls_from_an_allowed_site_and_from_no_other(tower: Tower, tmp_path: Path) -> None:
    words = microphone(tmp_path / "visitor.wav", 12, "My name is Rosa.", again=True)
    with browser(words) as chromium, site(tower.url, "shop") as allowed, site(tower.url, "shop") as foreign:
        admin = chromium.new_page()
        tower.enter(admin)
        api = Api(admin, tower.url)
        api.publish("shop", "main", asks("Hello. What is your name?", goodbye="Thank you. Goodbye."))
        web = {"enabled": True, "domains": [allowed], "title": TITLE, "consent": CONSENT}
        api.send("PUT", "/projects/shop/agents/main", {"flow": "main", "web": web}, If_None_Match="*")

        visitor = chromium.new_context(permissions=["microphone"]).new_page()
        complaints, ear = Complaints(visitor), Ear(visitor)
        button = CallButton(visitor, allowed)
        button.begin(TITLE, CONSENT)
        ear.hears(AGENT)
        button.says("What is your name?")
        for told in ("You are muted.", "You are heard again."):
            button.named("Mute").click()
            button.says(told)
        keep(visitor, "web-button")
        button.says("Rosa")
        button.says("The call is over.")
        assert complaints.said == []

        looked = chromium.new_context(bypass_csp=True).new_page()
        CallButton(looked, allowed).named(TITLE).click()
        assert serious(looked) == []

        button = CallButton(visitor, foreign)
        button.says("may not")
        assert button.named("Call us").is_disabled()
