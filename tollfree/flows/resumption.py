"""A call goes on in another process: what was said and not heard is said again, and the caller is where they were."""

from tollfree.flows.transition import Transition
from tollfree.flows.wording import Line


def call_resumed(call: Transition) -> None:
    """Say that we are back, then whatever nobody reported as heard; where that is not the question itself, the node
    asks again. Words whose meaning is being worked out, and results that nodes wait for, stay awaited."""
    unheard, call.speaking, call.listening = call.speaking, (), None
    if call.taken_over:
        return  # a person is talking to the caller
    back, last_line = call.line(Line.RESUMED), call.last_line
    call.say_aside(back)
    if call.hearing is not None or call.seeking is not None:
        return  # the caller spoke over what was being said: the answer follows
    lines = [text for _, text in unheard if text != back]
    for text in lines:
        call.say_aside(text)
    if last_line not in lines:
        call.come_back()
