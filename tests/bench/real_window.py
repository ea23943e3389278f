"""The real window over a real project file, for benches: as a person would have it in front."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.core.annotation import Annotation, Fragment, Relation
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord, Status
from app.session.session import Session
from app.storage.records import insert_records

if TYPE_CHECKING:
    from app.ui.window.main_window import MainWindow

ANNOTATOR = "bench"
_LABELS = (("entity", "ORG"), ("error", "TORTURED_TERM"), ("claim", "CHECKWORTHY_FACTUAL"))
_RELATIONS = ("because", "contradicts", "same")
_WIDE = 7  # characters of a mark


def article() -> str:
    """Return a spun article of the sample, of a usual length."""
    return (Path(__file__).resolve().parents[2] / "resources" / "sample" / "spun.txt").read_bytes().decode()


def repeated(length: int) -> str:
    """Return articles one after the other, about so many characters."""
    one = article()
    return ((one + "\n\n") * (length // len(one) + 1))[:length]


def evenly_marked(text: str, count: int, *, prefix: str = "") -> tuple[Annotation, ...]:
    """Return so many short marks, of all layers, spread over a text."""
    step = max(1, (len(text) - _WIDE) // max(1, count))
    return tuple(
        Annotation(
            uid=f"{prefix}{number:08d}",
            layer=_LABELS[number % 3][0],
            label=_LABELS[number % 3][1],
            fragments=(Fragment(at, at + _WIDE),),
            quote=text[at : at + _WIDE],
        )
        for number, at in enumerate(range(0, count * step, step))
    )


def scheme_text() -> str:
    """Return the shipped scheme of news errors."""
    return (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")


def evenly_related(marks: Sequence[Annotation], count: int) -> tuple[Relation, ...]:
    """Return so many relations between marks, from the next one to one a page further on."""
    step = max(1, len(marks) // max(1, count))
    pairs = ((at * step, at * step + 1 + (at * 7) % 40) for at in range(count))
    return tuple(
        Relation(uid=f"{marks[a].uid}-{b}", source=marks[a].uid, target=marks[b].uid, label=_RELATIONS[a % 3])
        for a, b in pairs
        if b < len(marks)
    )


def record(uid: str, text: str, marks: int, *, relations: int = 0) -> DocumentRecord:
    """Return a document with marks of the annotator, and relations between them."""
    document = Document(uid=uid, name=f"{uid}.txt", text=text, sha256=sha256(text))
    made = evenly_marked(text, marks, prefix=uid)
    ties = evenly_related(made, relations) if relations else ()
    work = SetRecord(ANNOTATOR, "person", Status.OPEN, "news-errors@1", 0.0, made, ties)
    return DocumentRecord(document, (), (work,))


def make_project(path: Path, records: Iterable[DocumentRecord]) -> None:
    """Make a project file."""
    session = Session.create(path, scheme=scheme_text())
    with session.project.atomic():
        insert_records(session.project, records, batch=1, tick=lambda _count: None)
    session.close()


@contextmanager
def home() -> Iterator[Path]:
    """Give the program a folder of its own for settings and projects, and what was there before back."""
    before = os.environ.get("STET_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STET_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["STET_HOME"]
            else:
                os.environ["STET_HOME"] = before


@contextmanager
def window_on(path: Path) -> "Iterator[MainWindow]":
    """Open the window with a project, and close it again."""
    from app.bootstrap import build, collect_again

    app, window = build()
    collect_again()
    window.resize(1440, 900)
    window.show()
    window.desk.look.change({"annotator": ANNOTATOR})
    window.desk.open_project(path)
    app.processEvents()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        app.processEvents()
