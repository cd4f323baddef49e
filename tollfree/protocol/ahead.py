"""Whether something is done ahead: for words that may not be the caller's last."""

from contextvars import ContextVar

AHEAD: ContextVar[bool] = ContextVar("ahead", default=False)
"""Set where an effect is begun on a plan; whoever performs it may give way to those whom callers wait for."""
