"""Understands one utterance: rules, then the classifier, then a language model, and stops at the first sure answer."""

import re
from collections.abc import Mapping
from dataclasses import replace

from tollfree.language.embed.base import Embedder
from tollfree.language.errors import ModelDamaged
from tollfree.language.understand.base import Chooser
from tollfree.language.understand.classifier import SURE, ChoiceModel, Prediction
from tollfree.language.understand.features import features
from tollfree.language.understand.mentions import Mentions, Openness
from tollfree.language.understand.phrases import NO_OPENS, YES_OPENS
from tollfree.language.understand.rules import Rules, Ruling, corrects
from tollfree.language.understand.text import normalised
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Answer, ChoiceSet, Option, Question, Said, SlotReader, SlotReading

MAX_CHARACTERS = 2000
"""Of one utterance; two minutes of speech. What follows is not read."""
MAX_ALTERNATIVES = 4
"""Other readings of the recogniser that are tried."""
ALTERNATIVE_DISCOUNT = 0.9
"""Confidence kept by what was understood only in a reading that the recogniser thought less likely."""
TIE = 0.05
"""Confidence by which a handler must beat the node's own best choice."""
REMAINING_WORDS = 5
"""A correction may leave this many words beside its value ("sorry", "it was order"), and is still only that."""
AT_STAKE = 0.5
"""Of transcripts that are wrong somewhere, about so many are wrong in what the answer rests on: "and need to return
something" still is a return. A transcript's confidence is that of its every word."""
SURER = 0.6
"""Confidence the classifier needs where the words have another good reading: as the awaited slot that takes anything,
or as the correction of an earlier value."""
MEANT_WORDS = 2
"""At least so many words are left to the classifier when the slots' own are taken out."""
STORY_WORDS = 16
"""From this many words on, an utterance that means nothing as a whole is searched for the clause that does."""
CLAUSE_WORDS = 3
MAX_CLAUSES = 12

_CLAUSE_ENDS = re.compile(r"[,.;:!?]+|\b(?:so|and|but|because)\b", re.IGNORECASE)
_KNOW_FOR_NO = re.compile(r"^know\b(?=\s*(?:$|[.,!;]|that|thank|sorry|it'?s|i'?m|not?\b))", re.IGNORECASE)
"""A recogniser that writes the one for the other: nobody begins an answer with the verb and goes on like this."""
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, lone surrogates, and marks that only steer layout."""


class Understander:
    """Says what a caller's words mean, for one call. Keeps nothing of what was said."""

    def __init__(
        self,
        reader: SlotReader,
        facts: CallFacts,
        models: Mapping[str, ChoiceModel],
        options: Mapping[str, ChoiceSet],
        embedder: Embedder | None,
        chooser: Chooser | None = None,
    ) -> None:
        """`models` and `options` by `Question.choice_set`. Without an embedder, rules alone decide.

        Raises `ModelDamaged` when a model was trained on another embedder's vectors."""
        for key, model in models.items():
            if embedder is not None and model.embedder != embedder.name:
                raise ModelDamaged(
                    f"The classifier of {key!r} was trained with {model.embedder!r}, not with {embedder.name!r}. "
                    "Publish the flow again."
                )
        self._mentions = Mentions(reader, facts)
        self._rules = Rules(options)
        self._models = models
        self._options = options
        self._embedder = embedder
        self._chooser = chooser

    async def understand(self, question: Question, said: Said) -> Answer:
        """What the words mean, from the question's closed sets; an answer that is not understood when none fits."""
        first = self._read(question, said.text)
        if first.understood:
            return _heard_at(first, said.confidence)
        for alternative in said.alternatives[:MAX_ALTERNATIVES]:
            answer = self._read(question, alternative)
            if answer.understood:
                return _heard_at(
                    replace(answer, evidence=f'{answer.evidence}, in the other reading "{alternative[:80]}"'),
                    said.confidence * ALTERNATIVE_DISCOUNT,
                )
        chosen = await self._choose(question, said)
        return chosen if chosen is not None else first

    def _read(self, question: Question, said: str) -> Answer:
        """Rules and classifier, for one reading of the words."""
        text = _KNOW_FOR_NO.sub("no", _UNSPEAKABLE.sub(" ", said[:MAX_CHARACTERS]).strip())
        if not normalised(text):
            return Answer(evidence="no words")
        if question.confirming is not None:
            return self._confirmed(question, text) or self._asked(question, text)
        return self._asked(question, text)

    def _confirmed(self, question: Question, text: str) -> Answer | None:
        """Yes or no to the value that was read back, alone or with what follows it."""
        ruling = self._rules.decide(question, text, question.choices)
        if ruling is not None:
            return _ruled(ruling)
        for choice, opening in (("yes", YES_OPENS), ("no", NO_OPENS)):
            match = opening.match(text) if choice in question.choices else None
            if match is None or match.end() >= len(text):
                continue
            slots = self._rest(question, text[match.end() :])
            if slots:
                slots = tuple(replace(slot, correction=slot.slot in question.known or choice == "no") for slot in slots)
                return _ruled(Ruling(choice, f'it opens with "{match[0].strip()}"'), slots)
        return None

    def _rest(self, question: Question, text: str) -> tuple[SlotReading, ...]:
        """Values in what follows a yes or no."""
        whole = self._mentions.whole(question, text, Openness.CLOSED)
        found = (whole,) if whole is not None else self._mentions.inside(question, text)
        if found:
            return found
        whole = self._mentions.whole(question, text, Openness.NAMES)
        whole = whole or self._mentions.whole(question, text, Openness.ANYTHING)
        return (whole,) if whole is not None else ()

    def _asked(self, question: Question, text: str) -> Answer:
        """An answer to the node's question, a handler, or values that the caller volunteers."""
        whole = self._mentions.whole(question, text, Openness.CLOSED)
        if whole is not None:
            return _slots_only((whole,))
        ruling = self._rules.decide(question, text, (*question.choices, *question.handlers))
        if ruling is not None:
            return _ruled(ruling, self._volunteered(question, text, ruling.choice))
        found = self._mentions.inside(question, text)
        if any(slot.slot in question.awaited for slot in found) or _only_corrects(text, found):
            return _slots_only(found)
        whole = self._mentions.whole(question, text, Openness.NAMES)
        if whole is not None:
            return _slots_only((whole,))
        whole = self._mentions.whole(question, text, Openness.ANYTHING)
        bar = SURER if whole is not None or any(slot.correction for slot in found) else SURE
        prediction = self._predict(question, _without(text, found))
        if prediction is not None and prediction.confidence >= bar:
            return Answer(
                choice=prediction.option,
                slots=found,
                confidence=prediction.confidence,
                decided_by="classifier",
                evidence=_evidence(prediction),
            )
        if whole is None and not found:
            wish = self._wish(question, text)
            if wish is not None:
                return wish
        if whole is not None:  # a slot that takes any words takes these, whatever else they mention
            return _slots_only((whole, *(slot for slot in found if slot.slot != whole.slot)))
        if found:
            return _slots_only(found)
        return Answer(evidence=_evidence(prediction) if prediction is not None else "nothing matched")

    def _wish(self, question: Question, text: str) -> Answer | None:
        """The surest clause of a long story: a wish told with its reasons is drowned by them."""
        if len(normalised(text).split()) < STORY_WORDS:
            return None
        clauses = [clause for clause in _CLAUSE_ENDS.split(text) if len(clause.split()) >= CLAUSE_WORDS]
        predictions = [(self._predict(question, clause), clause) for clause in clauses[:MAX_CLAUSES]]
        sure = [(found, clause) for found, clause in predictions if found is not None and found.confidence >= SURER]
        if not sure:
            return None
        best, clause = max(sure, key=lambda pair: pair[0].confidence)
        evidence = f'{_evidence(best)}, in "{clause.strip()[:80]}"'
        return Answer(choice=best.option, confidence=best.confidence, decided_by="classifier", evidence=evidence)

    def _volunteered(self, question: Question, text: str, choice: str) -> tuple[SlotReading, ...]:
        """Values beside a choice of the node; a handler's words are all its own."""
        return self._mentions.inside(question, text, question.others) if choice in question.choices else ()

    def _predict(self, question: Question, text: str) -> Prediction | None:
        """The classifier's best member of the question's set; the node's choice when a handler hardly beats it."""
        model = self._models.get(question.choice_set)
        if model is None or self._embedder is None:
            return None
        vectors = features([text], self._embedder.quick)
        every = model.predict(vectors, (*question.choices, *question.handlers))
        if not every:
            return None
        best = every[0]
        if best.option not in question.choices:
            own = model.predict(vectors, question.choices)
            if own and own[0].sure and own[0].confidence >= best.confidence - TIE:
                return replace(own[0], runner_up=best.option, runner_up_confidence=best.confidence)
        return best

    async def _choose(self, question: Question, said: Said) -> Answer | None:
        """The language model's answer, held to the closed set."""
        if self._chooser is None or not normalised(said.text):
            return None
        allowed = (*question.choices, *question.handlers)
        known = {option.name: option for option in self._described(question)}
        options = tuple(known.get(name, Option(name, ())) for name in dict.fromkeys(allowed))
        answer = await self._chooser.choose(question, said, options)
        if answer is None:
            return None
        slots = tuple(slot for slot in answer.slots if slot.slot in (*question.awaited, *question.others))
        choice = answer.choice if answer.choice in allowed else None
        if choice is None and not slots:
            return None
        return _heard_at(replace(answer, choice=choice, slots=slots), said.confidence)

    def _described(self, question: Question) -> tuple[Option, ...]:
        choice_set = self._options.get(question.choice_set)
        return choice_set.options if choice_set is not None else ()


def _ruled(ruling: Ruling, slots: tuple[SlotReading, ...] = ()) -> Answer:
    return Answer(choice=ruling.choice, slots=slots, confidence=1.0, decided_by="rules", evidence=ruling.evidence)


def _slots_only(slots: tuple[SlotReading, ...]) -> Answer:
    return Answer(
        slots=slots,
        confidence=max(slot.confidence for slot in slots),
        decided_by="rules",
        evidence="; ".join(f'{slot.slot} from "{slot.heard[:80]}"' for slot in slots),
    )


def _without(text: str, found: tuple[SlotReading, ...]) -> str:
    """The words without the slots' own: "return order 41755" means what "return order" means."""
    words = text
    for slot in found:
        words = words.replace(slot.heard, " ", 1)
    return words if len(normalised(words).split()) >= MEANT_WORDS else text


def _only_corrects(text: str, found: tuple[SlotReading, ...]) -> bool:
    """Whether the utterance replaces known values and does little else ("sorry, it was order 52118")."""
    if not found or not corrects(text) or not all(slot.correction for slot in found):
        return False
    words = text
    for slot in found:
        words = words.replace(slot.heard, " ", 1)
    return len(normalised(words).split()) <= REMAINING_WORDS


def _heard_at(answer: Answer, confidence: float) -> Answer:
    """An answer can be little surer than the recogniser was of the words."""
    confidence = 1 - (1 - confidence) * AT_STAKE
    slots = tuple(replace(slot, confidence=min(slot.confidence, confidence)) for slot in answer.slots)
    return replace(answer, slots=slots, confidence=min(answer.confidence, confidence))


def _evidence(prediction: Prediction) -> str:
    best = f"{prediction.option} {prediction.confidence:.2f}"
    return (
        f"{best}, then {prediction.runner_up} {prediction.runner_up_confidence:.2f}" if prediction.runner_up else best
    )
