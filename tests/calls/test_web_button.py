import pytest
from pydantic import ValidationError

from tollfree.calls.web_button import WebButton


@pytest.mark.parametrize(
    ("domain", "origin", "allowed"),
    [
        ("www.example.com", "https://www.example.com", True),
        ("www.example.com", "https://www.example.com:443", True),
        ("www.example.com", "http://www.example.com", False),
        ("www.example.com", "https://www.example.com:8443", False),
        ("www.example.com", "https://example.com", False),
        ("www.example.com", "https://www.example.com.evil.test", False),
        ("www.example.com", "https://evil.test/www.example.com", False),
        ("www.example.com", "https://www.example.com@evil.test", False),
        ("www.example.com", "https://user@www.example.com", False),
        ("www.example.com", "null", False),
        ("www.example.com", "", False),
        ("www.example.com", "https://www.example.com:x", False),
        ("*.example.com", "https://www.example.com", True),
        ("*.example.com", "https://a.b.example.com", True),
        ("*.example.com", "https://example.com", False),
        ("*.example.com", "https://notexample.com", False),
        ("http://localhost:5173", "http://localhost:5173", True),
        ("http://localhost:5173", "https://localhost:5173", False),
        ("https://example.com:8443", "https://example.com:8443", True),
    ],
)
def test_a_site_is_allowed_by_its_very_name(domain: str, origin: str, allowed: bool) -> None:
    assert WebButton(domains=(domain,)).allows(origin) is allowed


def test_no_site_is_allowed_where_none_is_listed() -> None:
    assert not WebButton(enabled=True).allows("https://www.example.com")


@pytest.mark.parametrize(
    "domain", ["*", "*.", "https://*", "exa mple.com", "example.com/x", "EXAMPLE.com", "a.*.com", ""]
)
def test_what_is_no_site_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError, match="is no site"):
        WebButton(domains=(domain,))
