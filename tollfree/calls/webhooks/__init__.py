"""Tells other programs what happens in a project."""
