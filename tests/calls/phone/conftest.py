import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "livekit: needs a LiveKit server (scripts/livekit finds or builds one)")
