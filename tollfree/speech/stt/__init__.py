"""Speech to text: one Protocol, one file per engine, a registry."""
