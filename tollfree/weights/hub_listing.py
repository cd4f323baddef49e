"""What a model hub says a repository holds: asked once, at a model's first pull."""

import hashlib
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tollfree.weights.errors import PullFailed
from tollfree.weights.hub import OFFLINE
from tollfree.weights.manifest import Hub, Model, Sha256

HUB = "https://huggingface.co"
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""Names of files that a model may have, as in the manifest."""
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds until a hub answers, and between two pieces of a file."""


class _Lfs(BaseModel):
    sha256: Sha256
    size: int = Field(gt=0)


class Sibling(BaseModel):
    """One file of a repository, as the hub's API tells it with `blobs=true`."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(alias="rfilename")
    size: int = 0
    blob: str = Field(default="", alias="blobId")
    """Git's hash of a file that is small enough to lie in the repository itself."""
    lfs: _Lfs | None = None

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.lfs.size if self.lfs is not None else self.size


class Listing(BaseModel):
    """A repository at one commit."""

    sha: str = Field(pattern=r"^[0-9a-f]{40}$")
    siblings: tuple[Sibling, ...]


def endpoint(environ: Mapping[str, str], model: Model) -> str:
    """Where the hub is. Raises `PullFailed` when it is switched off."""
    if environ.get("HF_HUB_OFFLINE", "").lower() in OFFLINE:
        raise PullFailed(
            f"{model.title} comes from the hub alone, which is switched off by HF_HUB_OFFLINE. Unset it, then run "
            f"`tollfree models pull {model.name}` again."
        )
    return environ.get("HF_ENDPOINT", HUB).rstrip("/")


def listing(client: httpx.Client, hub: Hub, model: Model) -> Listing:
    """The files of the model in its repository. Raises `PullFailed`."""
    address = f"/api/models/{hub.repo}/revision/{hub.revision}"
    try:
        answer = client.get(address, params={"blobs": "true"})
    except httpx.HTTPError as error:
        raise unreachable(client, model, error) from error
    if answer.status_code in (401, 403, 404):
        raise PullFailed(
            f"The hub at {client.base_url} has no {hub.repo} at revision {hub.revision} for us "
            f"({answer.status_code}). Look there whether it was moved, and correct the manifest.",
            retryable=False,
        )
    try:
        answer.raise_for_status()
        found = Listing.model_validate_json(answer.content)
    except (httpx.HTTPError, ValidationError) as error:
        raise PullFailed(
            f"The hub at {client.base_url} answers {answer.status_code} with no list of files. Check HF_ENDPOINT, then "
            f"run `tollfree models pull {model.name}` again."
        ) from error
    taken = tuple(one for one in found.siblings if any(fnmatchcase(one.name, pattern) for pattern in hub.take))
    flat = tuple(one for one in taken if "/" not in one.name and one.bytes)
    if odd := [one.name for one in flat if not PLAIN.fullmatch(one.name)]:
        raise PullFailed(f"{hub.repo} lists {odd[0]!r}, which is no plain name of a file.", retryable=False)
    if not flat:
        raise PullFailed(
            f"{hub.repo} at {hub.revision} has none of the model's files: {', '.join(hub.take)}.", retryable=False
        )
    return Listing(sha=found.sha, siblings=flat)


def unreachable(client: httpx.Client, model: Model, error: Exception) -> PullFailed:
    """The hub does not answer, or no longer."""
    return PullFailed(
        f"The hub at {client.base_url} cannot be reached ({type(error).__name__}), and {model.title} comes from "
        f"nowhere else. What has arrived is kept: run `tollfree models pull {model.name}` again when it can, name a "
        "mirror by HF_ENDPOINT, or pull on a machine that reaches it and copy the folder `models` of its cache."
    )


def git_blob(content: bytes) -> str:
    """The hash by which Git knows a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
