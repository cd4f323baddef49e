"""Trust on first use: what a hub listed when a model was first pulled is what its files must be ever after."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tollfree.weights.manifest import FileName, Model, ModelFile
from tollfree.weights.place import Place
from tollfree.weights.stamps import write_whole


class Pins(BaseModel):
    """The files of a model at one commit of its repository."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    repo: str
    revision: str
    """As the manifest had it then; another one is listed anew."""
    commit: str
    """That it stood for: files are fetched from there, whatever the revision stands for later."""
    files: dict[FileName, ModelFile]


def pins_of(model: Model, place: Place) -> Pins | None:
    """What was pinned of a model; None: nothing, or for another repository or revision, or it cannot be read."""
    if model.hub is None:
        return None
    try:
        pins = Pins.model_validate_json(place.pins(model.name).read_bytes())
    except (OSError, ValidationError):
        return None
    return pins if (pins.repo, pins.revision) == (model.hub.repo, model.hub.revision) else None


def with_pins(model: Model, place: Place) -> Model:
    """The model with the files that its hub listed; as the manifest has it, where it lists them itself. Before the
    first pull it is not known which files there are: then it has none."""
    if not model.listed_by_hub:
        return model
    pins = pins_of(model, place)
    return model.model_copy(update={"files": pins.files if pins is not None else {}})


def keep_pins(pins: Pins, file: Path) -> None:
    """For all later pulls and checks. Raises `OSError`."""
    write_whole(file, pins.model_dump_json(indent=1).encode())
