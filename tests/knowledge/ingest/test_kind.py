"""What a file is, by its content."""

from pathlib import Path

import pytest

from tests.knowledge.ingest import papers
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Faults
from tollfree.knowledge.ingest.kind import Kind, kind_of
from tollfree.knowledge.ingest.zip_check import check_zip


def kind(path: Path, data: bytes) -> tuple[Kind, list[str]]:
    path.write_bytes(data)
    faults = Faults(str(path))
    return kind_of(path, path.name, faults), [fault.code for fault in faults.found]


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.pdf", b"%PDF-1.7\n", Kind.PDF),
        ("a.html", b"<!DOCTYPE html><p>x", Kind.HTML),
        ("a", b"\n<html><body>x", Kind.HTML),
        ("a.json", b'{"a": 1}', Kind.JSON),
        ("a.json", b'[{"a": "' + b"x" * 100_000, Kind.JSON),
        ("a.md", b"# A\n", Kind.MARKDOWN),
        ("a.csv", b"a,b\n", Kind.CSV),
        ("a.tsv", b"a\tb\n", Kind.CSV),
        ("a", b"a;b\n1;2\n3;4\n", Kind.CSV),
        ("a.txt", b"one, two\nthree, four\nfive, six\n", Kind.TEXT),
        ("a.txt", "Grüße".encode("utf-16"), Kind.TEXT),
        ("a.rst", b"plain words", Kind.TEXT),
    ],
)
def test_the_content_says_what_a_file_is(tmp_path: Path, name: str, data: bytes, found: Kind) -> None:
    assert kind(tmp_path / name, data) == (found, [])


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.docx", b"%PDF-1.7\n", Kind.PDF),
        ("a.pdf", b"only words", Kind.TEXT),
        ("a.csv", b"<html><table>", Kind.HTML),
        ("a.json", b"only words", Kind.TEXT),
    ],
)
def test_a_wrong_extension_is_noted_and_the_content_believed(
    tmp_path: Path, name: str, data: bytes, found: Kind
) -> None:
    assert kind(tmp_path / name, data) == (found, ["wrong_extension"])


def test_office_documents_are_told_apart_whatever_they_are_called(tmp_path: Path) -> None:
    for make, found in ((papers.handbook, Kind.DOCX), (papers.slides, Kind.PPTX), (papers.price_list, Kind.XLSX)):
        faults = Faults("a")
        assert kind_of(make(tmp_path / "a.bin"), "a.bin", faults) is found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\x89PNG\r\n", "not_supported"),
        (b"\x00\x01\x02\x03" * 100, "not_supported"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "not_supported"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(BadDocument) as caught:
        kind(tmp_path / "a.docx", data)
    assert caught.value.code == code and caught.value.message.endswith(".")


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(BadDocument) as caught:
        check_zip(papers.zip_bomb(tmp_path / "a.docx"))
    assert caught.value.code == "bomb"


def test_an_entity_bomb_is_not_opened(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(BadDocument) as caught:
        check_zip(path)
    assert caught.value.code == "bomb"


def test_real_documents_pass(tmp_path: Path) -> None:
    check_zip(papers.handbook(tmp_path / "a.docx"))
    check_zip(papers.price_list(tmp_path / "a.xlsx"))
