"""A model's verified files, as an engine opens them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A model whose every file is on this machine and is the pinned one."""

    name: str
    """As the manifest calls it."""
    folder: Path
    """Holds every file under its manifest's name; perhaps other files too. Only to be read."""
    files: tuple[str, ...]
    """Names of the verified files."""

    def path(self, name: str) -> Path:
        """A verified file. Raises `KeyError` when the manifest does not list it."""
        if name not in self.files:
            raise KeyError(f"{self.name} has no file {name!r}; it has {', '.join(self.files)}")
        return self.folder / name
