"""`tollfree eval retrieval`: figures of one's own passages and questions, and every bad row by its line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

CORPUS = [
    {"id": "hours", "text": "We are open from nine to five on weekdays."},
    {"id": "returns", "text": "Send goods back within thirty days and get your money back."},
    {"id": "parking", "text": "There is a free car park behind the building."},
]
QUERIES = [
    {"id": "q1", "text": "when are you open", "relevant": ["hours"]},
    {"id": "q2", "text": "can I get a refund", "relevant_ids": ["returns"], "confidence": 0.8},
    {"id": "q3", "text": "who won the world cup in 1998", "relevant": []},
    {"id": 4, "text": "where do i leave my car", "relevant": ["parking"], "note": "left alone"},
]


def lines(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n\n")
    return path


def run(shell: Shell, corpus: Path, queries: Path, *more: str):  # type: ignore[no-untyped-def]
    return shell("eval", "retrieval", "--corpus", corpus, "--queries", queries, *more)


def test_figures_for_people_and_for_programs(shell: Shell, tmp_path: Path) -> None:
    corpus, queries = lines(tmp_path / "c.jsonl", *CORPUS), lines(tmp_path / "q.jsonl", *QUERIES)
    ran = run(shell, corpus, queries, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["r_at_1"] == ran.json["r_at_5"] == ran.json["ndcg_at_10"] == 1.0
    assert ran.json["refused_rightly"] == 1.0 and ran.json["refused_wrongly"] == 0.0
    assert 0 < ran.json["ms_p50"] <= ran.json["ms_p95"] and ran.json["passages"] == 3 and ran.json["queries"] == 4
    assert "right passage first       100.0 %" in run(shell, corpus, queries).out
    assert not (shell.home / "knowledge").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2: it is no JSON"),
        ("[1]", "line 2: it is no JSON object"),
        ({"id": "q9"}, "line 2: text: Field required"),
        ({"id": "q9", "text": "a"}, "relevant: Field required"),
        ({"id": "q9", "text": "a", "relevant": "hours"}, "relevant: Input should be a valid list"),
        ({"id": "q1", "text": "a", "relevant": []}, "the id q1 is that of line 1 as well"),
        ({"id": "q9", "text": "a", "relevant": ["nobody"]}, "line 2: nobody is not in"),
        ({"id": "q9", "text": "a", "relevant": [], "confidence": 7}, "confidence: Input should be less than"),
    ],
)
def test_a_bad_question_is_named_with_its_line(shell: Shell, tmp_path: Path, row: object, said: str) -> None:
    ran = run(shell, lines(tmp_path / "c.jsonl", *CORPUS), lines(tmp_path / "q.jsonl", QUERIES[0], row))
    assert ran.code == 1 and said in ran.err and "q.jsonl" in ran.err


def test_all_bad_passages_are_named_at_once(shell: Shell, tmp_path: Path) -> None:
    corpus = lines(tmp_path / "c.jsonl", "{", CORPUS[0], {"id": "", "text": "a"}, *["{"] * 20)
    ran = run(shell, corpus, lines(tmp_path / "q.jsonl", *QUERIES))
    assert "line 1:" in ran.err and "line 3:" in ran.err and "and 12 more" in ran.err and "a row looks like" in ran.err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", None])
def test_a_file_without_rows_or_of_another_encoding_is_refused(
    shell: Shell, tmp_path: Path, content: bytes | None
) -> None:
    corpus = tmp_path / "c.jsonl"
    if content is not None:
        corpus.write_bytes(content)
    ran = run(shell, corpus, lines(tmp_path / "q.jsonl", *QUERIES))
    assert ran.code == 1 and "c.jsonl" in ran.err
