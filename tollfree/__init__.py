"""tollfree: a self-hosted voice-agent platform."""

__version__ = "0.1.0"
