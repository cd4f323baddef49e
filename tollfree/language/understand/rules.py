"""What a whole utterance means by its words alone: the author's phrases and examples, then the built-in ways."""

from collections.abc import Mapping
from dataclasses import dataclass

from tollfree.language.understand.phrases import CLOSING, CORRECTION, PHRASES, bare
from tollfree.language.understand.text import normalised
from tollfree.protocol.question import ChoiceSet, Question

MAX_RULE_WORDS = 16
"""Longer utterances say more than one thing."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A choice that the words leave no doubt about."""

    choice: str
    evidence: str


class Rules:
    """The rules of every question of a flow version."""

    def __init__(self, options: Mapping[str, ChoiceSet]) -> None:
        self._exact = {key: _exact_texts(choice_set) for key, choice_set in options.items()}

    def decide(self, question: Question, text: str, among: tuple[str, ...]) -> Ruling | None:
        """The first of `among` that the whole utterance means."""
        for words in forms(text):
            name = self._authored(question, words, among)
            if name is not None:
                return Ruling(name, f'the words "{words}" are its own')
        for words in forms(text):
            name = built_in(words, among)
            if name is not None:
                return Ruling(name, f'"{words}" is a usual way to say it')
        return None

    def _authored(self, question: Question, words: str, among: tuple[str, ...]) -> str | None:
        names = self._exact.get(question.choice_set, {}).get(words, ())
        return next((name for name in among if name in names), None)


def forms(text: str) -> tuple[str, ...]:
    """The utterance in plain words: as it is, then without what opens and closes it. Empty for too many words."""
    words = normalised(text)
    if not words or words.count(" ") >= MAX_RULE_WORDS:
        return ()
    return tuple(dict.fromkeys(form for form in (words, CLOSING.sub("", words), bare(words)) if form))


def built_in(words: str, among: tuple[str, ...]) -> str | None:
    """The built-in choice or handler that plain words mean."""
    found = [name for name in PHRASES if name in _widened(among) and PHRASES[name].fullmatch(words)]
    if "done" in found and "no" in found:  # "no, that's all" says more than "no"
        found.remove("no")
    if "unsure" in found and "unsure" not in among:  # whoever does not know it cannot give it
        found.append("refuse")
    return next((name for name in among if name in found), None)


def corrects(text: str) -> bool:
    """Whether the words mark a value as replacing an earlier one."""
    return CORRECTION.search(text) is not None


def _widened(among: tuple[str, ...]) -> tuple[str, ...]:
    return (*among, "unsure") if "refuse" in among else among


def _exact_texts(choice_set: ChoiceSet) -> Mapping[str, tuple[str, ...]]:
    """Options by their own phrases and examples, in every plain form."""
    texts: dict[str, tuple[str, ...]] = {}
    for option in choice_set.options:
        for said in (*option.phrases, *option.examples):
            for form in forms(said):
                texts[form] = (*texts.get(form, ()), option.name)
    return texts
