"""The installation itself: what the doctor finds, and how it is set."""

import asyncio

from pydantic import BaseModel, ConfigDict, Field

from tollfree.server.access import everywhere, guarded
from tollfree.server.desk import TheDesk
from tollfree.server.finding import Finding
from tollfree.server.shown_settings import ShownSetting, shown_settings
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings

router = guarded("set-up")


class FindingFacts(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str = Field(examples=["database"])
    state: str = Field(examples=["good"])
    """`good`; `note`: worth knowing, and calls go without it; `bad`: something is missing that the settings need."""
    found: str = Field(examples=["SQLite, 41 MB"])
    """What is there, in a few words."""
    remedy: str = Field(examples=[""])
    """What would help; empty when nothing need."""


class SettingFacts(BaseModel):
    """One setting, as this server has it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str = Field(examples=["TOLLFREE_STT"])
    """The environment variable that sets it."""
    value: str = Field(examples=["whisper:tiny.en"])
    """Secrets are masked."""
    is_set: bool = Field(examples=[True])
    """False: it has its default."""
    description: str = Field(examples=["What hears callers."])


@router.get("/setup/findings", dependencies=[everywhere()])
async def list_findings(desk: TheDesk) -> list[FindingFacts]:
    """What `tollfree doctor` finds. Takes up to two seconds."""
    return [finding_facts(one) for one in await asyncio.to_thread(lambda: tuple(desk.examine()))]


@router.get("/setup/settings", dependencies=[everywhere()])
async def list_settings(desk: TheDesk) -> list[SettingFacts]:
    """How the installation is set. Settings are changed by environment variables, and count from the next start on."""
    trees = (desk.office.settings, LiveKitSettings(), desk.worker or WorkerSettings(), desk.settings)
    return [_setting(one) for tree in trees for one in shown_settings(tree)]


def finding_facts(finding: Finding) -> FindingFacts:
    """As it is answered."""
    return FindingFacts(name=finding.name, state=finding.state, found=finding.found, remedy=finding.remedy)


def _setting(one: ShownSetting) -> SettingFacts:
    return SettingFacts(name=one.name, value=one.value, is_set=one.is_set, description=one.description)
