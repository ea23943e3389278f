"""Selections grow to the tokens and sentences of the document's language, or exactly to what a key asks for."""

import time
from pathlib import Path

import pytest

from app.core.units import PLAIN
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver
from tests.e2e import projects

ENGLISH = "They don't know the well-known U.S. army. Dr. No said: “It isn’t so.” Then he left.\n"
FRENCH = "C’est l'homme d’aujourd’hui. Il n'est pas là.\n"


def ready(stet: Driver) -> None:
    stet.wait(lambda: stet.workspace.language.is_known)


def put(stet: Driver, words: str) -> None:
    """Select some characters of the text."""
    canvas = stet.workspace.text.canvas
    start = canvas.text.index(words)
    stet.focus_text()
    canvas.select(start, start + len(words))


@pytest.fixture
def stet(stet: Driver) -> Driver:
    """The program as it is used, with words by the rules of the language."""
    stet.words = "language"
    return stet


@pytest.fixture
def english(stet: Driver, tmp_path: Path) -> Driver:
    stet.start(projects.make(tmp_path, {"a.txt": ENGLISH, "b.txt": FRENCH}), annotator="Ana")
    return stet


def test_plain_rules_hold_until_the_language_is_known(english: Driver) -> None:
    canvas = english.workspace.text.canvas
    assert canvas.units is PLAIN
    put(english, "on't")
    english.press("F2", "1")
    assert english.marks() == [("don't", "PERSON")]
    ready(english)
    assert canvas.units.segments is not None
    put(english, "S")
    english.press("2")
    assert english.marks()[1] == ("U.S.", "ORG")
    put(english, "nown U")
    english.press("3")
    assert english.marks()[1:] == [("known U.S.", "GPE"), ("U.S.", "ORG")]


def test_selections_follow_the_language_and_the_keys(english: Driver, subtests: pytest.Subtests) -> None:
    """One window is for them all: each would start a process that loads spaCy."""
    ready(english)
    for case in SELECTIONS:
        with subtests.test(case.__name__):
            case(english)
        english.press("Esc")
        for _ in range(4):
            if english.marks():
                english.press("Ctrl+Z")
        assert english.marks() == [], f"{case.__name__} left marks, which the next one would meet"


def the_reference_has_its_own_units(english: Driver) -> None:
    reference = english.workspace.reference.canvas
    assert reference.units.segments is not None
    assert reference.units.segments.high == len(reference.text)


def sentences_are_the_languages(english: Driver) -> None:
    put(english, "No said")
    english.press("Alt+S")
    assert english.selected == "Dr. No said: “It isn’t so.”"


def white_space_at_the_ends_of_a_mark_is_pointed_out(english: Driver) -> None:
    put(english, " the ")
    english.press("F2", "Alt+E", "1")
    assert [quote for quote, _ in english.marks()] == [" the "]
    assert english.message().startswith("The mark begins or ends with white space, as it was selected.")
    english.press("Ctrl+Z")
    put(english, " the ")
    english.press("1")
    assert [quote for quote, _ in english.marks()] == ["the"]
    assert "white space" not in english.message()


def alt_e_takes_exactly_what_is_selected_once(english: Driver) -> None:
    put(english, "no")
    english.press("F2", "Alt+E")
    assert "exactly" in english.message()
    english.press("1")
    put(english, "rm")
    english.press("2")
    assert [quote for quote, _ in english.marks()] == ["no", "army"]
    put(english, "hen")
    english.press("Alt+E", "Esc")
    put(english, "hen")
    english.press("3")
    assert [quote for quote, _ in english.marks()] == ["no", "army", "Then"]


def shift_and_a_label_key_mark_exactly_the_selection(english: Driver) -> None:
    put(english, "rm")
    english.press("F4", "Shift+R")
    assert [quote for quote, _ in english.marks()] == ["rm"]
    put(english, "hen")
    english.press("R")
    assert [quote for quote, _ in english.marks()] == ["rm", "Then"]


SELECTIONS = (
    the_reference_has_its_own_units,
    sentences_are_the_languages,
    white_space_at_the_ends_of_a_mark_is_pointed_out,
    alt_e_takes_exactly_what_is_selected_once,
    shift_and_a_label_key_mark_exactly_the_selection,
)


def test_the_language_of_a_document_comes_before_the_schemes(stet: Driver, tmp_path: Path) -> None:
    path = tmp_path / "french.stet"
    session = Session.create(path, scheme=scheme_source("ner"))
    (uid,) = add_documents(session, {"fr.txt": FRENCH})
    with session.project.atomic():
        session.project.db["document"].update(session.reader.documents.key_of(uid), {"meta": '{"language":"fr"}'})
    session.close()
    stet.start(path, annotator="Ana")
    ready(stet)
    put(stet, "om")
    stet.press("1")
    assert [quote for quote, _ in stet.marks()] == ["homme"]


def test_the_setting_says_plain(english: Driver) -> None:
    assert english.window is not None
    english.window.desk.look.change({"words": "plain"})
    english.qtbot.wait(50)
    ready(english)
    assert english.workspace.text.canvas.units is PLAIN


def test_a_long_text_is_segmented_near_the_caret_and_snaps_fast(stet: Driver, tmp_path: Path) -> None:
    text = "They don't know the well-known U.S. army at all.\n" * 20_000
    stet.start(projects.make(tmp_path, {"long.txt": text}), annotator="Ana")
    ready(stet)
    canvas = stet.workspace.text.canvas
    assert canvas.units.reach(0, len(text), near=8000)
    assert not canvas.units.reach(len(text), len(text), near=8000)
    stet.focus_text()
    stet.press("Ctrl+End")
    ready(stet)
    assert canvas.units.reach(len(text), len(text), near=8000)
    segments = canvas.units.segments
    assert segments is not None
    begin = time.perf_counter()
    for at in range(segments.low, segments.low + 1000):
        canvas.units.snap(text, at, at + 1, unit="word")
    assert time.perf_counter() - begin < 0.5  # one takes a few microseconds


def test_the_first_window_loads_no_library_of_the_work_to_come() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from app.bootstrap import build; app, window = build(); window.show(); app.processEvents();"
        "print([name for name in ('spacy', 'numpy', 'msgspec', 'sqlite3', 'click') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
