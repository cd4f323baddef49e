"""The people before the browsers: the first admin, and those whom they ask in."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.api import Api


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    name: str
    email: str
    password: str


ADA = Person("Ada", "ada@example.com", "nine larks over Leith")
"""The first admin."""
BEN = Person("Ben", "ben@example.com", "two otters under ice")
"""A supervisor, and nothing more."""
INSIDE = "**/p/**"
"""Where everybody comes to who was let in: a page of a project, by way of others."""


def become_admin(page: Page, first: str) -> None:
    """Make the first admin by the link, in the browser."""
    page.goto(first)
    page.get_by_label("Your name").fill(ADA.name)
    page.get_by_label("E-mail").fill(ADA.email)
    for field in page.locator("input[type=password]").all():
        field.fill(ADA.password)
    page.keyboard.press("Enter")
    page.wait_for_url(INSIDE)


def sign_in(page: Page, url: str, who: Person) -> None:
    """With their password, in the browser."""
    page.goto(f"{url}/signin")
    page.locator("input[type=email]").fill(who.email)
    page.locator("input[type=password]").fill(who.password)
    page.keyboard.press("Enter")
    page.wait_for_url(INSIDE)


def ask_in(admin: Api, who: Person, **roles: str) -> str:
    """Give somebody an account, and a role by project: the link by which they set their password."""
    added = admin.send("POST", "/users", {"email": who.email, "name": who.name})
    for project, role in roles.items():
        admin.send("POST", f"/projects/{project}/members", {"email": who.email, "role": role})
    return added["password"]["link"]


def set_password(page: Page, link: str, who: Person) -> None:
    """By the link that they were given; they are signed in then."""
    page.goto(link)
    page.get_by_label("The password again").fill(who.password)
    page.get_by_label("Password").first.fill(who.password)
    page.keyboard.press("Enter")
    page.wait_for_url(INSIDE)
