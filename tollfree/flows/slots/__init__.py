"""Slot types: one file per type of value a caller can give. Pure: words in, values out."""
