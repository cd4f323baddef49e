"""Text to speech: one Protocol, one file per engine, a registry."""
