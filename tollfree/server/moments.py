"""Points in time that requests name."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _reasonable(moment: datetime) -> datetime:
    """Far from the ends of the calendar, where arithmetic with time zones fails."""
    if not _FIRST <= moment <= _LAST:
        raise ValueError("it is too far from today")
    return moment


Instant = Annotated[AwareDatetime, AfterValidator(_reasonable)]
"""With its time zone."""
