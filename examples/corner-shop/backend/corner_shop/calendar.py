"""What time it is at the shop, and when it is open."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
"""Where the shop is."""

WEEK: tuple[tuple[str, time, time], ...] = (
    ("Monday", time(7), time(21)),
    ("Tuesday", time(7), time(21)),
    ("Wednesday", time(7), time(21)),
    ("Thursday", time(7), time(21)),
    ("Friday", time(7), time(23)),
    ("Saturday", time(8), time(23)),
    ("Sunday", time(8), time(20)),
)
"""Opening and closing time by weekday, Monday first. `policies/hours.md` says the same in words."""

CLOSED_DAYS: dict[tuple[int, int], str] = {(1, 1): "New Year's Day", (12, 25): "Christmas Day"}
"""Month and day of the holidays on which the shop stays shut. Thanksgiving moves, see `holiday`."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The shop's clock and opening hours."""

    pretended: date | None = None
    """Pretend that it is noon of this day; None: the real time."""

    def now(self) -> datetime:
        """The present moment in the shop's time zone, to the second."""
        if self.pretended is not None:
            return datetime.combine(self.pretended, time(12), ZONE)
        return datetime.now(ZONE).replace(microsecond=0)

    def today(self) -> date:
        """Today, at the shop."""
        return self.now().date()

    def hours_on(self, day: date) -> tuple[time, time] | None:
        """Opening and closing time of a day; None: closed all day."""
        if holiday(day) is not None:
            return None
        _, opens, closes = WEEK[day.weekday()]
        return opens, closes

    def is_open(self) -> bool:
        """Whether somebody is behind the counter at this moment."""
        now = self.now()
        hours = self.hours_on(now.date())
        return hours is not None and hours[0] <= now.time() < hours[1]

    def day_to_json(self, day: date) -> dict[str, object]:
        """One day's hours: `date`, `weekday`, `opens`, `closes` (`HH:MM` or null), `closed_for`, `text`."""
        hours = self.hours_on(day)
        weekday = WEEK[day.weekday()][0]
        reason = holiday(day)
        text = f"closed for {reason}" if hours is None else f"{spoken_time(hours[0])} to {spoken_time(hours[1])}"
        return {
            "date": day.isoformat(),
            "weekday": weekday,
            "opens": hours[0].strftime("%H:%M") if hours else None,
            "closes": hours[1].strftime("%H:%M") if hours else None,
            "closed_for": reason,
            "text": text,
        }

    def to_json(self, day: date | None = None) -> dict[str, object]:
        """Today's hours (or those of `day`), the seven days from it, and whether the shop is open now."""
        start = day if day is not None else self.today()
        return {
            "time_zone": str(ZONE),
            "open_now": self.is_open(),
            "day": self.day_to_json(start),
            "week": [self.day_to_json(start + timedelta(days=ahead)) for ahead in range(7)],
            "summary": SUMMARY,
        }


SUMMARY = (
    "We're open Monday to Thursday from 7 AM to 9 PM, Friday from 7 AM to 11 PM, "
    "Saturday from 8 AM to 11 PM, and Sunday from 8 AM to 8 PM."
)
"""The usual week in one sentence, as it is said on the phone."""


def spoken_time(moment: time) -> str:
    """A time of day as it is said: `7 AM`, `9:30 PM`."""
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {'AM' if moment.hour < 12 else 'PM'}"


def holiday(day: date) -> str | None:
    """The name of the holiday on which the shop is shut, if this day is one."""
    thanksgiving = day.month == 11 and day.weekday() == 3 and 22 <= day.day <= 28  # fourth Thursday of November
    return "Thanksgiving" if thanksgiving else CLOSED_DAYS.get((day.month, day.day))
