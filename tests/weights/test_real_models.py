"""The real files, where set-up has fetched them."""

import pytest

from tollfree.weights.manifest import the_manifest
from tollfree.weights.verify import verify
from tollfree.wiring.settings import Settings


@pytest.mark.parametrize("name", [model.name for model in the_manifest().models])
def test_the_real_files_are_the_pinned_ones(name: str) -> None:
    check = verify(name, Settings().cache, trust=True)
    if check.state == "missing":
        pytest.skip(f"{name} is not on this machine: tollfree models pull {name}")
    assert check.state == "good", [file for file in check.files if file.state != "good"]
    for file in check.files:
        assert file.path.stat().st_size == check.model.files[file.name].bytes
