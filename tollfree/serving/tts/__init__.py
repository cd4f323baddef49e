"""The server of voices."""
