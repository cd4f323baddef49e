"""Names of months, weekdays and units, as spoken and as recognisers shorten them."""

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febuary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon mondays",
            "tuesday tues tue tuesdays",
            "wednesday wed weds wednesdays",
            "thursday thurs thur thu thursdays",
            "friday fri fridays",
            "saturday sat saturdays",
            "sunday sun sundays",
        )
    )
    for name in names.split()
}
WORDS_TOO = frozenset({"mon", "wed", "sat", "sun", "mar", "sep", "dec", "thu"})
"""Short forms that are other words in running speech."""
UNIT_DAYS: dict[str, int] = {
    "day": 1,
    "days": 1,
    "night": 1,
    "nights": 1,
    "week": 7,
    "weeks": 7,
    "fortnight": 14,
    "fortnights": 14,
}
UNIT_MONTHS: dict[str, int] = {"month": 1, "months": 1, "quarter": 3, "quarters": 3, "year": 12, "years": 12}
PARTS_OF_DAY = frozenset({"morning", "afternoon", "evening", "night", "lunchtime"})
MONTH_NAMES = "January February March April May June July August September October November December".split()
WEEKDAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
