"""Sitemaps: what they list, and what a hostile one may not do."""

import gzip

import pytest

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.web.sitemap import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, Sitemap, read_sitemap

SPACE = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
LISTED = f"""<?xml version="1.0" encoding="ENCODING"?>
<urlset {SPACE}>
  <url><loc> http://a.example/?a=1&amp;b=\u00e9 </loc><image:image><image:loc>http://a.example/x.png</image:loc></image:image></url>
  <url><lastmod>2026-01-02</lastmod><loc><![CDATA[http://a.example/b]]></loc></url>
  <url><loc></loc></url>
</urlset>"""
ENTITIES = '<!DOCTYPE urlset [<!ENTITY a "b">]>'


def refusal(body: bytes) -> str:
    with pytest.raises(BadDocument) as caught:
        read_sitemap(body)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_it_lists_its_pages_in_order_in_whatever_encoding(encoding: str) -> None:
    body = LISTED.replace("ENCODING", encoding).encode(encoding)
    pages = ("http://a.example/?a=1&b=\u00e9", "http://a.example/b")
    assert read_sitemap(body) == read_sitemap(gzip.compress(body)) == Sitemap(pages=pages)


def test_an_index_lists_sitemaps() -> None:
    body = b"<s:sitemapindex xmlns:s='x'><s:sitemap><s:loc>http://a.example/1.xml</s:loc></s:sitemap></s:sitemapindex>"
    assert read_sitemap(body) == Sitemap(sitemaps=("http://a.example/1.xml",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "<!-- " + "x" * 100_000 + " -->"])
def test_what_declares_entities_is_refused_wherever_and_in_whatever_encoding(encoding: str, before: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    assert refusal(f"{mark}{before}{ENTITIES}<urlset/>".encode(encoding)) == "bomb"


def test_so_many_elements_and_no_more() -> None:
    assert refusal(b"<urlset>" + b"<a/>" * MAX_ELEMENTS + b"</urlset>") == "too_large"
    assert read_sitemap(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH) == Sitemap()
    assert refusal(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1)) == "too_large"


def test_what_unfolds_without_end_is_refused() -> None:
    assert refusal(gzip.compress(b" " * (MAX_BYTES + 1))) == "bomb"


def test_an_address_without_end_is_passed_over() -> None:
    assert read_sitemap(b"<urlset><url><loc>http://a.example/" + b"x" * 100_000 + b"</loc></url></urlset>") == Sitemap()


@pytest.mark.parametrize(
    "body", [b"", b"<urlset>", b"plain", b'<?xml version="1.0" encoding="no-such"?><urlset/>', b"\x1f\x8bgarbage"]
)
def test_what_is_no_sitemap_is_told_in_our_words(body: bytes) -> None:
    assert refusal(body) == "damaged"
