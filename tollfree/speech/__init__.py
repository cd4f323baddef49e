"""Ears and mouth: speech to text, text to speech, and the rhythm of turns between them."""
