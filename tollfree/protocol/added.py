"""Marks what records and states that were kept earlier lack."""

ADDED = {"added": True}
"""Metadata of a field that states stored earlier lack: a snapshot leaves it out while it has its default, so that a
replay still compares equal with them."""
