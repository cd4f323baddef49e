"""Programs that we start: that none of them is left behind."""
