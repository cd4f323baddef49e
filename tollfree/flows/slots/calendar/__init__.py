"""Dates, ranges of dates and times of day as people say them."""
