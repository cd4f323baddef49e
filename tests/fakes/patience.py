"""How long tests wait for what must happen beside them, in other threads and processes."""

PATIENCE_S = 90.0
"""Only what hangs takes so long: a busy machine is slow, and that is no fault of what is tested."""
