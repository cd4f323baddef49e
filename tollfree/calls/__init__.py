"""Calls: the session that performs effects, the lines that carry words, the log, the store, the tools."""
