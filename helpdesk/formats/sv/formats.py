"""Dates in Swedish."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j b Y"
MONTH_DAY_FORMAT = "j b"
