"""The spoken layer under the slot types: words, hesitations, self-corrections, numbers, digits and letters."""
