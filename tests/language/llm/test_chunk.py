"""Events of a streamed answer, as servers send them and as they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.language.llm.base import Finished
from tollfree.language.llm.chunk import Chunk, NotAChunk, read_chunk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["choices", "delta", "content", "finish_reason", "usage", "x"]), inner)
    ),
)


@pytest.mark.parametrize(
    ("event", "chunk"),
    [
        ({"choices": [{"delta": {"content": "Hello"}, "finish_reason": None}]}, Chunk("Hello")),
        ({"choices": [{"delta": {"role": "assistant"}}]}, Chunk()),
        ({"choices": [{"delta": {"content": None, "reasoning": "Hm."}}]}, Chunk()),
        ({"choices": [{"delta": {}, "finish_reason": "length"}]}, Chunk(finish="length")),
        ({"choices": [{"delta": None, "finish_reason": "stop"}]}, Chunk(finish="stop")),
        ({"choices": [{"finish_reason": "stop"}]}, Chunk(finish="stop")),
        ({"choices": []}, Chunk()),
        ({"object": "ping"}, Chunk()),
        (
            {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": None}},
            Chunk(usage=Finished(prompt_tokens=9, completion_tokens=2)),
        ),
        (
            {"usage": {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 8}}},
            Chunk(usage=Finished(prompt_tokens=9, cached_tokens=8)),
        ),
    ],
)
def test_what_servers_send_is_read(event: object, chunk: Chunk) -> None:
    assert read_chunk(event) == chunk


@pytest.mark.parametrize(
    "event", [None, 5, [], "text", {"choices": 5}, {"choices": [5]}, {"choices": [{"delta": {"content": 5}}]}]
)
def test_what_is_none_of_the_protocol_is_refused(event: object) -> None:
    with pytest.raises(NotAChunk):
        read_chunk(event)


@given(JSON)
def test_any_json_is_read_or_refused(event: object) -> None:
    try:
        chunk = read_chunk(event)
    except NotAChunk:
        return
    assert isinstance(chunk.text, str)
