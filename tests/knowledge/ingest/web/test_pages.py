"""Web pages: one, a sitemap, a crawl; and everything that a server may do to whoever fetches from it."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.calls.tools.little_server import LittleServer, Received, response
from tests.knowledge.ingest.shelf import MemoryWriter, ingesting
from tollfree.knowledge.ingest.report import Outcome, Report
from tollfree.knowledge.ingest.source import Source
from tollfree.knowledge.ingest.web.fetch import Limits
from tollfree.knowledge.ingest.web.links import MAX_ANCHORS, MAX_LINKS, Links, links_in

LONG = "It is a sentence that a page needs some of before anybody takes it for a page. " * 6


def page(title: str, body: str = "", links: tuple[str, ...] = (), **headers: str) -> bytes:
    anchors = "".join(f'<a href="{link}">go on</a> ' for link in links)
    main = f"<main><h1>{title}</h1><p>{body} {LONG}</p></main>"
    text = f"<html><head><title>{title}</title></head><body>{main}{anchors}</body></html>"
    return response(raw=text.encode(), headers={"content-type": "text/html; charset=utf-8", **headers})


async def taken(tmp_path: Path, server: LittleServer, path: str, writer: MemoryWriter, **wanted: int | None) -> Report:
    limits = Limits(total_s=1.0, max_bytes=1 << 20)
    async with ingesting(tmp_path / "k", writer, allowed=[server.host], limits=limits, target=300) as ingest:
        return await ingest.add([Source.of(f"http://{server.host}{path}", **wanted)])  # type: ignore[arg-type]


def codes(report: Report) -> list[str]:
    return [fault.code for fault in report.faults]


async def test_one_page_comes_in_with_its_title_and_address(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/hours", page("Our hours", "We open at nine."))
        report = await taken(tmp_path, server, "/hours#today", writer)
        [one] = writer.passages.values()
        assert (one.title, one.url, one.source) == ("Our hours", f"http://{server.host}/hours", one.url)
        assert "We open at nine" in one.text and one.language == "en" and report.count(Outcome.ADDED) == 1


async def test_a_page_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/", page("A", etag='"1"', **{"last-modified": "Mon, 05 Jan 2026 10:00:00 GMT"}), response(304))
        await taken(tmp_path, server, "/", writer)
        report = await taken(tmp_path, server, "/", writer)
        assert report.count(Outcome.UNCHANGED) == 1
        asked = server.received[1].headers
        assert asked["if-none-match"] == '"1"' and asked["if-modified-since"].startswith("Mon, 05 Jan")
        server.on("/", page("A"))
        assert (await taken(tmp_path, server, "/", writer)).count(Outcome.UNCHANGED) == 1


async def test_a_crawl_stays_on_its_site_and_within_its_limits(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server, LittleServer() as other:
        server.on(
            "/", page("Home", links=("/a", "/b#x", f"http://{other.host}/", "mailto:a@b.c", "/closed/x", "/file.png"))
        )
        server.on("/a", page("A", "a", links=("/", "/deep")))
        server.on("/b", page("B", "b"))
        server.on("/deep", page("Deep", links=("/deeper",)))
        server.on("/file.png", response(raw=b"\x89PNG", headers={"content-type": "image/png"}))
        server.on(
            "/robots.txt", response(raw=b"User-agent: *\nDisallow: /closed", headers={"content-type": "text/plain"})
        )
        report = await taken(tmp_path, server, "/", writer, crawl=20, depth=2)
        assert sorted(one.title for one in writer.passages.values()) == ["A", "B", "Deep", "Home"]
        assert "/closed/x" not in {one.target for one in server.received} and other.connections == 0
        assert "/deeper" not in {one.target for one in server.received}
        assert codes(report) == ["robots"]
        again = await taken(tmp_path, server, "/", MemoryWriter(), crawl=2, depth=2)
        assert "limit" in codes(again)


async def test_a_page_that_has_gone_from_a_site_is_forgotten_and_one_that_fails_is_not(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/", page("Home", links=("/a", "/b")), page("Home", "now", links=("/b",)))
        server.on("/a", page("A", "a"))
        server.on("/b", page("B", "b"), response(500))
        await taken(tmp_path, server, "/", writer, crawl=9)
        report = await taken(tmp_path, server, "/", writer, crawl=9)
        assert {one.title for one in writer.passages.values()} == {"Home", "A", "B"} and "http_500" in codes(report)
        server.on("/b", page("B", "b"))
        await taken(tmp_path, server, "/", writer, crawl=9)
        assert {one.title for one in writer.passages.values()} == {"Home", "B"}
        server.on("/b", response(404))
        await taken(tmp_path, server, "/", writer, crawl=9)
        assert {one.title for one in writer.passages.values()} == {"Home"}


async def test_a_site_without_end_ends_at_the_limit(tmp_path: Path) -> None:
    writer = MemoryWriter()

    async def endless(request: Received, out: asyncio.StreamWriter) -> None:
        number = int(request.target.rpartition("=")[2] or 0) if "=" in request.target else 0
        out.write(page(f"Page {number}", f"number {number}", links=(f"/?n={number + 1}", f"/?n={number + 2}")))
        await out.drain()

    async with LittleServer() as server:
        server.on("/", endless)
        report = await taken(tmp_path, server, "/", writer, crawl=12, depth=20)
    assert len({one.url for one in writer.passages.values()}) == 12 and "limit" in codes(report)


async def test_a_site_that_shows_the_same_page_under_every_address_ends_too(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/", page("Same", links=("/?session=1", "/?session=2", "/?session=3")))
        report = await taken(tmp_path, server, "/", writer, crawl=50)
        assert len(report.documents) == 1 and len(server.received) == 5


async def test_the_pages_of_a_sitemap_come_in_and_only_those_of_its_site(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        here = f"http://{server.host}"
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        index = f"<sitemapindex {space}><sitemap><loc>{here}/sitemap-1.xml</loc></sitemap></sitemapindex>"
        listed = "".join(f"<url><loc>{url}</loc></url>" for url in (f"{here}/a", f" {here}/b ", "http://example.com/"))
        xml = {"content-type": "application/xml"}
        server.on("/sitemap.xml", response(raw=index.encode(), headers=xml))
        server.on("/sitemap-1.xml", response(raw=f"<urlset {space}>{listed}</urlset>".encode(), headers=xml))
        server.on("/a", page("A", "a"))
        server.on("/b", page("B", "b"))
        report = await taken(tmp_path, server, "/sitemap.xml", writer)
        assert {one.title for one in writer.passages.values()} == {"A", "B"} and not report.faults
        bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><urlset/>'
        server.on("/sitemap.xml", response(raw=bomb, headers=xml))
        report = await taken(tmp_path, server, "/sitemap.xml", writer)
        assert codes(report) == ["bomb"] and len(writer.passages) == 2


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
    ],
)
async def test_a_page_that_redirects_inside_is_refused(tmp_path: Path, location: str) -> None:
    async with LittleServer() as server:
        server.on("/", response(302, headers={"location": location}))
        report = await taken(tmp_path, server, "/", MemoryWriter())
    [fault] = report.faults
    assert fault.code == "forbidden_host" and "allowed" in fault.message


async def test_a_host_inside_is_refused_unless_the_owner_lists_it(tmp_path: Path) -> None:
    async with LittleServer() as server, ingesting(tmp_path / "k", MemoryWriter()) as ingest:
        report = await ingest.add([Source.of(f"http://{server.host}/")])
        assert codes(report) == ["forbidden_host"] and server.connections == 0
        assert "allowed_hosts in project.yaml" in report.faults[0].message


async def test_a_connection_that_drips_ends_at_the_deadline(tmp_path: Path) -> None:
    async def drip(request: Received, out: asyncio.StreamWriter) -> None:
        out.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 10000\r\n\r\n")
        while True:
            out.write(b"x")
            await out.drain()
            await asyncio.sleep(0.05)

    async with LittleServer() as server:
        server.on("/", drip)
        began = time.monotonic()
        report = await taken(tmp_path, server, "/", MemoryWriter())
    assert codes(report) == ["timeout"] and time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (response(404), "http_404"),
        (response(500), "http_500"),
        (response(302, headers={"location": "/"}), "bad_redirect"),
        (response(302), "bad_redirect"),
        (response(raw=b"x" * (2 << 20), headers={"content-type": "text/html"}), "too_large"),
        (response(raw=b"x", headers={"content-type": "video/mp4"}), "not_supported"),
        (response(raw=b"<html></html>", headers={"content-type": "text/html"}), "no_text"),
        (b"garbage\r\n\r\n", "unreachable"),
    ],
)
async def test_what_is_no_page_is_told(tmp_path: Path, answer: bytes, code: str) -> None:
    async with LittleServer() as server:
        server.on("/", answer)
        report = await taken(tmp_path, server, "/", MemoryWriter())
    assert codes(report) == [code] and report.faults[0].serious


async def test_a_document_on_the_web_is_read_by_its_content(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/stores", response(raw=b"City,Open\nRome,yes\n", headers={"content-type": "text/csv"}))
        await taken(tmp_path, server, "/stores", writer)
    assert writer.texts == ["City: Rome; Open: yes"]


async def test_a_page_may_not_lead_into_what_only_the_projects_tools_are_meant_to_reach(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server, LittleServer() as backend:
        server.on("/", response(302, headers={"location": f"http://{backend.host}/customers"}))
        allowed = [server.host, backend.host]
        async with ingesting(tmp_path / "k", writer, allowed=allowed, limits=Limits(total_s=1.0), target=300) as ingest:
            report = await ingest.add([Source.of(f"http://{server.host}/")])
        assert codes(report) == ["forbidden_host"]
        assert backend.connections == 0 and writer.passages == {}


async def test_a_site_that_leads_elsewhere_all_at_once_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/", page("Home", links=("/a",)))
        server.on("/a", page("A", "a"))
        await taken(tmp_path, server, "/", writer, crawl=20)
        known = set(writer.passages)
        server.on("/", response(302, headers={"location": "http://elsewhere.example/"}))
        report = await taken(tmp_path, server, "/", writer, crawl=20)
        assert codes(report) != [] and set(writer.passages) == known


async def test_a_limit_that_is_reached_forgets_nothing(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/", page("Home", links=("/a", "/b")))
        server.on("/a", page("A", "a"))
        server.on("/b", page("B", "b"))
        await taken(tmp_path, server, "/", writer, crawl=20)
        await taken(tmp_path, server, "/", writer, crawl=2)
        assert sorted(one.title for one in writer.passages.values()) == ["A", "B", "Home"]


async def test_a_page_with_links_without_end_is_cut_and_that_is_told(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        server.on("/robots.txt", response(raw=b"User-agent: *\nDisallow: /x", headers={"content-type": "text/plain"}))
        server.on("/", page("Home", links=("/a",)))
        server.on("/a", page("A", "a"))
        await taken(tmp_path, server, "/", writer, crawl=2)
        server.on("/", page("Home", "now", links=tuple(f"/x{n}" for n in range(1_000))))
        report = await taken(tmp_path, server, "/", writer, crawl=2)
        [limit] = [fault for fault in report.faults if fault.code == "limit"]
        assert "others were left out" in limit.message and limit.remedy
        assert "robots" in codes(report)
        assert {one.title for one in writer.passages.values()} == {"Home", "A"}, "nothing is gone for sure"


def test_of_a_page_with_a_million_links_so_many_are_looked_at() -> None:
    found = links_in(b"<base href='/deep/'>" * 3 + b"<a href=a>a</a>" * (MAX_ANCHORS + 1), "http://a.example/")
    assert found == Links(urls=("http://a.example/deep/a",), all=False)
    many = "".join(f"<a href=/{number}>x</a>" for number in range(MAX_LINKS + 1))
    found = links_in(many.encode(), "http://a.example/")
    assert len(found.urls) == MAX_LINKS and not found.all
    assert links_in(b"<a href=/1>x</a>", "http://a.example/") == Links(urls=("http://a.example/1",))
    assert links_in(b"<!-- nothing -->", "http://a.example/") == Links()


async def test_a_redirect_leads_to_nothing_that_robots_txt_closes(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server:
        rules = b"User-agent: *\nDisallow: /closed"
        server.on("/robots.txt", response(raw=rules, headers={"content-type": "text/plain"}))
        server.on("/", page("Home", links=("/a", "/b")))
        server.on("/a", response(302, headers={"location": "/closed/secret"}))
        server.on("/b", response(302, headers={"location": "/c"}))
        server.on("/c", page("C", "c"))
        server.on("/closed/secret", page("Secret", "closed"))
        report = await taken(tmp_path, server, "/", writer, crawl=20)
        assert "/closed/secret" not in {one.target for one in server.received}
        assert {one.title for one in writer.passages.values()} == {"Home", "C"} and codes(report) == ["robots"]
        server.on("/", response(302, headers={"location": "/closed/secret"}))
        report = await taken(tmp_path, server, "/", writer, crawl=20)
        assert "/closed/secret" not in {one.target for one in server.received}
        assert codes(report) == ["robots"] and "/closed/secret" in report.faults[0].message
        assert {one.title for one in writer.passages.values()} == {"Home", "C"}


@pytest.mark.parametrize(("path", "crawl"), [("/", 20), ("/sitemap.xml", None)])
async def test_a_site_that_redirects_to_another_host_is_not_followed_there(
    tmp_path: Path, path: str, crawl: int | None
) -> None:
    async with LittleServer() as server, LittleServer() as other:
        other.on(path, page("Other"))
        server.on(path, response(302, headers={"location": f"http://{other.host}{path}"}))
        allowed = [server.host, other.host]
        async with ingesting(tmp_path / "k", MemoryWriter(), allowed=allowed, limits=Limits(total_s=1.0)) as ingest:
            report = await ingest.add([Source.of(f"http://{server.host}{path}", crawl=crawl)])
        assert codes(report) == ["moved"] and other.connections == 0
        assert other.host in report.faults[0].message and report.faults[0].remedy == "Add that address instead."


async def test_a_page_that_redirects_to_another_host_is_passed_over_without_asking_there(tmp_path: Path) -> None:
    writer = MemoryWriter()
    async with LittleServer() as server, LittleServer() as other:
        server.on("/", page("Home", links=("/a", "/b")))
        server.on("/a", page("A", "a"), response(302, headers={"location": f"http://{other.host}/"}))
        server.on("/b", page("B", "b"))
        await taken(tmp_path, server, "/", writer, crawl=20)
        report = await taken(tmp_path, server, "/", writer, crawl=20)
        assert other.connections == 0 and not report.faults
        assert {one.title for one in writer.passages.values()} == {"Home", "B"}
