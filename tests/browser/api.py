"""The API, for what a test needs and no page has to show."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page


class Api:
    """As whoever is signed in on a page."""

    def __init__(self, page: Page, url: str) -> None:
        self._requests = page.request
        self._base = f"{url}/api/v1"
        self._csrf: str = self._requests.get(f"{self._base}/session").json()["csrf"]

    def send(self, method: str, path: str, data: object, **headers: str) -> Any:
        """What it answers; it must not refuse."""
        given: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._requests.fetch(
            f"{self._base}{path}", method=method, data=data, headers={"X-CSRF-Token": self._csrf, **given}
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json()

    def publish(self, project: str, flow: str, document: Mapping[str, object]) -> None:
        """A project with one flow, which its callers get."""
        self.send("POST", "/projects", {"id": project, "name": project})
        flows = f"/projects/{project}/flows/{flow}"
        self.send("PUT", f"{flows}/draft", {"document": document}, If_None_Match="*")
        self.send("POST", f"{flows}/publish", {})
