"""Runs checks, all at once, none for longer than it may take."""

import threading
import time
from collections.abc import Iterator, Sequence

from tollfree.cli.checks.finding import Check, Finding, Place
from tollfree.protocol.errors import TollfreeError

LONGEST_S = 2.0
"""Seconds that a check may take: what does not answer by then does not answer a caller either."""


def examine(checks: Sequence[Check], place: Place, longest_s: float = LONGEST_S) -> Iterator[Finding]:
    """What the checks find, in their order. One that hangs is left behind."""
    looks = [_Look(check, place) for check in checks]
    until_s = time.monotonic() + longest_s
    for look in looks:
        look.thread.join(max(0.0, until_s - time.monotonic()))
        yield from look.findings if look.findings is not None else [_late(look.check, longest_s)]


class _Look:
    """A check under way, in a thread that does not outlive the program."""

    def __init__(self, check: Check, place: Place) -> None:
        self.check = check
        self.findings: list[Finding] | None = None
        """None: not yet."""
        self._place = place
        self.thread = threading.Thread(target=self._run, name=f"doctor {check.name}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            findings = list(self.check.look(self._place))
        except TollfreeError as error:
            findings = [self._failed(error.message)]
        except Exception as error:  # noqa: BLE001  the doctor's door: a check that breaks is told like any other fault
            findings = [self._failed(f"the check broke: {type(error).__name__}")]
        self.findings = findings

    def _failed(self, found: str) -> Finding:
        return Finding(name=self.check.name, state="bad", found=found, remedy=self.check.remedy)


def _late(check: Check, longest_s: float) -> Finding:
    return Finding(name=check.name, state=check.late, found=f"not known within {longest_s:g} s", remedy=check.remedy)
