"""Changes of a project's settings by whoever edits one part of them: two people's changes are both kept."""

from collections.abc import Callable

from tollfree.calls.project import ProjectSettings, settings_of
from tollfree.calls.store.errors import StaleSettings
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId

TRIES = 8
"""How often a change is made anew on what somebody else has saved meanwhile."""


async def edit_settings(
    store: Store, project: ProjectId, change: Callable[[ProjectSettings], ProjectSettings]
) -> ProjectSettings:
    """Make a change to the settings as they are; made again where somebody saves in between, so that `change` must
    depend on nothing but what it is given. Returns what is stored now.

    Raises `UnknownProject`, `BadProject`, `StaleSettings` where others never stop saving, and whatever `change` does.
    """
    for left in range(TRIES - 1, -1, -1):
        values, sha256 = await store.projects.settings(project)
        changed = change(settings_of(values, f"project {project}"))
        try:
            await store.projects.save_settings(
                project, changed.model_dump(mode="json"), expected=sha256, name=changed.name
            )
        except StaleSettings:
            if not left:
                raise
        else:
            return changed
    raise AssertionError  # the last try returns or raises
