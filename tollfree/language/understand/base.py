"""The seam to a language model that chooses from a closed set when rules and classifier are unsure."""

from typing import Protocol

from tollfree.protocol.question import Answer, Option, Question, Said


class Chooser(Protocol):
    """Asks a model which option the caller meant. Implemented by the language-model room's client."""

    async def choose(self, question: Question, said: Said, options: tuple[Option, ...]) -> Answer | None:
        """An answer from the question's own choices, handlers and slots. None: the model is unsure or out of reach.

        It never raises, and never outlasts the limit it was built with: a caller is waiting."""
        ...
