"""The reading order of a page: words to lines, lines to columns. Pure.

A page is cut where white space runs through it (Nagy and Seth's X-Y cut, 1984): from top to bottom between columns of
prose, else from left to right between what stands above and below, and each part again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

GUTTER = 0.9
"""Of the letters' size: white space at least so wide, from the top of a part to its bottom, may divide columns."""
GAP = 1.1
"""Of the letters' size: white space at least so high may divide what is above from what is below."""
COLUMN_WORDS = 3.0
"""On average in a line, from which it is a column of prose rather than a cell in a row of aligned words."""
COLUMN_LINES = 3
"""A column has at least so many lines."""
MAX_DEPTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A word, or a whole table, on a page. Points from the page's top left."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    """Of its letters."""
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    """Of a table: its rows."""

    def holds(self, other: "Box") -> bool:
        """Whether the middle of the other is within this."""
        x, y = (other.x0 + other.x1) / 2, (other.top + other.bottom) / 2
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words on one line, or a table."""

    text: str
    size: float
    top: float
    bottom: float
    x0: float = 0.0
    x1: float = 0.0
    table: tuple[tuple[str, ...], ...] = ()


def in_reading_order(boxes: Sequence[Box], width: float) -> Iterator[list[Line]]:
    """The parts of a page in the order a person reads them, each as its lines. `width`: the page's."""
    if boxes:
        letters = median([box.size for box in boxes if not box.table] or [10.0])
        yield from _parts(list(boxes), letters, width, 0)


def _parts(boxes: list[Box], letters: float, width: float, depth: int) -> Iterator[list[Line]]:
    if depth < MAX_DEPTH:
        columns = _cut([(box.x0, box.x1) for box in boxes], boxes, GUTTER * letters)
        if len(columns) > 1 and all(_is_column(part) for part in columns):
            for part in columns:
                yield from _parts(part, letters, width, depth + 1)
            return
        stacked = _cut([(box.top, box.bottom) for box in boxes], boxes, GAP * letters)
        if len(stacked) > 1:
            for part in _joined(stacked):
                yield from _parts(part, letters, width, depth + 1) if len(part) < len(boxes) else (_lines(part),)
            return
        yield from _uneven(boxes, letters, width, depth)
        return
    yield _lines(boxes)


def _uneven(boxes: list[Box], letters: float, width: float, depth: int) -> Iterator[list[Line]]:
    """Without any white space through the whole: a heading across columns that leaves no gap below it is cut off at
    the first line from which on there are columns."""
    lines = _grouped(boxes)
    for start in range(1, min(len(lines), 12)):
        rest = [box for line in lines[start:] for box in line]
        columns = _cut([(box.x0, box.x1) for box in rest], rest, GUTTER * letters)
        if len(columns) > 1 and all(_is_column(part) for part in columns):
            yield _lines([box for line in lines[:start] for box in line])
            yield from _parts(rest, letters, width, depth + 1)
            return
    yield _lines(boxes)


def _joined(stacked: list[list[Box]]) -> list[list[Box]]:
    """Parts below each other that have the same columns are read as one: the columns of a page go on past a gap."""
    joined: list[list[Box]] = []
    for part in stacked:
        before = joined[-1] if joined else []
        if before and not any(box.table for box in (*before, *part)) and _same_columns(before, part):
            joined[-1] = [*before, *part]
        else:
            joined.append(part)
    return joined


def _same_columns(above: list[Box], below: list[Box]) -> bool:
    """Whether both have columns, and still have them when taken together."""
    letters = median([box.size for box in (*above, *below)])
    cuts = [_cut([(b.x0, b.x1) for b in part], part, GUTTER * letters) for part in (above, below, [*above, *below])]
    return all(len(cut) > 1 for cut in cuts) and all(_is_column(part) for part in cuts[2])


def _cut(spans: list[tuple[float, float]], boxes: list[Box], gap: float) -> list[list[Box]]:
    """The boxes in groups, wherever no span covers a gap so large."""
    order = sorted(range(len(boxes)), key=lambda number: spans[number][0])
    groups: list[list[Box]] = []
    reach = float("-inf")
    for number in order:
        start, end = spans[number]
        if not groups or start - reach >= gap:
            groups.append([])
        groups[-1].append(boxes[number])
        reach = max(reach, end)
    return groups


def _is_column(boxes: list[Box]) -> bool:
    """Prose in lines, or a table; not the cells of a list of aligned words."""
    lines = _grouped(boxes)
    tables = sum(1 for box in boxes if box.table)
    words = (len(boxes) - tables) / max(1, len(lines) - tables)
    return bool(tables) or (len(lines) >= COLUMN_LINES and words >= COLUMN_WORDS)


def _grouped(boxes: list[Box]) -> list[list[Box]]:
    """Words by line, lines from the top: those that stand on the same height, by half their own."""
    lines: list[list[Box]] = []
    bottoms: list[float] = []
    for box in sorted(boxes, key=lambda box: (box.bottom if not box.table else box.top, box.x0)):
        same = bool(lines) and not box.table and not lines[-1][0].table
        if same and abs(box.bottom - bottoms[-1]) <= 0.4 * max(box.size, 1.0):
            lines[-1].append(box)
        else:
            lines.append([box])
            bottoms.append(box.bottom)
    return lines


def _lines(boxes: list[Box]) -> list[Line]:
    lines: list[Line] = []
    for group in _grouped(boxes):
        words = sorted(group, key=lambda box: box.x0)
        lines.append(
            Line(
                text=" ".join(box.text for box in words),
                size=median(box.size for box in words),
                top=min(box.top for box in words),
                bottom=max(box.bottom for box in words),
                x0=words[0].x0,
                x1=max(box.x1 for box in words),
                table=words[0].table,
            )
        )
    return lines


def paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """Lines joined to paragraphs: a wider gap, a bullet or a jump upwards (a new column) begins another. A word that
    was divided at a line's end is put together."""
    text = ""
    before: Line | None = None
    for line in lines:
        if before is not None and _begins(line, before, text):
            yield text
            text = ""
        if text.endswith("-") and text[-2:-1].isalpha() and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}" if text else line.text
        before = line
    if text:
        yield text


def _begins(line: Line, before: Line, text: str) -> bool:
    gap = line.top - before.bottom
    if line.text.startswith(("•", "▪", "‣", "◦", "– ", "- ", "* ")):
        return True
    if gap < -line.size:  # the top of the next column
        return text.endswith((".", "!", "?", ":"))
    return gap > 0.6 * line.size
