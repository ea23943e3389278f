"""The suggesters, asked as the window and the command line ask them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.core import annotation_edits
from app.core.document import Document, sha256
from app.core.errors import Cancelled
from app.core.ids import new_uid
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.suggestion import Suggestion
from app.jobs.tasks.suggest import suggest
from app.jobs.worker import Worker
from app.nlp import text_cuts
from app.services.suggestions.offer import Offered
from app.session.session import Session
from app.storage.records import insert_records
from app.suggesters.corrections import CORRECTIONS
from app.suggesters.entities import SPACY
from tests.conftest import no_progress, scheme_source

LINE = "😀 On Monday Angela Merkel met Emmanuel Macron in Paris. Nothing else was said about it at all.\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    yield session
    session.close()


def add(session: Session, name: str, text: str, **meta: str) -> str:
    """Put a document into the project; return its uid."""
    document = Document(uid=new_uid(), name=name, text=text, sha256=sha256(text), meta=meta)
    with session.project.atomic():
        insert_records(session.project, [DocumentRecord(document)], batch=0, tick=no_progress)
    return document.uid


def test_entities_of_a_long_text_stand_where_they_say(project: Session) -> None:
    uid = add(project, "long.txt", LINE * 500)
    assert len(LINE) * 500 > 2 * text_cuts.AT_ONCE
    done = suggest(project, [SPACY])
    merkel = [s for _, s in done.new if s.quote == "Angela Merkel"]
    assert len(merkel) >= 450, "in every piece of the text"
    text = project.reader.document(uid).text
    assert all(text[s.start : s.end] == s.quote for _, s in done.new)
    assert max(s.start for s in merkel) > len(text) - 2 * len(LINE)


def test_the_worker_process_suggests_the_same_with_progress(project: Session) -> None:
    for number in range(20):
        add(project, f"{number}.txt", LINE * 5)
    add(project, "long.txt", LINE * 260)
    assert len(LINE) * 260 > text_cuts.AT_ONCE
    here = suggest(project, [SPACY], dry_run=True)
    steps: list[tuple[int, int | None]] = []
    worker = Worker()
    there = suggest(project, [SPACY], progress=lambda done, total, _what: steps.append((done, total)), backend=worker)
    worker.close()

    def said(done: Offered) -> list[tuple[str, Suggestion]]:
        return [(uid, msgspec.structs.replace(found, uid="", created="")) for uid, found in done.new]

    assert said(there) == said(here)
    assert len(there.new) > 300
    assert steps == [(done, 21) for done in range(22)]


def test_a_text_in_another_language_is_passed_over(project: Session) -> None:
    german = add(project, "de.txt", LINE, language="de")
    english = add(project, "en.txt", LINE, language="en-GB")
    found = {uid for uid, _ in suggest(project, [SPACY]).new}
    assert (german in found, english in found) == (False, True)


@pytest.mark.parametrize("name", [SPACY, CORRECTIONS])
def test_stopping_leaves_nothing_behind(project: Session, name: str) -> None:
    uid = add(project, "a.txt", LINE)
    add(project, "b.txt", LINE)
    state = project.open_document(uid)
    at = state.document.text.index("Paris")
    made = annotation_edits.annotate(state, [(at, at + 5)], layer="error", label="PREDICATE", scheme=project.scheme)
    project.apply(made, title="Mark")
    project.apply(annotation_edits.change_correction(made.annotation, "Berlin"), title="Correct")
    rows = len(list(project.log.rows()))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        suggest(project, [name], cancel=token)
    assert len(list(project.log.rows())) == rows
    assert [record.suggestions for record in project.reader.records()] == [(), ()]


def test_a_term_with_two_corrections_suggests_both_with_shares(project: Session) -> None:
    first = add(project, "a.txt", "A slow train. A slow train. A slow train.\n")
    add(project, "b.txt", "That was a slow train again.\n")
    project.open_document(first)
    for start, right in ((2, "long train"), (16, "long train"), (30, "late train")):
        assert project.state is not None
        span = [(start, start + 10)]
        made = annotation_edits.annotate(project.state, span, layer="error", label="PREDICATE", scheme=project.scheme)
        project.apply(made, title="Mark")
        project.apply(annotation_edits.change_correction(made.annotation, right), title="Correct")
    found = [s for _, s in suggest(project, [CORRECTIONS]).new]
    assert [(s.correction, s.score) for s in found] == [("long train", 0.667), ("late train", 0.333)]
    assert found[0].reason == "“slow train” was corrected to “long train” 2 times"
    assert found[1].reason.endswith("once")
