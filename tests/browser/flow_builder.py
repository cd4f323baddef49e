"""The flow editor, by mouse and keyboard."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import PATIENCE_S


class FlowBuilder:
    """The open editor of one flow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.palette = page.get_by_role("navigation", name="Kinds of node")
        self.canvas = page.locator(".svelte-flow")
        self.panel = page.get_by_label("Beside the canvas")

    @classmethod
    def begin(cls, page: Page, base: str, title: str) -> "FlowBuilder":
        """A new flow with an empty canvas, from the list of flows."""
        page.goto(f"{base}/flows")
        page.get_by_role("button", name="New flow").click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("checkbox").click()
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/flows/*")
        expect(page.get_by_role("navigation", name="Kinds of node")).to_be_visible()
        return cls(page)

    def add_by_key(self, kind: str) -> None:
        """Enter on a kind puts it on the canvas."""
        self.palette.get_by_role("button", name=kind, exact=True).press("Enter")

    def drag(self, kind: str, x: int, y: int) -> None:
        """A kind is dragged onto the canvas."""
        self.palette.get_by_role("button", name=kind, exact=True).drag_to(self.canvas, target_position={"x": x, "y": y})

    def field(self, label: str, *, exact: bool = False) -> Locator:
        """The field of the panel that is open."""
        return self.panel.get_by_label(label, exact=exact).locator("visible=true").first

    def node(self, name: str) -> Locator:
        """A node's card."""
        return self.canvas.locator(f".svelte-flow__node[data-id='{name}']")

    def select(self, name: str) -> None:
        """Press a node's card."""
        self.node(name).click(position={"x": 60, "y": 24})

    def slot(self, name: str, kind: str, ask: str) -> None:
        """Fill the open slot of an `ask`."""
        self.field("Name").fill(name)
        self.field("Name").press("Tab")
        self.field("Type").select_option(label=kind)
        self.field("Ask", exact=True).fill(ask)

    def wire(self, exit: str, to: str) -> None:
        """By the panel of the node that is open."""
        self.panel.get_by_label(exit, exact=True).locator("visible=true").last.select_option(to)

    def pull(self, node: str, exit: str, to: str) -> None:
        """With the mouse, from an exit's handle to another node."""
        self.page.get_by_role("button", name="See the whole flow").click()
        self.page.wait_for_timeout(700)  # the canvas glides there
        start = self.page.get_by_label(f"Exit {exit} of {node}").bounding_box()
        end = self.page.get_by_label(f"Into {to}").bounding_box()
        assert start is not None and end is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(end["x"] - 30, end["y"], steps=8)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
        mouse.up()

    def cut_by_key(self, node: str, exit: str, to: str) -> None:
        """Take the wire out from its node, and have it back."""
        wire = self.page.get_by_label(f"{exit} of {node} leads to {to}")
        self.select(node)
        for key, there in (("w", 1), ("Delete", 0), ("Control+z", 1)):
            self.page.keyboard.press(key)
            expect(wire).to_have_count(there)

    def faults(self) -> Locator:
        """The list of what is wrong."""
        self.page.get_by_role("tab", name=re.compile("Faults")).click()
        return self.panel

    def go_to(self, fault: str) -> None:
        """Press a fault: its node opens."""
        self.faults().get_by_text(fault).first.click()

    def publish(self, note: str) -> None:
        """With a note, once nothing is wrong."""
        self.page.get_by_role("button", name="Publish").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("What changed").fill(note)
        dialog.get_by_role("button", name=re.compile("Publish")).click()
        expect(dialog).to_be_hidden(timeout=PATIENCE_S * 1000)

    def versions(self) -> Locator:
        """The list of what was published."""
        self.page.get_by_role("tab", name="Versions").click()
        return self.panel.get_by_role("listitem")

    def go_back_to(self, version: int) -> None:
        """Have new calls use a version again; the list of versions is open."""
        self.panel.get_by_role("button", name=f"Have new calls use version {version} again").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Go back").click()
        expect(dialog).to_be_hidden(timeout=PATIENCE_S * 1000)
