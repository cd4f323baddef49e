"""Reading order: whatever a page looks like, every word of it is read once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.knowledge.ingest.loaders.pdf_layout import Box, in_reading_order, paragraphs

places = st.lists(
    st.tuples(st.integers(0, 550), st.integers(0, 780), st.integers(5, 200), st.sampled_from((8.0, 10.0, 24.0))),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(places)
def test_every_word_of_a_page_is_read_once(found: list[tuple[int, int, int, float]]) -> None:
    boxes = [
        Box(x0=x, x1=x + width, top=y, bottom=y + size, size=size, text=f"w{number}")
        for number, (x, y, width, size) in enumerate(found)
    ]
    parts = list(in_reading_order(boxes, 612))
    words = [word for part in parts for line in part for word in line.text.split()]
    assert sorted(words) == sorted(box.text for box in boxes)
    assert sorted(" ".join(text for part in parts for text in paragraphs(part)).split()) == sorted(words)
