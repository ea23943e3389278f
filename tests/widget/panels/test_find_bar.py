"""Finding in a text: every hit in turn, across line ends, in the text's own offsets."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.panels.find_bar import FindBar
from tests.widget.widgets import on_screen, press, text_of, write

TEXT = "One two. 😀 İstanbul two\r\nthree TWO\nfour (a+b) five"


class Search:
    """A find bar over a text, and where it led."""

    def __init__(self, qtbot: QtBot, text: str = TEXT, *, start: int = 0, wanted: str = "") -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.bar = FindBar("find", self.window)
        self.bar.resize(500, 44)
        self.text = text
        self.hits: list[tuple[int, int]] = []
        self.ends: list[bool] = []
        self.bar.hit_wanted.connect(self.hits.append)
        self.bar.finished.connect(self.ends.append)
        on_screen(qtbot, self.window, 520, 80)
        self.bar.open(text, start=start, wanted=wanted)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.bar.line, key)

    @property
    def found(self) -> str:
        """The words of the hit that is shown."""
        start, end = self.hits[-1]
        return self.text[start:end]

    @property
    def count(self) -> str:
        """What the bar says of the number of hits, once it has found all."""
        self.qtbot.waitUntil(lambda: "…" not in text_of(self.bar, "find-count"), timeout=20_000)
        return text_of(self.bar, "find-count")


@pytest.mark.parametrize(
    ("wanted", "words", "count"),
    [
        ("two", "two", "1 of 3"),
        ("TWO", "two", "1 of 3"),
        ("two three", "two\r\nthree", "1 of 1"),
        ("  two   three ", "two\r\nthree", "1 of 1"),
        ("TWO four", "TWO\nfour", "1 of 1"),
        ("😀", "😀", "1 of 1"),
        ("İstanbul", "İstanbul", "1 of 1"),
        ("(a+b)", "(a+b)", "1 of 1"),
    ],
)
def test_what_is_typed_is_found_at_its_own_place(qtbot: QtBot, wanted: str, words: str, count: str) -> None:
    search = Search(qtbot)
    write(search.bar.line, wanted)
    assert search.found == words
    assert search.hits[-1][0] == TEXT.casefold().index(words.casefold()) or "İ" in TEXT
    assert TEXT[slice(*search.hits[-1])] == words
    assert search.count == count


def test_nothing_found_says_so_and_leads_nowhere(qtbot: QtBot) -> None:
    search = Search(qtbot)
    write(search.bar.line, "seven")
    assert search.hits == []
    assert search.count == "not found"
    write(search.bar.line, "")
    assert search.count == ""


def test_the_search_begins_where_one_is(qtbot: QtBot) -> None:
    search = Search(qtbot, start=20)
    write(search.bar.line, "two")
    assert search.count == "2 of 3"


@pytest.mark.parametrize("forth", [True, False])
def test_the_hits_go_round(qtbot: QtBot, forth: bool) -> None:
    search = Search(qtbot, wanted="two")
    for _ in range(3):
        search.key(Qt.Key.Key_Down if forth else Qt.Key.Key_Up)
    assert search.count == "1 of 3"
    assert len(set(search.hits)) == 3
    press(search.bar, "find-next" if forth else "find-previous")
    assert search.count == ("2 of 3" if forth else "3 of 3")


@pytest.mark.parametrize(
    ("key", "stays", "found"),
    [(Qt.Key.Key_Return, True, True), (Qt.Key.Key_Enter, True, True), (Qt.Key.Key_Escape, False, False)],
)
def test_enter_goes_to_the_text_and_escape_closes(qtbot: QtBot, key: Qt.Key, stays: bool, found: bool) -> None:
    search = Search(qtbot, wanted="two")
    search.key(key)
    assert search.ends == [found]
    assert search.bar.isVisible() is stays


def test_the_cross_closes(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="two")
    press(search.bar, "find-close")
    assert not search.bar.isVisible()


def test_given_words_are_selected_so_that_typing_replaces_them(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="three")
    assert search.bar.line.selectedText() == "three"
    assert search.found == "three"


def test_another_text_has_other_hits(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="two")
    search.bar.set_text("two in another text")
    before = len(search.hits)
    search.bar.open("two in another text", start=0, wanted="two")
    assert search.hits[before:] == [(0, 3)]


def test_an_open_bar_searches_the_text_that_comes(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="two")
    search.bar.set_text("in another text, two")
    search.bar.step(1)
    assert search.hits[-1] == (17, 20)


def test_the_count_is_that_of_the_text_that_came(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="two")
    before = len(search.hits)
    search.bar.set_text("two, and two")
    assert search.count == "2 found"
    assert len(search.hits) == before  # nothing moves before the person asks
    search.key(Qt.Key.Key_Down)
    assert (search.hits[-1], search.count) == ((0, 3), "1 of 2")
    search.bar.set_text("none here")
    assert search.count == "not found"


def test_up_in_another_text_goes_to_its_last_hit(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="two")
    search.bar.set_text("two, and two")
    search.key(Qt.Key.Key_Up)
    assert (search.hits[-1], search.count) == ((9, 12), "2 of 2")


def test_enter_stays_where_nothing_was_found(qtbot: QtBot) -> None:
    search = Search(qtbot, wanted="nowhere")
    search.key(Qt.Key.Key_Return)
    assert search.ends == []
    assert search.bar.line.hasFocus()
    assert search.bar.line.selectedText() == "nowhere"


def test_a_hundred_thousand_hits_are_not_all_kept(qtbot: QtBot) -> None:
    search = Search(qtbot, "a " * 100_000, wanted="a")
    assert search.count == "1 of 10,000+"


def option(search: Search, letter: Qt.Key) -> None:
    QTest.keyClick(search.bar.line, letter, Qt.KeyboardModifier.AltModifier)


def test_case_words_and_expressions_are_switched_by_keys(qtbot: QtBot) -> None:
    search = Search(qtbot, "two TWO twofold 12 two")
    write(search.bar.line, "two")
    assert search.count == "1 of 4"
    option(search, Qt.Key.Key_C)
    assert search.count == "1 of 3"
    option(search, Qt.Key.Key_W)
    assert search.count == "1 of 2"
    option(search, Qt.Key.Key_C)
    option(search, Qt.Key.Key_W)
    option(search, Qt.Key.Key_R)
    write(search.bar.line, r"\d+ t\w+")
    assert (search.count, search.found) == ("1 of 1", "12 two")
    write(search.bar.line, "(two")
    assert search.count == "invalid expression"
    assert search.bar.line.text() == "(two"


def test_a_runaway_regex_is_stopped_and_given_words_are_literal(qtbot: QtBot) -> None:
    search = Search(qtbot, "a" * 60 + "! (a|aa)+$")
    option(search, Qt.Key.Key_R)
    write(search.bar.line, "(a|aa)+!x")
    assert search.count in ("takes too long", "not found")
    write(search.bar.line, "(a|aa)+[!]y|(a|aa)+$")
    assert search.count == "takes too long"
    search.bar.open(search.text, start=0, wanted="(a|aa)+$")
    assert search.count == "1 of 1"
    assert search.found == "(a|aa)+$"


LONG = "word and other words\n" * 200_000 + "here it is\n" + "more words\n" * 200_000


def test_a_long_text_is_searched_in_idle_time_nearest_hit_first(qtbot: QtBot) -> None:
    here = LONG.index("here")
    search = Search(qtbot, LONG + "here again\n", start=here + 1)
    write(search.bar.line, "here")
    assert search.count == "2 of 2"
    assert search.hits == [(len(LONG), len(LONG) + 4)]
    search.key(Qt.Key.Key_Down)
    assert (search.hits[-1], search.count) == ((here, here + 4), "1 of 2")


def test_what_was_typed_last_counts(qtbot: QtBot) -> None:
    search = Search(qtbot, LONG)
    write(search.bar.line, "nowhere")
    write(search.bar.line, "here")
    assert search.count == "1 of 1"
    assert search.found == "here"
    write(search.bar.line, "nowhere")
    write(search.bar.line, "")
    assert search.count == ""


def test_enter_goes_there_as_soon_as_something_is_found(qtbot: QtBot) -> None:
    search = Search(qtbot, LONG)
    write(search.bar.line, "here")
    search.key(Qt.Key.Key_Return)
    assert search.ends == []
    qtbot.waitUntil(lambda: search.ends == [True], timeout=20_000)
    assert search.found == "here"
    write(search.bar.line, "nowhere")
    search.key(Qt.Key.Key_Return)
    assert search.count == "not found"
    assert search.ends == [True]
    assert search.bar.line.selectedText() == "nowhere"


def test_an_expression_never_holds_the_key_up(qtbot: QtBot) -> None:
    search = Search(qtbot, "a" * 60 + "! " + LONG)
    option(search, Qt.Key.Key_R)
    began = time.thread_time()
    write(search.bar.line, "(a|aa)+$|here i.")
    assert time.thread_time() - began < 0.1
    write(search.bar.line, "here i.")
    assert search.count == "1 of 1"
    assert search.found == "here it"
