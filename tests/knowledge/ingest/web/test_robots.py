"""robots.txt by RFC 9309."""

import pytest

from tollfree.knowledge.ingest.web.robots import MAX_DELAY_S, read_robots

RULES = """
User-agent: other
User-agent: another
Disallow: /

User-agent: *
Crawl-delay: 3600
Disallow: /private
Allow: /private/open
Disallow: /*.gif$   # pictures
Disallow: /search?q=
Disallow:
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/a/b.gif", False),
        ("/a/b.gif.html", True),
        ("/search?q=a", False),
        ("/search", True),
        ("/%70rivate", False),
    ],
)
def test_the_longest_rule_that_fits_decides(path: str, allowed: bool) -> None:
    assert read_robots(RULES, "tollfree").allows(f"http://a.example{path}") is allowed


def test_our_own_group_comes_before_everybodys() -> None:
    text = "User-agent: Tollfree\nDisallow: /x\n\nUser-agent: *\nDisallow: /\n"
    robots = read_robots(text, "tollfree")
    assert robots.allows("http://a/y") and not robots.allows("http://a/x")
    assert not read_robots(RULES, "another").allows("http://a/")


def test_a_delay_is_honoured_within_reason() -> None:
    assert read_robots(RULES, "tollfree").delay_s == MAX_DELAY_S
    assert read_robots("", "tollfree").delay_s == 0 and read_robots("\x00garbage: : :", "x").allows("http://a/")


def test_a_pattern_that_is_made_to_be_tried_in_endless_ways_is_tried_in_one() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "*a" * 40 + "b", "x")
    assert robots.allows("http://a/" + "a" * 2_000)
    assert not robots.allows("http://a/" + "a" * 2_000 + "b")


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [("/*.gif$", "/a.gif", True), ("/*.gif$", "/a.gif.gif", True), ("/a*a$", "/a", False), ("/a$", "/ab", False),
     ("/a*b*c", "/a-c-b-c", True), ("/a**b", "/ab", True), ("/*", "/", True)],
)  # fmt: skip
def test_stars_and_ends_fit_as_the_standard_says(pattern: str, path: str, fits: bool) -> None:
    assert read_robots(f"User-agent: *\nDisallow: {pattern}", "x").allows(f"http://a{path}") is not fits
