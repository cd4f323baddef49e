"""Settings in, engines and sessions out: the one room that knows concrete classes."""
