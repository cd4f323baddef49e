"""Models and voices: those that the settings need, and the others."""

from collections.abc import Iterator
from functools import partial

from tollfree.cli.checks.finding import Check, Finding, Place
from tollfree.cli.models import size_of
from tollfree.weights.manifest import Model, the_manifest
from tollfree.weights.verify import verify
from tollfree.wiring.settings import Settings
from tollfree.wiring.voice_choice import AUTO, FAST_ENOUGH, NEEDS, measured_voices

ALWAYS = frozenset({"silero"})
"""What every spoken call needs."""


def needed(settings: Settings) -> frozenset[str]:
    """Models that the settings name, in process."""
    engine, _, model = settings.stt.partition(":")
    names = {settings.embedder, *ALWAYS, *([model] if engine == "whisper" else ())}
    voice = settings.voice or AUTO
    for name, models in NEEDS.items():
        if voice == AUTO or voice.partition(":")[0] == name.partition(":")[0]:
            names |= set(models)
    return frozenset(names)


def model(place: Place, *, model: Model) -> Iterator[Finding]:
    """Hashes are taken for files that were not hashed before, or have changed since."""
    check = verify(model.name, place.settings.cache, trust=True)
    name, size = f"model {model.name}", size_of(model)
    if check.state == "good":
        yield Finding(name=name, state="good", found=f"{model.title}, {size}, in {check.folder}")
        return
    remedy = f"tollfree models pull {model.name}"
    if check.state == "damaged":
        lost = ", ".join(file.name for file in check.files if file.state == "damaged")
        yield Finding(name=name, state="bad", found=f"damaged: {lost} in {check.folder}", remedy=remedy)
    elif model.name in needed(place.settings):
        yield Finding(name=name, state="bad", found=f"{model.title} is not here", remedy=f"{remedy} ({size})")
    else:
        found = f"{model.title} is not here, and not needed"
        yield Finding(name=name, state="note", found=found, remedy=f"{remedy} ({size})")


def voice(place: Place) -> Iterator[Finding]:
    """Which voice agents without one of their own have."""
    settings = place.settings
    if settings.voice not in ("", AUTO):
        yield Finding(name="voice", state="good", found=f"{settings.voice}, by TOLLFREE_VOICE")
        return
    speeds = measured_voices(settings.cache)
    if speeds is None:
        remedy = "tollfree models measure (the first call that needs it measures too, and begins later for it)"
        yield Finding(name="voice", state="note", found="not measured yet", remedy=remedy)
        return
    told = ", ".join(
        f"{name} {'cannot speak' if factor is None else f'{factor:.2f}'}" for name, factor in speeds.factors.items()
    )
    if speeds.best is None:
        remedy = "tollfree models pull, then tollfree models measure --again"
        yield Finding(name="voice", state="bad", found=f"no voice can speak ({told})", remedy=remedy)
        return
    rule = f"seconds of work for a second of speech: {told}; below {FAST_ENOUGH} is fast enough"
    yield Finding(name="voice", state="good", found=f"{speeds.best} ({rule})")


CHECKS = (
    *(
        Check(
            name=f"model {one.name}",
            look=partial(model, model=one),
            remedy=f"tollfree models verify {one.name} (its files were not hashed yet, or have changed)",
            late="note",
        )
        for one in the_manifest().models
    ),
    Check(name="voice", look=voice),
)
