"""A large model comes from a hub: what was listed at the first pull holds, and a broken pull goes on where it was."""

import json
import os
from pathlib import Path

import pytest

from tests.weights.fake_hub import COMMIT, FakeHub, fake_hub
from tests.weights.published import model, sha256
from tollfree.weights.errors import MissingModel, NoRoom, PullFailed
from tollfree.weights.find import find
from tollfree.weights.manifest import Hub, Manifest, ModelFile
from tollfree.weights.pull import Pulled, pull, to_download
from tollfree.weights.verify import verify

WEIGHTS = os.urandom(5000)
FILES = {
    "model.safetensors": WEIGHTS,
    "config.json": b'{"of": "the model"}',
    "empty.json": b"",
    "README.md": b"# A model",
    "original/model.safetensors": b"in a folder",
}
TAKEN = {"model.safetensors", "config.json"}


def manifest(take: tuple[str, ...] = ("*.safetensors", "*.json"), **more: object) -> Manifest:
    hub = Hub(repo="some/model", revision="main", take=take)
    return Manifest(models=(model("toy", [], more.pop("files", {}), hub=hub, about_bytes=5100, large=True, **more),))


def pulled(hub: FakeHub, cache: Path, said: list[str] | None = None, **of: object) -> Pulled:
    say = said.append if said is not None else (lambda line: None)
    return pull("toy", cache, say, manifest=manifest(**of), environ={"HF_ENDPOINT": hub.url})


def part(cache: Path) -> Path:
    return cache / "models" / ".unfinished" / "toy" / "model.safetensors.part"


def test_a_model_comes_whole_with_the_files_that_belong_to_it(cache: Path) -> None:
    said: list[str] = []
    with fake_hub(FILES) as hub:
        found = pulled(hub, cache, said)
    assert set(found.fetched) == TAKEN
    assert {path.name for path in found.model.folder.iterdir()} == TAKEN
    assert found.model.path("model.safetensors").read_bytes() == WEIGHTS
    assert any(f"some/model at {COMMIT[:12]}, 2 files" in line for line in said)
    assert not (cache / "models" / ".unfinished" / "toy").exists()


def test_it_is_found_and_verified_afterwards_without_a_hub(cache: Path) -> None:
    with fake_hub(FILES) as hub:
        pulled(hub, cache)
        asked = len(hub.asked)
        assert pulled(hub, cache).fetched == () and len(hub.asked) == asked
    assert find("toy", cache, manifest=manifest()).path("config.json").read_bytes() == FILES["config.json"]
    assert verify("toy", cache, manifest=manifest()).state == "good"
    assert to_download("toy", cache, manifest=manifest()) == 0


def test_before_the_first_pull_it_is_missing_and_its_size_is_about(cache: Path) -> None:
    assert verify("toy", cache, manifest=manifest()).state == "missing"
    assert to_download("toy", cache, manifest=manifest()) == 5100
    with pytest.raises(MissingModel, match="tollfree models pull toy"):
        find("toy", cache, manifest=manifest())


def test_what_was_listed_first_is_pinned_whatever_the_hub_says_later(cache: Path) -> None:
    with fake_hub(FILES) as hub:
        pulled(hub, cache)
        hub.files["model.safetensors"] = os.urandom(5000)
        (cache / "models" / "toy" / "model.safetensors").write_bytes(b"damaged")
        with pytest.raises(PullFailed, match=f"not the pinned {sha256(WEIGHTS)}"):
            pulled(hub, cache)
        hub.files["model.safetensors"] = WEIGHTS
        assert pulled(hub, cache).fetched == ("model.safetensors",)
    pins = json.loads((cache / "models" / ".pins" / "toy.json").read_text())
    assert pins["commit"] == COMMIT and pins["files"]["model.safetensors"]["sha256"] == sha256(WEIGHTS)


def test_a_file_that_the_manifest_knows_must_be_the_one_that_the_hub_lists(cache: Path) -> None:
    known = {"model.safetensors": ModelFile(bytes=5000, sha256="0" * 64)}
    with fake_hub(FILES) as hub, pytest.raises(PullFailed, match="is not the file that the manifest knows"):
        pulled(hub, cache, files=known)
    assert not (cache / "models" / ".pins" / "toy.json").exists()
    with fake_hub(FILES) as hub:
        assert pulled(hub, cache, files={"model.safetensors": ModelFile(bytes=5000, sha256=sha256(WEIGHTS))}).fetched


def test_a_pull_that_was_stopped_goes_on_where_it_was(cache: Path) -> None:
    with fake_hub(FILES) as hub:
        part(cache).parent.mkdir(parents=True)
        part(cache).write_bytes(WEIGHTS[:3000])
        assert pulled(hub, cache).model.path("model.safetensors").read_bytes() == WEIGHTS
        assert hub.fetched("model.safetensors") == ["bytes=3000-"]


def test_a_connection_that_breaks_again_and_again_is_gone_on_with_as_long_as_something_comes(cache: Path) -> None:
    with fake_hub(FILES, cut_after=900) as hub:
        assert pulled(hub, cache).model.path("model.safetensors").read_bytes() == WEIGHTS
        starts = [range.removeprefix("bytes=").rstrip("-") or "0" for range in hub.fetched("model.safetensors")]
    assert [int(start) for start in starts] == [0, 900, 1800, 2700, 3600, 4500]


def test_one_that_brings_nothing_is_given_up_and_what_came_is_kept(cache: Path) -> None:
    with fake_hub(FILES) as hub:
        pulled(hub, cache, take=("*.json",))
    with fake_hub(FILES, cut_after=0) as hub:
        part(cache).parent.mkdir(parents=True, exist_ok=True)
        part(cache).write_bytes(WEIGHTS[:3000])
        (cache / "models" / ".pins" / "toy.json").unlink()
        hub.files.pop("config.json")
        with pytest.raises(PullFailed, match="What has arrived is kept") as caught:
            pulled(hub, cache)
    assert caught.value.retryable and part(cache).read_bytes() == WEIGHTS[:3000]


def test_a_hub_without_ranges_sends_it_whole(cache: Path) -> None:
    with fake_hub(FILES, ranges=False) as hub:
        part(cache).parent.mkdir(parents=True)
        part(cache).write_bytes(b"x" * 3000)
        assert pulled(hub, cache).model.path("model.safetensors").read_bytes() == WEIGHTS


def test_a_part_of_something_else_is_thrown_away_and_told(cache: Path) -> None:
    with fake_hub(FILES) as hub:
        part(cache).parent.mkdir(parents=True)
        part(cache).write_bytes(b"x" * 3000)
        with pytest.raises(PullFailed, match="thrown away"):
            pulled(hub, cache)
        assert not part(cache).exists()
        part(cache).write_bytes(b"longer than the file" * 1000)
        assert pulled(hub, cache).fetched


def test_a_small_file_must_be_what_git_says(cache: Path) -> None:
    with fake_hub(FILES, serves={"config.json": b'{"of": "another"}'}) as hub:
        with pytest.raises(PullFailed, match=r"config\.json .* another content than the hub lists"):
            pulled(hub, cache)
    assert not (cache / "models" / ".pins" / "toy.json").exists()


def test_a_hub_that_cannot_be_reached_is_said_so_plainly(cache: Path) -> None:
    with pytest.raises(PullFailed, match="cannot be reached") as caught:
        pull("toy", cache, manifest=manifest(), environ={"HF_ENDPOINT": "http://127.0.0.1:1"})
    assert "HF_ENDPOINT" in caught.value.message and caught.value.retryable


def test_a_hub_that_is_switched_off_is_not_asked(cache: Path) -> None:
    with fake_hub(FILES) as hub, pytest.raises(PullFailed, match="switched off by HF_HUB_OFFLINE"):
        pull("toy", cache, manifest=manifest(), environ={"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "1"})
    assert hub.asked == []


def test_a_repository_that_is_not_there_or_has_none_of_the_files_is_told(cache: Path) -> None:
    with fake_hub(FILES, lists=False) as hub, pytest.raises(PullFailed, match="no some/model at revision main"):
        pulled(hub, cache)
    with fake_hub({"README.md": b"nothing else"}) as hub, pytest.raises(PullFailed, match="none of the model's files"):
        pulled(hub, cache)


def test_no_name_that_a_hub_lists_leads_out_of_the_folder(cache: Path) -> None:
    with fake_hub({**FILES, "..json": b"{}"}) as hub, pytest.raises(PullFailed, match="no plain name"):
        pulled(hub, cache)
    assert not (cache / "models" / "toy" / "..json").exists()


def test_a_model_larger_than_the_disk_is_not_begun(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_hub(FILES) as hub:
        listed = hub.listing()
        huge = {"rfilename": "model.safetensors", "lfs": {"sha256": "0" * 64, "size": 10**18, "pointerSize": 1}}
        monkeypatch.setattr(hub, "listing", lambda: {**listed, "siblings": [huge]})
        with pytest.raises(NoRoom, match="MB are free"):
            pulled(hub, cache)
    assert hub.fetched("model.safetensors") == []
