"""How an utterance is understood, from rules to the language model."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tests.language.understand.reader import RegexReader
from tests.language.understand.shop import ASK, REASON, question
from tollfree.language.embed.base import Embedder
from tollfree.language.errors import ModelDamaged
from tollfree.language.understand.base import Chooser
from tollfree.language.understand.cascade import Understander
from tollfree.language.understand.classifier import ChoiceModel
from tollfree.language.understand.training import train
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import SlotName
from tollfree.protocol.question import Answer, Option, Question, Said, SlotReading

FACTS = CallFacts(started_at="2026-11-22T14:05:00-05:00")
SETS = {REASON.key: REASON, ASK.key: ASK}
ORDER, PHONE, NAME, COUNT, NOTE, ROLE = (SlotName(n) for n in ("order", "phone", "name", "count", "note", "role"))
REASONS = ("order", "status", "return")
AT_REASON = question("reason", choices=REASONS, others=(ORDER, PHONE), route="smart")
AT_ORDER = question("ask", choices=("refuse",), awaited=(ORDER,), others=(PHONE,))
CONFIRM = question("ask", choices=("yes", "no", "refuse"), awaited=(COUNT,), known=(COUNT,), confirming=COUNT)


@pytest.fixture(scope="module")
def models(minilm: Embedder) -> Mapping[str, ChoiceModel]:
    return train((REASON, ASK), minilm)


@pytest.fixture(scope="module")
def shop(minilm: Embedder, models: Mapping[str, ChoiceModel]) -> Understander:
    return Understander(RegexReader(), FACTS, models, SETS, minilm)


async def _heard(shop: Understander, asked: Question, text: str, *alternatives: str, confidence: float = 1.0) -> Answer:
    return await shop.understand(asked, Said(text, confidence, alternatives))


def _values(answer: Answer) -> dict[str, object]:
    return {slot.slot: slot.value for slot in answer.slots}


async def test_an_authors_phrase_or_example_is_taken_by_its_words(shop: Understander) -> None:
    for text in ("refund", "Uh, refund please.", "Where is my order?", "I'D LIKE TO ORDER"):
        answer = await _heard(shop, AT_REASON, text)
        assert answer.choice in REASONS and answer.decided_by == "rules" and answer.confidence == 1


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("could you tell me when the parcel gets here", "status"),
        ("I'd like to give this back and get refunded", "return"),
        ("hello, I was hoping to order some food", "order"),
    ],
)
async def test_other_words_for_an_intent_are_taken_by_their_meaning(shop: Understander, text: str, choice: str) -> None:
    answer = await _heard(shop, AT_REASON, text)
    assert (answer.choice, answer.decided_by) == (choice, "classifier")
    assert answer.confidence >= 0.5 and choice in answer.evidence


@pytest.mark.parametrize("text", ["what's the capital of peru", "my dog is asleep on the sofa", "asdf qwer zxcv"])
async def test_what_nobody_expects_is_not_understood(shop: Understander, text: str) -> None:
    answer = await _heard(shop, AT_REASON, text)
    assert not answer.understood and answer.decided_by == "none" and answer.confidence == 0


async def test_an_intent_and_a_slot_in_one_utterance_are_both_used(shop: Understander) -> None:
    answer = await _heard(shop, AT_REASON, "I want to return order 41755")
    assert answer.choice == "return" and _values(answer) == {"order": "41755"}
    assert answer.slots[0].heard == "41755" and not answer.slots[0].correction


async def test_neither_a_greeting_nor_a_slots_words_sway_the_intent(shop: Understander) -> None:
    answer = await _heard(shop, AT_REASON, "um hi, I'd like to return order 41755, please")
    assert answer.choice == "return" and _values(answer) == {"order": "41755"}


@pytest.mark.parametrize(
    "text", ["sorry, it was order 52118", "I gave you the wrong number, it's order 52118", "actually order 52118"]
)
async def test_a_correction_of_a_known_slot_is_no_intent(shop: Understander, text: str) -> None:
    asked = question("reason", choices=REASONS, others=(ORDER,), known=(ORDER,))
    answer = await _heard(shop, asked, text)
    assert answer.choice is None and _values(answer) == {"order": "52118"} and answer.slots[0].correction


async def test_the_awaited_slot_reads_the_whole_utterance_first(shop: Understander) -> None:
    answer = await _heard(shop, AT_ORDER, "it's 41755")
    assert _values(answer) == {"order": "41755"} and answer.decided_by == "rules" and not answer.slots[0].correction


async def test_a_new_value_for_an_awaited_slot_that_is_known_is_a_correction(shop: Understander) -> None:
    asked = question("ask", choices=("refuse",), awaited=(ORDER,), known=(ORDER,))
    assert (await _heard(shop, asked, "52118")).slots[0].correction


async def test_several_slots_in_one_utterance_are_all_found(shop: Understander) -> None:
    asked = question("ask", choices=("refuse",), awaited=(NAME, PHONE))
    answer = await _heard(shop, asked, "it's Jane Doe and my number is 555 010 2222")
    assert _values(answer) == {"name": "Jane Doe", "phone": "555 010 2222"}


async def test_two_slots_never_come_from_the_same_words(shop: Understander) -> None:
    asked = question("ask", choices=("refuse",), awaited=(COUNT,), others=(ROLE,))
    asked_twice = question("ask", awaited=(COUNT, SlotName("order")))
    for each in (asked, asked_twice):
        answer = await _heard(shop, each, "I'd say about fifteen of them, order 12345")
        spans = [slot.heard for slot in answer.slots]
        assert len(spans) == len(set(spans))


@pytest.mark.parametrize("text", ["yes", "Yes, that's right.", "yeah correct", "uh yes please", "that's it"])
async def test_yes_confirms(shop: Understander, text: str) -> None:
    answer = await _heard(shop, CONFIRM, text)
    assert (answer.choice, answer.slots) == ("yes", ())


@pytest.mark.parametrize("text", ["no", "Nope.", "no that's wrong", "no thanks", "that's not right"])
async def test_no_rejects(shop: Understander, text: str) -> None:
    assert (await _heard(shop, CONFIRM, text)).choice == "no"


async def test_no_with_a_new_value_rejects_and_corrects(shop: Understander) -> None:
    answer = await _heard(shop, CONFIRM, "no, fifteen")
    assert answer.choice == "no" and _values(answer) == {"count": "fifteen"} and answer.slots[0].correction


async def test_a_bare_new_value_corrects_what_was_read_back(shop: Understander) -> None:
    answer = await _heard(shop, CONFIRM, "fifteen")
    assert answer.choice is None and _values(answer) == {"count": "fifteen"} and answer.slots[0].correction


@pytest.mark.parametrize(
    "text", ["I don't have one", "I'd rather not say", "skip it", "I don't know my order number", "I lost the receipt"]
)
async def test_a_refusal_is_no_handler(shop: Understander, text: str) -> None:
    assert (await _heard(shop, AT_ORDER, text)).choice == "refuse"


@pytest.mark.parametrize(
    ("text", "handler"),
    [
        ("could I speak to a person please", "person"),
        ("what was that", "repeat"),
        ("hang on, let me get my card", "hold_on"),
        ("wait a bit, I still need to find it", "hold_on"),
        ("let me start again", "start_over"),
        ("that's all thanks bye", "goodbye"),
    ],
)
async def test_handlers_work_while_a_slot_is_awaited(shop: Understander, text: str, handler: str) -> None:
    assert (await _heard(shop, AT_ORDER, text)).choice == handler


async def test_a_handler_never_takes_an_answer_to_the_awaited_slot(shop: Understander) -> None:
    closed = question("ask", choices=("refuse",), awaited=(ROLE,))
    answer = await _heard(shop, closed, "agent")
    assert answer.choice is None and _values(answer) == {"role": "agent"}


async def test_a_name_is_no_handler(shop: Understander) -> None:
    asked = question("ask", choices=("refuse",), awaited=(NAME,))
    assert _values(await _heard(shop, asked, "Person Human")) == {"name": "Person Human"}


async def test_a_slot_that_takes_any_words_leaves_handlers_their_own(shop: Understander) -> None:
    asked = question("ask", choices=("refuse",), awaited=(NOTE,), others=(ORDER,))
    assert (await _heard(shop, asked, "can I talk to someone")).choice == "person"
    answer = await _heard(shop, asked, "the lid of order 41755 was cracked when the courier came")
    assert answer.choice is None
    assert _values(answer) == {"note": "the lid of order 41755 was cracked when the courier came", "order": "41755"}


async def test_a_choice_of_the_node_wins_over_a_handler_with_the_same_words(shop: Understander) -> None:
    asked = question("ask", choices=("no", "done"))
    assert (await _heard(shop, asked, "that's all, thanks, bye")).choice == "done"
    assert (await _heard(shop, asked, "no, that's all")).choice == "done"
    assert (await _heard(shop, asked, "no thank you")).choice == "no"


@pytest.mark.parametrize("said", ["Know, that's all.", "know", "Know that's all", "Know thank you"])
async def test_a_no_that_was_written_as_know_is_a_no(said: str) -> None:
    bare = Understander(RegexReader(), FACTS, {}, SETS, None)
    asked = question("asked", choices=("yes", "no", "done"))
    assert (await bare.understand(asked, Said(said))).choice in ("no", "done")


async def test_another_reading_of_the_sound_is_tried_when_the_first_means_nothing(shop: Understander) -> None:
    answer = await _heard(shop, AT_ORDER, "fur one seven", "41755", confidence=0.8)
    assert _values(answer) == {"order": "41755"} and "other reading" in answer.evidence
    assert answer.confidence == pytest.approx(0.86)  # a transcript of 0.8, discounted to 0.72, half of that at stake


async def test_an_answer_rests_on_half_of_what_the_recogniser_may_have_wrong(shop: Understander) -> None:
    answer = await _heard(shop, AT_ORDER, "41755", confidence=0.4)
    assert answer.confidence == 0.7 and answer.slots[0].confidence == 0.7


async def test_without_an_embedder_rules_still_answer() -> None:
    bare = Understander(RegexReader(), FACTS, {}, SETS, None)
    assert (await _heard(bare, AT_REASON, "refund please")).choice == "return"
    assert not (await _heard(bare, AT_REASON, "my parcel seems to be late")).understood


class _Fixed(Chooser):
    """A model that always gives one answer."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer
        self.offered: tuple[str, ...] = ()

    async def choose(self, question: Question, said: Said, options: tuple[Option, ...]) -> Answer | None:
        self.offered = tuple(option.name for option in options)
        return self.answer


async def test_the_model_is_asked_only_when_the_rest_is_unsure(
    minilm: Embedder, models: Mapping[str, ChoiceModel]
) -> None:
    chooser = _Fixed(Answer(choice="status", confidence=0.8, decided_by="model:smart"))
    shop = Understander(RegexReader(), FACTS, models, SETS, minilm, chooser)
    assert (await _heard(shop, AT_REASON, "refund")).decided_by == "rules" and chooser.offered == ()
    assert (await _heard(shop, AT_REASON, "purple monkeys dancing")).choice == "status"
    assert chooser.offered == (*REASONS, *AT_REASON.handlers)


async def test_a_model_cannot_leave_the_closed_set() -> None:
    stray = SlotReading(slot=SlotName("card"), value="1", confidence=1, heard="1")
    for answer in (Answer(choice="hack", confidence=1), Answer(slots=(stray,), confidence=1), None):
        shop = Understander(RegexReader(), FACTS, {}, SETS, None, _Fixed(answer))
        assert not (await _heard(shop, AT_REASON, "purple monkeys")).understood


def test_a_model_of_another_embedder_is_refused(models: Mapping[str, ChoiceModel]) -> None:
    with pytest.raises(ModelDamaged, match="Publish the flow again"):
        Understander(RegexReader(), FACTS, models, SETS, HashingEmbedder())


ANYTHING = st.one_of(
    st.text(st.characters(codec=None), max_size=80),
    st.lists(st.sampled_from("no yes sorry 41755 order my name is Jane Doe to a person bye , it's".split())).map(
        " ".join
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANYTHING, alternative=ANYTHING, asked=st.sampled_from([AT_REASON, AT_ORDER, CONFIRM]))
async def test_no_text_raises_and_every_answer_is_in_the_closed_set(
    shop: Understander, text: str, alternative: str, asked: Question
) -> None:
    answer = await _heard(shop, asked, text, alternative)
    assert answer.choice is None or answer.choice in (*asked.choices, *asked.handlers)
    assert {slot.slot for slot in answer.slots} <= {*asked.awaited, *asked.others}
    assert 0 <= answer.confidence <= 1 and answer.understood == (answer.decided_by != "none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00\x07",
        "?!…",
        "я хочу вернуть заказ",
        "注文したいです",
        "no " * 3333,
        "x" * 10_000,
        "\ud800",
        "🙂",
    ],
)
async def test_odd_texts_are_answered_all_the_same(shop: Understander, text: str) -> None:
    for asked in (AT_REASON, AT_ORDER, CONFIRM):
        assert isinstance(await _heard(shop, asked, text), Answer)
