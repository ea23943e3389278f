"""Corrections in the running text: they have no place of their own, and everything else keeps its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.annotation import Annotation, Fragment
from app.core.correction import corrected as put_right
from app.core.scheme import Drawing
from app.core.state import DocumentState
from app.ui.editor.highlights import AnnotationHighlights, Highlight
from app.ui.editor.layout import TextLayout
from app.ui.editor.set_text import Insertion, SetText
from tests.unit.build import SCHEME, annotation, document
from tests.widget.editor.canvases import (
    ENGLISH,
    click,
    clusters,
    edge,
    hostile_texts,
    laid_out,
    mark,
    selected,
    shown,
    style,
)

WRONG = "US senator"
START = ENGLISH.index(WRONG)
END = START + len(WRONG)
LONG = "→ the President of the United States of America, elected for the second time and now in Washington"


def corrected(start: int, end: int, words: str) -> Highlight:
    return mark(start, end, "ROLE")._replace(beside=words, struck=True)


insertions = st.lists(st.tuples(st.integers(0, 40), st.text(max_size=8)), max_size=4)


@given(hostile_texts, insertions)
def test_both_offsets_agree_around_whatever_is_inserted(text: str, wanted: list[tuple[int, str]]) -> None:
    found = SetText(text, [Insertion(min(at, len(text)), words) for at, words in sorted(wanted)])
    plain = SetText(text)
    assert len(found.text.encode("utf-16-le")) // 2 == found.to_u16(len(text), behind=True)
    for offset in range(len(text) + 1):
        for behind in (False, True):
            assert found.from_u16(found.to_u16(offset, behind=behind)) == offset
        inserted = sum(end - start for start, end in found.ranges_u16 if found.from_u16(start) < offset)
        assert found.to_u16(offset) == plain.to_u16(offset) + inserted
    for (start, end), (at, *_) in zip(found.ranges_u16, found.insertions, strict=True):
        assert {found.from_u16(place) for place in range(start, end + 1)} == {at}


@given(hostile_texts, st.data())
def test_every_place_beside_a_correction_is_clickable_and_shown(qapp, text: str, data: st.DataObject) -> None:
    places = [0, *(end for _, end in clusters(text))]
    start, end = sorted(data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2)))
    words = data.draw(st.sampled_from(["→ right", LONG, "→ נכון", "→ 正しい"]))
    layout = laid_out(text, corrected(start, end, words), width=data.draw(st.sampled_from([120.0, 420.0])))
    for offset in range(len(text) + 1):
        rect = layout.caret_rect(offset)
        assert 0 <= rect.top() <= layout.heights.total
        low, high = layout.line_range(min(offset, layout.blocks.ends[layout.blocks.at(offset)]))
        assert low <= high
    for low, high in clusters(text):
        for rect in layout.rects(low, high):
            at = layout.place_at(rect.center().x(), rect.center().y())
            assert 0 <= at <= len(text)


@pytest.mark.parametrize("words", ["→ US President", LONG])
@pytest.mark.parametrize("width", [160.0, 300.0, 900.0])
def test_words_keep_their_place_whatever_correction_is_inserted(qapp, words: str, width: float) -> None:
    layout = laid_out(ENGLISH, corrected(START, END, words), width=width)
    wrong = layout.rects(START, END)
    assert sum(rect.width() for rect in wrong) == pytest.approx(
        sum(rect.width() for rect in laid_out(ENGLISH, width=2000).rects(START, END)), abs=12
    )
    behind = layout.rects(END, END + 1)[0]  # the comma
    assert (behind.top(), behind.left()) > (wrong[-1].top(), wrong[-1].right() + 20 * (width == 900.0))
    for start, end in clusters(ENGLISH):
        rect = layout.rects(start, end)[0] if layout.rects(start, end) else None
        if rect is not None and rect.width() > 2:
            assert layout.place_at(rect.left() + 0.2, rect.center().y()) == start
    # What is clicked inside of the correction is the place behind the wrong words.
    beside = QPointF(wrong[-1].right() + 15, wrong[-1].center().y())
    if beside.x() < width - 40:
        assert layout.place_at(beside.x(), beside.y()) == END


@pytest.mark.parametrize("width", [140, 260, 520])
def test_arrow_keys_pass_a_correction_that_fills_lines(qtbot: QtBot, width: int) -> None:
    canvas = shown(qtbot, ENGLISH, [corrected(START, END, LONG)], width=width)
    seen: list[int] = []
    while canvas.view.caret < len(ENGLISH) and len(seen) < 200:
        seen.append(canvas.view.caret)
        QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.view.caret == len(ENGLISH)
    assert seen == sorted(set(seen))
    while canvas.view.caret > 0 and len(seen) < 400:
        before = canvas.view.caret
        QTest.keyClick(canvas, Qt.Key.Key_Up)
        assert canvas.view.caret < before
    for _ in range(len(ENGLISH)):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.caret == len(ENGLISH)


def test_a_selection_from_behind_a_correction_excludes_it(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH, [corrected(START, END, "→ US President")], width=900)
    spoke = ENGLISH.index("spoke")
    (rect,) = canvas.viewport_rects(END, END + 1)
    click(canvas, QPointF(rect.left() + 0.3, rect.center().y()))
    assert canvas.view.caret == END
    click(canvas, edge(canvas, spoke), shift=True)
    assert selected(canvas) == ", "


def test_an_omission_stands_where_its_words_are_missing(qapp) -> None:
    at = ENGLISH.index(" spoke")
    omitted = Highlight("o", "o", (Fragment(at, at),), Drawing.WAVE, "#D55E00", "OMISSION", beside=LONG)
    layout = laid_out(ENGLISH, omitted, width=300)
    plain = laid_out(ENGLISH, width=300).rects(at, at)
    assert layout.rects(at, at)[0].topLeft() == plain[0].topLeft()
    block = layout.block(0)
    assert block.badges[0].rect.left() <= plain[0].left() + 2


def test_adding_and_removing_a_correction_restores_the_layout(qapp) -> None:
    layout = laid_out(ENGLISH, width=300)
    before = layout.rects(0, len(ENGLISH))
    layout.source.highlights = [corrected(START, END, "→ US President")]
    layout.refresh([(START, END)])
    assert layout.rects(0, len(ENGLISH)) != before
    assert layout.block(0).layout.text().count("→ US President") == 1
    layout.source.highlights = []
    layout.refresh([(START, END)])
    assert layout.rects(0, len(ENGLISH)) == before


def test_arrows_point_the_way_one_reads(qapp) -> None:
    hebrew = "הסנטור האמריקני דיבר"
    layout = laid_out(hebrew, corrected(0, 6, "→ 18"), width=600)
    (wrong,) = layout.rects(0, 6)
    (behind,) = layout.rects(7, 10)
    shown = layout.block(0).layout.text()
    assert "←" in shown
    assert "→" not in shown
    # The wrong word on the right, then the arrow, the number to the left of it, and the rest of the line.
    line = layout.block(0).lines[0].text_line
    arrow, number = (line.cursorToX(shown.index(char))[0] for char in ("←", "18"))
    assert wrong.left() >= arrow > number > behind.right() - 1


@pytest.mark.parametrize(
    ("text", "end", "behind"), [("in Far East", 3, "Far"), ("参议员说", 3, "说"), ("so, he", 2, ",")]
)
def test_a_correction_does_not_run_into_the_word_behind_it(qapp, text: str, end: int, behind: str) -> None:
    shown = laid_out(text, corrected(0, end, "→ the")).block(0).layout.text()
    gap = " " if behind.isalnum() else ""
    assert f"the{gap}{behind}" in shown.replace("\u2068", "").replace("\u2069", "")


def _read(layout: TextLayout, text: str, struck: list[Fragment]) -> str:
    """Return what a reader reads: the text without what is struck out, and the corrections where they stand."""
    said: dict[int, str] = {}
    for number in range(len(layout.blocks.ends)):
        block = layout.block(number)
        for insertion in block.set_text.insertions:
            words = insertion.words.removeprefix("→ ")
            said[block.start + insertion.at] = said.get(block.start + insertion.at, "") + words.replace("(delete)", "")
    gone = {at for f in struck for at in range(f.start, f.end)}
    return "".join(said.get(at, "") + ("" if at in gone else text[at : at + 1]) for at in range(len(text) + 1))


WORDS_AND_LINES = st.lists(
    st.sampled_from(["one", " ", "two", ",", "\n", "漢字", "«", ".", "é"]), min_size=1, max_size=16
)


@settings(max_examples=50)
@given(WORDS_AND_LINES.map("".join), st.data())
def test_what_is_on_the_screen_is_what_is_written(qapp, text: str, data: st.DataObject) -> None:
    marks: list[Annotation] = []
    at = 0
    for _ in range(data.draw(st.integers(1, 3))):  # marks in one to three pieces, one behind the other
        bounds = data.draw(st.lists(st.integers(at, len(text)), min_size=2, max_size=6, unique=True))
        pairs = list(zip(sorted(bounds)[::2], sorted(bounds)[1::2], strict=False))
        marks.append(annotation(text, *pairs, correction=data.draw(st.sampled_from(["right", "", "改", "so, yes"]))))
        at = pairs[-1][1] + 1
        if at >= len(text) - 1:
            break
    state = DocumentState.of(document(text), annotator="ana", annotations=marks)
    layout = TextLayout(text, width=420, style=style())
    layout.source = AnnotationHighlights(state, SCHEME, corrections=True)
    found = _read(layout, text, [f for mark in marks for f in mark.fragments])
    assert "".join(found.split()) == "".join(put_right(text, marks).text.split()), "but for blanks"


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        (((3, 7), (15, 17)), "He gave → surrendered it all up quickly"),
        (((3, 7), (14, 14)), "He gave it all → surrendered up quickly"),
    ],
)
def test_a_broken_mark_has_its_correction_where_it_is_written(
    qapp, pieces: tuple[tuple[int, int], ...], wanted: str
) -> None:
    text = "He gave it all up quickly"
    state = DocumentState.of(
        document(text), annotator="ana", annotations=[annotation(text, *pieces, correction="surrendered")]
    )
    layout = TextLayout(text, width=900, style=style())
    layout.source = AnnotationHighlights(state, SCHEME, corrections=True)
    assert " ".join(layout.block(0).layout.text().split()) == wanted


def test_corrections_at_one_place_are_all_drawn_in_their_colour(qapp) -> None:
    both = [corrected(START, END, "→ first"), corrected(END - 3, END, "→ second")]
    block = laid_out(ENGLISH, *both, width=900).block(0)
    (first, _), (second, end) = block.set_text.ranges_u16
    ranges = [(item.start, item.length) for item in block.insertions_in(QColor("green"))]
    # Qt draws what lies in the second of two ranges that touch as if it were in none.
    assert ranges == [(first, end - first)]
    assert first < second < end


@pytest.mark.parametrize("end", [len("First line"), len("First line\r"), len("First line\r\n")])
def test_words_marked_with_their_line_end_have_their_correction(qapp, end: int) -> None:
    layout = laid_out("First line\r\nSecond line", corrected(6, end, "→ row"))
    assert layout.block(0).layout.text() == "First line → row"
    assert layout.block(1).layout.text() == "Second line"


def test_a_mark_of_nothing_but_a_line_end_is_shown(qapp) -> None:
    layout = laid_out("First line\nSecond line", corrected(10, 11, "→ ;"))
    assert layout.block(0).layout.text() == "First line → ;"
    assert [badge.highlight.badge for badge in layout.block(0).badges] == ["ROLE"]
    assert layout.block(1).layout.text() == "Second line"
    assert layout.block(1).badges == []


def test_a_wider_mark_does_not_strike_out_inner_corrections(qapp) -> None:
    text = "The quick brown fox jumps"
    layout = laid_out(text, corrected(4, 25, "→ x"), corrected(10, 15, "→ red and long"), width=900)
    (before, behind) = layout.block(0).struck_rects(4, 25)
    (whole,) = layout.rects(4, 25)
    assert (before.left(), behind.right()) == (whole.left(), whole.right())
    assert behind.left() - before.right() > 60


def test_letters_stand_apart_from_a_correction_before_them(qapp) -> None:
    def words(at: int, *found: str) -> str:
        return SetText("one two", [Insertion(at, word) for word in found]).text

    assert words(0, "→ a") == " → a one two"
    assert words(4, "→ a", "→ b") == "one  → a → b two"
    assert words(3, "→ a") == "one → a two"
    assert words(7, "→ a") == "one two → a"


@pytest.mark.parametrize(
    ("text", "wrong", "words", "shown"),
    [
        ("قال ترامب كلاما", "ترامب", "→ بايدن", "←"),
        ("قال ترامب كلاما", "ترامب", "→ Biden 12", "←"),
        ("قال GAZPROM كلاما", "GAZPROM", "→ غاز", "←"),
        ("The word שלום means", "שלום", "→ peace", "→"),
        ("The word book means", "book", "→ ספר", "→"),
        ("Hello עולם וגם שלום here", "עולם", "→ world", "←"),
    ],
)
def test_the_arrow_stands_beside_the_wrong_words_pointing_away(
    qapp, text: str, wrong: str, words: str, shown: str
) -> None:
    start = text.index(wrong)
    layout = laid_out(text, corrected(start, start + len(wrong), words), width=900)
    block = layout.block(0)
    at = block.set_text.arrow_u16(0)
    assert at is not None
    assert block.layout.text()[at] == shown
    (run,) = block.lines[0].text_line.glyphRuns(at, 1)
    (struck,) = layout.rects(start, start + len(wrong))
    arrow = run.boundingRect()
    gap = struck.left() - arrow.right() if shown == "←" else arrow.left() - struck.right()
    assert 0 < gap < 12
