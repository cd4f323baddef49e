"""The manifest of this version."""

import pytest
from pydantic import ValidationError

from tollfree.weights.manifest import Inside, Manifest, Model, Part, the_manifest

MODELS = the_manifest().models


@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_every_model_says_whose_it_is_and_can_be_fetched(model: Model) -> None:
    assert model.author and model.licence and model.home.startswith("https://")
    if model.listed_by_hub:
        assert model.large and model.about_bytes > 1e8 and model.hub is not None
        return
    for name in model.files:
        for part in model.parts(name):
            assert model.package(part.package).bytes > 0


def test_the_default_set_is_what_the_embedded_tier_needs_and_nothing_under_special_terms() -> None:
    assert set(the_manifest().defaults) == {
        "tiny.en",
        "kokoro",
        "kokoro-voices",
        "piper",
        "all-MiniLM-L6-v2",
        "silero",
    }


def test_kokoro_has_all_of_its_54_voices() -> None:
    voices = the_manifest().model("kokoro-voices").files
    assert len(voices) == 54
    assert len({file.sha256 for file in voices.values()}) == 54
    assert {file.bytes for file in voices.values()} == {510 * 256 * 4}


def test_the_embedder_pins_the_same_files() -> None:
    from tollfree.language.embed.minilm import SHA256

    files = the_manifest().model("all-MiniLM-L6-v2").files
    assert {name: file.sha256 for name, file in files.items()} == SHA256


@pytest.mark.parametrize("member", ["../up", "/etc/passwd", "a/../b", "a//b", "./a", "a/.hidden", "", "a\\b", "a b"])
def test_no_member_leads_out_of_its_package(member: str) -> None:
    with pytest.raises(ValidationError):
        Part(package="toy", member=member)


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", ""])
def test_no_file_leads_out_of_its_folder(name: str) -> None:
    described = MODELS[0].model_dump()
    described["files"] = {name: {"bytes": 1, "sha256": "0" * 64}}
    with pytest.raises(ValidationError):
        Model.model_validate(described)


def test_a_part_of_an_unknown_package_is_refused() -> None:
    described = MODELS[0].model_dump() | {"inside": Inside(package="other", folder="x").model_dump()}
    with pytest.raises(ValidationError, match="no package 'other'"):
        Model.model_validate(described)


def test_what_the_manifest_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError):
        Manifest.model_validate({"models": [], "more": 1})


def test_a_model_that_its_hub_lists_has_no_packages_and_one_without_a_source_is_refused() -> None:
    described = the_manifest().model("qwen3").model_dump()
    package = MODELS[0].packages[0].model_dump()
    for fault in ({"packages": [package]}, {"about_bytes": 0}, {"hub": None}):
        with pytest.raises(ValidationError, match=r"qwen3: (a model that its hub lists|no files)"):
            Model.model_validate(described | fault)


def test_the_large_ones_are_those_that_a_server_is_given() -> None:
    large = {model.name: model.licence for model in MODELS if model.large}
    assert large == {
        "large-v3-turbo": "MIT",
        "qwen3": "Apache-2.0",
        "kokoro-cuda": "Apache-2.0",
        "glm-4.5-air": "MIT",
        "glm-4.5": "MIT",
    }
    assert not any(model.large for model in MODELS if model.default)
