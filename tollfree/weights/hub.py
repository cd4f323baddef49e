"""Fetches files from a model hub by its own client, where one can be reached."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from tollfree.weights.clients import SourceFailed
from tollfree.weights.manifest import Hub

OFFLINE = frozenset({"1", "on", "yes", "true"})
"""Values of HF_HUB_OFFLINE that the client takes for yes."""


def fetch_from_hub(hub: Hub, name: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """One file of a model, unchecked, in a folder of ours. Raises `SourceFailed`."""
    if environ.get("HF_HUB_OFFLINE", "").lower() in OFFLINE:
        raise SourceFailed("the hub is switched off by HF_HUB_OFFLINE")
    if importlib.util.find_spec("huggingface_hub") is None:
        raise SourceFailed("huggingface_hub is not installed")
    # Half a second that only a pull without a registry pays for. The first leaves an option's type open; the second
    # is the base of what its HTTP library raises, whichever that is in this version.
    from huggingface_hub import hf_hub_download  # pyright: ignore[reportUnknownVariableType]
    from huggingface_hub.errors import HTTPError  # pyright: ignore[reportPrivateImportUsage]

    try:
        path = hf_hub_download(
            hub.repo,
            hub.path(name),
            revision=hub.revision,
            local_dir=folder,
            etag_timeout=5,
            token=False,
            endpoint=environ.get("HF_ENDPOINT"),
        )
    except (HTTPError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        raise SourceFailed(f"the hub has not given {hub.repo}/{hub.path(name)}: {reason}") from error
    return Path(path)
