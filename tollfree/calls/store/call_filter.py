"""Which calls a list is asked for, as conditions that an index answers."""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from tollfree.calls.store.tables import calls
from tollfree.calls.store.tables_found import call_texts
from tollfree.calls.store.texts import TextQuery
from tollfree.protocol.ids import FlowId, ProjectId

_TIE = timedelta(seconds=1)
"""Calls that began so close to each other may have ids in another order."""
_BEHIND_ALL = chr(sys.maxunicode)
"""An id after all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted: those that match everything that is given."""

    project: ProjectId | None = None
    flow: FlowId | None = None
    agent: str | None = None
    outcome: str | None = None
    line: str | None = None
    caller: str | None = None
    trial: bool | None = None
    """Whether a draft was tried."""
    ended: bool | None = None
    """False: running, or to be recovered."""
    since: datetime | None = None
    """Began then, or later."""
    until: datetime | None = None
    """Began before."""
    text: TextQuery | None = None
    """Whose words match; of calls that have ended."""

    @property
    def asks_for_running_alone(self) -> bool:
        """Whether only the small index of calls that run is looked at, however many there are."""
        return self.ended is False and self.text is None

    def newest_texts(self, most: int) -> Select[str] | None:
        """Where nothing is asked for besides words, a project and whether drafts were tried: chooses so many calls that
        have words. None where more is asked for."""
        if self != CallFilter(project=self.project, text=self.text, trial=self.trial):
            return None
        newest = select(call_texts.c.call_id).limit(most)
        if self.trial is None:
            return newest
        # Here, and not of what was chosen: so many are wanted after trials are left out.
        tried = calls.alias()
        return newest.join(tried, tried.c.id == call_texts.c.call_id).where(_tried(tried.c.version, self.trial))

    def conditions(self) -> list[ColumnElement[bool]]:
        """All but the words'."""
        wanted: list[ColumnElement[bool]] = []
        for name in ("project", "flow", "agent", "outcome", "line", "caller"):
            if (value := getattr(self, name)) is not None:
                wanted.append(calls.c[name] == value)
        if self.trial is not None:
            wanted.append(_tried(calls.c.version, self.trial))
        if self.ended:
            wanted.append(calls.c.ended_at.is_not(None))
        elif self.ended is not None:
            wanted.append(calls.c.id.in_(running_ids()))
        if self.since is not None:
            wanted += [calls.c.started_at >= self.since, calls.c.id > _last_before(self.since - _TIE, self.project)]
        if self.until is not None:
            wanted += [calls.c.started_at < self.until, calls.c.id < _first_from(self.until + _TIE, self.project)]
        return wanted


def _tried(version: ColumnElement[int], trial: bool) -> ColumnElement[bool]:
    return version < 0 if trial else version > 0


def running_ids() -> Select[str]:
    """By the small index of calls that run. Asked for directly, SQLite would walk all calls, as they are in order."""
    others = calls.alias()
    return select(others.c.id).where(others.c.ended_at.is_(None))


def _last_before(moment: datetime, project: ProjectId | None) -> ColumnElement[str]:
    """The id of the last call that began before a moment: ids are in the order in which calls began, so a list of a day
    is one stretch of it."""
    began = calls.alias()
    wanted = select(began.c.id).where(began.c.started_at < moment).order_by(began.c.started_at.desc()).limit(1)
    return func.coalesce(_of(wanted, began.c.project, project), "")


def _first_from(moment: datetime, project: ProjectId | None) -> ColumnElement[str]:
    """The id of the first call that began then or later; where none did, one behind all."""
    began = calls.alias()
    wanted = select(began.c.id).where(began.c.started_at >= moment).order_by(began.c.started_at).limit(1)
    return func.coalesce(_of(wanted, began.c.project, project), _BEHIND_ALL)


def _of(wanted: Select[str], column: ColumnElement[str], project: ProjectId | None) -> ColumnElement[str]:
    return (wanted if project is None else wanted.where(column == project)).scalar_subquery()
