"""Flows: the document a person edits, its compiled form, its checks, and the pure engine that runs it."""
