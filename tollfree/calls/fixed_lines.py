"""The lines of a flow that say the same in every call: rendered at publish, so that no caller waits for them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.graph import Flow, Graph
from tollfree.flows.nodes.ask import AskNode
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.nodes.order import OrderNode
from tollfree.flows.ordering.cart import Cart, apply, open_questions
from tollfree.flows.ordering.operations import Add
from tollfree.flows.ordering.wording import ask_option
from tollfree.flows.prompt import Prompt
from tollfree.flows.wording import Line, Template
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.values import Values
from tollfree.speech.tts.clauses import sentences
from tollfree.speech.tts.speaker import CachedSpeaker

Progress = Callable[[int, int], None]
"""Told after each line: how many are done, of how many."""

_ONLY_OF: Mapping[Line, str] = {
    Line.CONFIRM: "ask",
    Line.YES_OR_NO: "ask",
    Line.NOT_RIGHT: "ask",
    Line.NOT_VALID: "ask",
    Line.STILL_CONNECTING: "transfer",
    Line.YOUR_QUESTION: "answer",
    Line.ANYTHING_ELSE: "answer",
    Line.WHAT_TO_CHANGE: "order",
    Line.DROP_ORDER: "order",
    Line.LEFT_OUT: "order",
}
"""Lines that only a node of one kind says; any flow may say the others."""
_VALUE, _CONDITION = "\ue000", "\ue001"
"""Stand where a template has a value, and where it has `{% … %}`."""
_FIGURES_TRIED = 12
"""A value's problem may name how many figures were heard ("I need five digits and heard four."); up to so many."""
_NO_CALL = CallFacts(started_at="1970-01-01T00:00:00+00:00")


def fixed_lines(flow: Flow) -> tuple[str, ...]:
    """Every text that a flow and the flows it runs say alike in all calls, each once: whole lines (with the project's
    own values in them), and of lines with other values the sentences that have none."""
    known: Values = {"project": flow.library.project}
    found = (text for graph in _graphs(flow) for text in _lines(graph, known))
    return tuple(dict.fromkeys(text for text in found if text))


async def render_fixed_lines(flow: Flow, speaker: CachedSpeaker, progress: Progress | None = None) -> int:
    """Render what a flow always says the same, where it is not kept already. Returns how many clips were rendered.
    Raises `RenderingFailed`."""
    lines = fixed_lines(flow)
    rendered = 0
    for done, line in enumerate(lines, 1):
        rendered += await speaker.keep(line)
        if progress is not None:
            progress(done, len(lines))
    return rendered


def _graphs(flow: Flow) -> Iterable[Graph]:
    return {graph.id: graph for graph in (flow.main, *flow.graphs.values())}.values()


def _lines(graph: Graph, known: Values) -> Iterator[str]:
    """In the order in which calls are likely to need them."""
    for node in graph.nodes.values():
        yield from _node_lines(node, known)
    for handler in graph.handlers.values():
        yield from _prompt_lines(handler.say, known)
    kinds = {node.kind for node in graph.nodes.values()}
    for line, variants in graph.wording.lines.items():
        if line not in _ONLY_OF or _ONLY_OF[line] in kinds:
            for variant in variants:
                yield from template_lines(variant, known)
    for slot in graph.slots.values():
        if not slot.internal:
            heard = (" ".join(["one"] * count) for count in range(1, _FIGURES_TRIED + 1))
            yield from (slot.type.problem(words, _NO_CALL) for words in heard)


def _node_lines(node: AnyNode, known: Values) -> Iterator[str]:
    """Whatever a node of any kind keeps as a prompt is said by it; `waiting` is said while it waits."""
    for name, kept in vars(node).items():
        if isinstance(kept, Prompt):
            yield from _prompt_lines(kept, known)
        elif isinstance(kept, Template) and name == "waiting":
            yield from template_lines(kept, known)
    if isinstance(node, AskNode):
        # Two nodes may ask for one slot in different words.
        for slot in node.slots.values():
            yield from (*_prompt_lines(slot.ask, known), *_prompt_lines(slot.again, known))
    if isinstance(node, OrderNode):
        yield from _questions_of(node.catalogue)


def _prompt_lines(prompt: Prompt, known: Values) -> Iterator[str]:
    for variant in prompt.variants:
        yield from template_lines(variant, known)


def template_lines(template: Template, known: Values) -> Iterator[str]:
    """What a template says in every call: all of it, when it reads nothing but what is `known`; else the sentences no
    value can change."""
    if template.reads <= known.keys():
        yield template.render(known)
        return
    marked = re.sub(r"\{\{.*?\}\}", _VALUE, template.source, flags=re.DOTALL)
    marked = re.sub(r"\{%.*?%\}", _CONDITION, re.sub(r"\{#.*?#\}", "", marked, flags=re.DOTALL), flags=re.DOTALL)
    for sentence in sentences(" ".join(marked.split())):
        # A condition around whole sentences changes whether they are said, not how.
        bare = sentence.strip(f"{_CONDITION} ")
        if bare[-1:] in (".", "?", "!") and _VALUE not in bare and _CONDITION not in bare:
            yield bare


def _questions_of(catalogue: Catalogue) -> Iterator[str]:
    """Of an order: which size, which dressing. What was ordered is read back from values and is not fixed."""
    for item in catalogue.items:
        cart = apply(Cart(), Add(sku=item.sku), catalogue)
        if isinstance(cart, Cart):
            yield from (ask_option(question) for question in open_questions(cart, catalogue))
