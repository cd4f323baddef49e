"""Plays scripted callers, and holds each call against the path its script promises."""

from dataclasses import dataclass

from tollfree.calls.lines.script import Script, ScriptLine
from tollfree.calls.session import CallSummary
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What came of one scripted call."""

    script: Script
    summary: CallSummary
    problems: tuple[str, ...]
    """How the call differs from what the script promises; none: it went as written."""


async def rehearse(office: Office, project: ProjectId, script: Script) -> Rehearsed:
    """Place the call a script describes: to the agent it names (`#: agent NAME`), from its number (`#: caller`)."""
    line = ScriptLine(script)
    directives = script.directives
    summary = await office.place_call(
        project, line, agent=directives.get("agent", "main"), caller=directives.get("caller", "")
    )
    return Rehearsed(script=script, summary=summary, problems=_problems(script, summary, line.unused))


def _problems(script: Script, summary: CallSummary, unused: int) -> tuple[str, ...]:
    problems: list[str] = []
    if script.path is not None and script.path != summary.path:
        problems.append(f"the path should be {' '.join(script.path)}, and is {' '.join(summary.path)}")
    outcome = script.directives.get("outcome")
    if outcome is not None and outcome != summary.outcome:
        problems.append(f"the outcome should be {outcome}, and is {summary.outcome}")
    if unused:
        problems.append(f"the call ended with {unused} of the caller's turns unused")
    return tuple(problems)
