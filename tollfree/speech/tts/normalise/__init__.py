"""Written English as people say it, with a map back to what was written."""

from tollfree.speech.tts.normalise.english import NORMALISER, normalise
from tollfree.speech.tts.normalise.spoken import English, Piece, Spoken

__all__ = ["NORMALISER", "English", "Piece", "Spoken", "normalise"]
