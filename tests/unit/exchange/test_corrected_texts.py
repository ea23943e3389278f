"""Corrected texts as files."""

from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment
from app.core.correction import corrected
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.corrected_texts import FORMAT, critic_markup
from app.exchange.output import OutputFiles
from app.exchange.report import LossReport
from tests.conftest import scheme_source
from tests.unit.exchange.build import record, work

TEXT = "Donald Trump, the US senator, called. 😀 Kyiv agreed."


def mark(uid: str, words: str, correction: str | None, **fields: object) -> Annotation:
    start = TEXT.index(words)
    spot = Fragment(start, start + len(words))
    return Annotation(
        uid=uid,
        layer="error",
        label="X",
        fragments=(spot,),
        quote=words,
        correction=correction,
        **fields,  # type: ignore[arg-type]
    )


def export(
    tmp_path: Path, *marks: Annotation, people: tuple[str, ...] = ("ana",), **own: str
) -> tuple[Path, LossReport]:
    options = WriteOptions(
        scheme=parse_scheme(scheme_source("news-errors")), document=lambda _: None, annotators=people, own=own
    )
    sets = tuple(work(*marks, annotator=name) for name in people)
    assert FORMAT.writer is not None
    with OutputFiles(keep_off=tmp_path / "p.stet") as files:
        report = FORMAT.writer.write([record(TEXT, sets=sets)], files.output(tmp_path / "out", is_folder=True), options)
    return tmp_path / "out", report


def test_corrections_are_applied(tmp_path: Path) -> None:
    folder, report = export(tmp_path, mark("a", "senator", "President"), mark("b", "Kyiv", ""), mark("c", "US", None))
    assert (folder / "spun.txt").read_text("utf-8") == "Donald Trump, the US President, called. 😀 agreed."
    assert [finding.kind for finding in report] == ["uncorrected"]


def test_each_annotator_has_a_folder(tmp_path: Path) -> None:
    folder, _ = export(tmp_path, mark("a", "senator", "President"), people=("ana", "ben"))
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.txt"))
    assert written == ["ana/spun.txt", "ben/spun.txt"]


def test_overlapping_corrections_are_named(tmp_path: Path) -> None:
    folder, report = export(tmp_path, mark("a", "US senator", "President"), mark("b", "senator", "king"))
    assert (folder / "spun.txt").read_text("utf-8") == TEXT
    (clash,) = report
    assert (clash.kind, clash.examples) == ("clash", ["spun.txt (ana): “US senator” and “senator”"])


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ((mark("a", "senator", "President"),), "the US {~~senator~>President~~}, called."),
        ((mark("a", "called", ""),), "senator,{-- called--}."),
    ],
)
def test_changes_are_shown_in_critic_markup(tmp_path: Path, marks: tuple[Annotation, ...], shown: str) -> None:
    folder, _ = export(tmp_path, *marks, show="critic-markup")
    assert shown in (folder / "spun.txt").read_text("utf-8")
    put_right = corrected(TEXT, marks)
    assert critic_markup(TEXT, put_right.applied) == (folder / "spun.txt").read_text("utf-8")
