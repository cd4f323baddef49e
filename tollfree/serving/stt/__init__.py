"""Speech to text as a server: many calls, one model, decoded together."""
