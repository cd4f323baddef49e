"""What every call hears alike is found before any call, and rendered once."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples.conftest import SHOP
from tests.fakes.voice import HummingVoice
from tests.flows.driven import LIBRARY, ask, flow_of, lookup
from tollfree.calls.fixed_lines import fixed_lines, render_fixed_lines, template_lines
from tollfree.calls.project import read_folder
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.graph import Flow
from tollfree.flows.wording import Template
from tollfree.speech.tts.clauses import sentences
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.speaker import CachedSpeaker


def made(nodes: dict[str, Any], handlers: dict[str, Any] | None = None, **head: Any) -> Flow:
    return compile_or_raise(flow_of(nodes, handlers, **head), LIBRARY)


def said(source: str, **known: Any) -> list[str]:
    return list(template_lines(Template.compile(source), known))


def the_shop() -> Flow:
    folder = read_folder(SHOP)
    return compile_or_raise(folder.flows["support"], folder.library, folder.flows)


def test_lines_of_nodes_slots_handlers_and_waiting_are_found_in_all_their_variants() -> None:
    flow = made(
        {
            "hello": {"kind": "say", "say": ["Hello there.", "Hello again."], "exits": {"said": "which"}},
            "which": ask(
                exits={"given": "seek"},
                say="First a code.",
                slots={"code": {"type": "digits", "length": 3, "ask": ["Which code?", "Your code?"], "again": "What?"}},
            ),
            "seek": lookup(while_waiting="One moment while I look."),
        },
        {"help": {"say": "You can give me a code.", "phrases": ["help"]}},
    )
    found = fixed_lines(flow)
    for line in (
        "Hello there.",
        "Hello again.",
        "First a code.",
        "Which code?",
        "Your code?",
        "What?",
        "One moment while I look.",
        "You can give me a code.",
        "Sorry, I didn't get that.",
        "Sorry, I didn't hear anything.",
        "I need three digits and heard two.",
        "Is that right?",
    ):
        assert line in found
    assert len(set(found)) == len(found)


def test_a_flow_s_own_wording_takes_the_place_of_the_engine_s_and_lines_of_absent_kinds_are_left_out() -> None:
    found = fixed_lines(made({"which": ask()}, wording={"goodbye": "Cheerio."}))
    assert "Cheerio." in found and "Thanks for calling. Goodbye." not in found
    assert "Shall I drop the whole order?" not in found


def test_of_a_line_with_values_the_sentences_without_any_are_fixed() -> None:
    assert said("Thank you. We'll call {{ phone }} soon. Goodbye.") == ["Thank you.", "Goodbye."]
    assert said("{% if late %}Sorry about that. {% endif %}It's on its way.") == [
        "Sorry about that.",
        "It's on its way.",
    ]
    assert said("It's {% if late %}late{% else %}on time{% endif %}. Bye.") == ["Bye."]
    assert said("{{ greeting }} there") == []
    assert said("All the {{ same }}") == []


def test_the_project_s_own_values_are_the_same_in_every_call() -> None:
    assert said("Thanks for calling {{ project.name }}.", project={"name": "Joe's"}) == ["Thanks for calling Joe's."]
    assert "We're at 96 Orchard Street." in fixed_lines(the_shop())


def test_an_order_s_questions_are_known_from_its_catalogue() -> None:
    found = fixed_lines(the_shop())
    assert "What size would you like for the cheese pizza: small, medium or large?" in found


def test_a_slot_that_two_nodes_ask_for_has_the_words_of_both() -> None:
    second = {"code": {"type": "digits", "length": 3, "ask": "The other code?"}}
    found = fixed_lines(made({"which": ask("other"), "other": ask(slots=second, anew=True)}))
    assert "Which code?" in found and "The other code?" in found


def test_sub_flows_lines_are_among_them() -> None:
    assert "What phone number is on your account?" in fixed_lines(the_shop())


PIECES = [
    "Okay. ",
    "{{ a }}",
    "{{ a.b }} ",
    "{% if a %}",
    "so ",
    "No. 5 ",
    "Really? ",
    "{# note #}",
    "one, two. ",
    "}} ",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_whatever_is_called_fixed_is_whole_sentences_without_a_trace_of_the_template(source: str) -> None:
    template = Template.compile(source + "{% endif %}" * source.count("{% if a %}"))
    if template.fixed:
        return
    for sentence in template_lines(template, {}):
        assert sentences(sentence) == [sentence]
        assert not any(mark in sentence for mark in ("{{", "{%", "{#", "\ue000", "\ue001"))


async def test_each_is_rendered_once_with_progress_and_then_ready(tmp_path: Path) -> None:
    flow = made({"hello": {"kind": "say", "say": "Hello there. How are you?", "exits": {"said": "bye"}}})
    voice = HummingVoice()
    speaker = CachedSpeaker(voice, Renderings(tmp_path))
    progress: list[tuple[int, int]] = []
    rendered = await render_fixed_lines(flow, speaker, lambda done, of: progress.append((done, of)))
    assert rendered == len(voice.asked) == len(set(voice.asked))
    lines = fixed_lines(flow)
    assert progress == [(done, len(lines)) for done in range(1, len(lines) + 1)]
    assert all(speaker.ready(line) is not None for line in lines)
    assert speaker.ready("Sorry, I didn't get that. Hello there. How are you?") is not None
    assert await render_fixed_lines(flow, speaker) == 0
