"""The words every room shares. No I/O, no clock, no randomness."""
