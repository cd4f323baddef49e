"""Where model files lie on this machine."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tollfree.weights.manifest import Model


class Place:
    """The part of the cache folder that belongs to models."""

    def __init__(self, cache: Path) -> None:
        """`cache` is the setting of that name; it need not exist."""
        self.root = cache.absolute() / "models"

    def folder(self, model: str) -> Path:
        """Where a model's fetched files lie."""
        return self.root / model

    def stamps(self, model: str) -> Path:
        """What was hashed, see `tollfree.weights.stamps`."""
        return self.root / ".stamps" / f"{model}.json"

    def lock(self, model: str) -> Path:
        """Held while a model's files are fetched."""
        return self.root / ".locks" / f"{model}.lock"

    def pins(self, model: str) -> Path:
        """Which files a hub has listed for a model, see `tollfree.weights.pins`."""
        return self.root / ".pins" / f"{model}.json"

    def unfinished(self, model: str) -> Path:
        """Where files lie while they come from a hub; what is there is gone on with."""
        return self.root / ".unfinished" / model

    def partial_prefix(self, model: str) -> str:
        """Names of folders that a pull works in begin so; they lie in `root`."""
        return f".pulling-{model}-"


def installed(package: str, member: str) -> Path | None:
    """A data file of a package that is installed in this environment; None when it is not. Imports nothing."""
    try:
        path = Path(str(distribution(package).locate_file(member)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def installed_folder(model: Model) -> Path | None:
    """The folder of an installed package that holds every file of the model under its own name; None: there is
    none, because the package is absent or holds it in parts."""
    if model.inside is None or any(file.parts for file in model.files.values()):
        return None
    found = [installed(model.inside.package, f"{model.inside.folder}/{name}") for name in model.files]
    first = found[0]
    return first.parent if first is not None and None not in found else None
