"""M2, read and written."""

from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment, Status
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.m2.reader import M2Reader
from app.exchange.formats.m2.writer import M2Writer
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from tests.unit.exchange.build import record, work
from tests.unit.exchange.formats_of_errors import file_of, meant, read, statuses, written

NOOP = "A -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||"


def edit(start: int, end: int, type_: str, correction: str, annotator: int = 0) -> str:
    return f"A {start} {end}|||{type_}|||{correction}|||REQUIRED|||-NONE-|||{annotator}"


def block(*lines: str) -> str:
    return "".join(f"{line}\n" for line in [*lines, ""])


def blocks(text: str) -> list[list[str]]:
    parts = [part.split("\n") for part in text.strip("\n").split("\n\n")]
    return [[part[0], *sorted(part[1:])] for part in parts]


@pytest.mark.needs_shared
def test_a_real_file_is_written_as_it_was(shared: Path) -> None:
    path = shared / "data" / "m2" / "ua-gec.gec-only.test.m2"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "m2"
    records = read(M2Reader(), path)
    assert sum(len(item.annotations) for each in records for item in each.sets) == 8716 - 2971
    assert (len(records), statuses(records)) == (166, {Status.DONE: 330, Status.DONE_EMPTY: 2})
    text, losses = written(M2Writer(), records)
    assert blocks(text) == blocks(path.read_text("utf-8"))
    assert list(losses) == []


def test_edits_become_marks_and_anchors_with_corrections(tmp_path: Path) -> None:
    text = block(
        "S He go to  home .",
        edit(1, 2, "R:VERB", "goes"),
        edit(2, 4, "U:PREP", ""),
        edit(6, 6, "M:OTHER", "now"),
        edit(0, 0, "M:ADV", "So", 1),
        edit(5, 6, "R:PUNCT", "!||?", 1),
    ) + block("S Fine .", f"{NOOP}0", edit(0, 1, "R:ADJ", "-NONE-", 1))
    (found,) = read(M2Reader(), file_of(tmp_path, text, "a.m2"))
    assert found.document.text == "He go to  home .\nFine ."
    one, two = found.sets
    assert [(m.quote, m.fragments[0], m.correction) for m in one.annotations] == [
        ("go", Fragment(3, 5), "goes"),
        ("to ", Fragment(6, 9), ""),
        ("", Fragment(16, 16), "now"),
    ]
    assert [(m.quote, m.fragments[0], m.correction) for m in two.annotations] == [
        ("", Fragment(0, 0), "So"),
        (".", Fragment(15, 16), "!"),
        ("Fine", Fragment(17, 21), ""),
    ]
    assert [(item.annotator, item.status) for item in found.sets] == [
        ("annotator 0", Status.DONE),
        ("annotator 1", Status.DONE),
    ]
    assert blocks(written(M2Writer(), [found])[0]) == blocks(text)


def test_who_saw_a_sentence_is_kept(tmp_path: Path) -> None:
    text = (
        block("S # 0007", f"{NOOP}0", f"{NOOP}1")
        + block("S One .", edit(0, 1, "X", "Two"))
        + block("S Nobody found anything .")
        + block("S # 0008", f"{NOOP}0")
        + block("S Two .", f"{NOOP}0")
    )
    report = Report()
    records = read(M2Reader(), file_of(tmp_path, text, "a.m2"), report)
    assert [each.document.name for each in records] == ["a.m2 0007", "a.m2 0008"]
    assert [(item.annotator, item.status) for each in records for item in each.sets] == [
        ("annotator 0", Status.DONE),
        ("annotator 1", Status.OPEN),
        ("annotator 0", Status.DONE_EMPTY),
    ]
    assert report.count("partial") == 1
    assert blocks(written(M2Writer(), records)[0]) == blocks(text)


def test_insertions_at_one_place_stay_in_order(tmp_path: Path) -> None:
    words = ["c", "a", "b"]
    text = block("S x y .", *(edit(1, 1, "M", word) for word in words))
    report = Report()
    records = read(M2Reader(), file_of(tmp_path, text, "a.m2"), report)
    assert written(M2Writer(), records)[0] == text
    assert report.count("same-place") == 2


def test_long_files_are_parted(tmp_path: Path) -> None:
    path = file_of(tmp_path, "".join(block(f"S Sentence {number} .") for number in range(5)), "a.m2")
    names = [each.document.name for each in read(M2Reader(), path, own={"sentences": 2})]
    assert names == ["a.m2 1–2", "a.m2 3–4", "a.m2 5–5"]
    assert [each.document.name for each in read(M2Reader(), path, own={"sentences": 0})] == ["a.m2"]


def test_work_of_our_own_is_written_by_tokens() -> None:
    def mark(uid: str, start: int, end: int, correction: str | None) -> Annotation:
        return Annotation(
            uid=uid,
            layer="error",
            label="OTHER",
            fragments=(Fragment(start, end),),
            quote="Mr. Trump left.\nBye"[start:end],
            correction=correction,
        )

    marks = (
        mark("a", 4, 9, "Duck"),
        mark("b", 5, 7, "h"),
        mark("c", 4, 4, "J."),
        mark("d", 0, 3, None),
        mark("e", 10, 19, "x"),
        mark("f", 3, 4, " the\n"),
    )
    made = record("Mr. Trump left.\nBye", sets=(work(*marks, status=Status.DONE), work(annotator="ben")))
    text, losses = written(M2Writer(), [made])
    assert text.split("\n") == [
        "S Mr. Trump left .",
        edit(1, 1, "Other", "J."),
        edit(1, 1, "Other", "the"),
        edit(1, 2, "Other", "Duck"),
        edit(1, 2, "Other", "Thmp"),
        "",
        "S Bye",
        f"{NOOP}0",
        "",
        "",
    ]
    counts = {finding.kind: finding.count for finding in losses}
    assert counts == {"widened": 1, "uncorrected": 1, "crossing": 1, "annotator": 2, "boundary": 1, "spacing": 1}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    text = block("S a b", edit(0, 1, "X", "c"), f"{NOOP}1") + block("S  d", edit(1, 2, "Y", "e f", 1), f"{NOOP}0")
    records = read(M2Reader(), file_of(tmp_path, text, "a.m2"))
    again = read(M2Reader(), file_of(tmp_path, written(M2Writer(), records)[0], "a.m2"))
    assert meant(again) == meant(records)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("A 0 9|||X|||y|||REQUIRED|||-NONE-|||0", "tokens 0 to 9 of a sentence that has 2"),
        ("A 1 0|||X|||y|||REQUIRED|||-NONE-|||0", "tokens 1 to 0"),
        ("A 0 1|||X|||y", "isn't an edit"),
        ("A x 1|||X|||y|||REQUIRED|||-NONE-|||0", "isn't an edit"),
        ("A 0 1||||||y|||REQUIRED|||-NONE-|||0", "the label is empty"),
        ("B 0 1", "begins with S"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(line: str, what: str, tmp_path: Path) -> None:
    refused: list[FormatError] = []
    path = file_of(tmp_path, f"S a b\n{line}\n{edit(0, 1, 'X', 'c')}\n", "a.m2")
    (found,) = read(M2Reader(), path, refuse=refused.append)
    assert len(found.sets[0].annotations) == 1
    (error,) = refused
    assert (error.path, error.line) == (path, 2)
    assert what in error.what


@pytest.mark.parametrize("text", ["", "\n", "just a text\n", "S\tB-X\nA\tO\n", "S is a letter.\nA is one.\n"])
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    assert M2Reader().claims(Path("a.m2"), text.encode()) is None
    if not text.strip():
        with pytest.raises(FormatError, match="no sentences"):
            list(M2Reader().read(Source(file_of(tmp_path, text, "a.m2")), ReadOptions()))
