"""How benchmarks print: a title, a table, and nothing asserted."""

import statistics
import sys
from collections.abc import Sequence


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output: the first column to the left, figures to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    sys.stdout.write(f"{title}\n")
    for row in (head, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        cells[0] = row[0].ljust(widths[0])
        sys.stdout.write(("  ".join(cells)).rstrip() + "\n")
    sys.stdout.write("\n")
    sys.stdout.flush()


def percentile(samples: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def middle(figures: Sequence[float]) -> float:
    """The median over runs."""
    return statistics.median(figures)


def spread(figures: Sequence[float], unit: str, places: int = 1) -> str:
    """The median over runs, with the least and the most."""
    return f"{middle(figures):.{places}f} {unit} ({min(figures):.{places}f}-{max(figures):.{places}f})"
