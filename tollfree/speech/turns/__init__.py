"""Whose turn it is: voice activity, the listener, end of turn, barge-in."""
