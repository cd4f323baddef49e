"""The whole product as `tollfree up` starts it, with a home of its own, and a browser before it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page, sync_playwright

from tests.fakes.patience import PATIENCE_S
from tollfree.worker.process import PROGRAM

ROOT = Path(__file__).parents[2]
AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
VOICE = "piper:en_US-joe-medium"
"""The agent's: the quickest there is."""


def missing() -> str:
    """What is not on this machine; empty: nothing."""
    if shutil.which("chromium") is None:
        return "Chromium is not installed (Debian: apt-get install chromium)"
    if not (ROOT / "dashboard" / "build" / "index.html").is_file():
        return "the dashboard is not built (scripts/dashboard)"
    return ""


@dataclass
class Up:
    """A running `tollfree up`."""

    process: "subprocess.Popen[str]"
    said: "Queue[dict[str, Any]]"
    home: Path

    def wait_for(self, kind: str) -> dict[str, Any]:
        """The next thing of this kind that it says."""
        while True:
            try:
                said = self.said.get(timeout=PATIENCE_S)
            except Empty:
                logs = [*self.home.glob("*/*.log")]
                raise AssertionError(f"nothing was said of {kind}; see {logs}") from None
            if said["type"] == kind:
                return said


@contextmanager
def up(home: Path, **environ: str) -> Iterator[Up]:
    """`tollfree up` for as long as this lasts."""
    env = {
        **os.environ,
        "TOLLFREE_LIVEKIT_PORT": "0",
        "TOLLFREE_SERVER_PORT": "0",
        "TOLLFREE_VOICE": VOICE,
        "TOLLFREE_WORKER_MAX_CALLS": "2",
        "TOLLFREE_WORKER_WARM_PROCESSES": "1",
        "TOLLFREE_LISTENING__LATE_TRANSCRIPT_MS": "8000",
        **environ,
    }
    command = [sys.executable, "-c", PROGRAM, "--home", str(home), "up", "--json"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    said: Queue[dict[str, Any]] = Queue()
    assert process.stdout is not None
    lines = process.stdout
    Thread(target=lambda: [said.put(json.loads(line)) for line in lines], daemon=True).start()
    try:
        yield Up(process, said, home)
    finally:
        for _ in range(2):  # the second ends calls that run
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            process.kill()
            process.wait()
        lines.close()


@contextmanager
def browser(microphone: str = "") -> Iterator[Browser]:
    """Chromium. `microphone`: the wav file that it hears."""
    with sync_playwright() as playwright, closing(_launch(playwright.chromium, microphone)) as opened:
        yield opened


def another(browser: Browser, microphone: str = "") -> "closing[Browser]":
    """A second Chromium, on another computer as it were: with a microphone of its own."""
    return closing(_launch(browser.browser_type, microphone))


def _launch(chromium: BrowserType, microphone: str) -> Browser:
    given = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required",
    ]
    if microphone:
        given.append(f"--use-file-for-fake-audio-capture={microphone}")
    if os.getuid() == 0:
        given.append("--no-sandbox")  # Chromium's own refuses to run as root
    return chromium.launch(executable_path=shutil.which("chromium"), args=given)


class Complaints:
    """What pages say that they should not: errors of the console, and of scripts."""

    EXPECTED = re.compile(r"status of (401|403|404|409|412|422)")
    """Refusals that a test asks for; Chromium writes each to the console."""

    def __init__(self, *pages: Page) -> None:
        self.said: list[str] = []
        for page in pages:
            page.on("console", self._console)
            page.on("pageerror", lambda error: self.said.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self.EXPECTED.search(message.text):
            self.said.append(f"{message.text} ({message.location.get('url', '')})")


def serious(page: Page) -> list[str]:
    """What axe-core finds on a page that is serious or worse. The page's policy must allow it: `bypass_csp`."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']} ({', '.join(str(node['target']) for node in one['nodes'][:3])})"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
