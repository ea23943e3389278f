"""The makers of suggestions, asked as the window and the command line ask them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import annotation_edits
from app.core.document import Document, sha256
from app.core.errors import Cancelled
from app.core.ids import new_uid
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.suggestion import Suggestion
from app.jobs.tasks.suggest import CORRECTIONS, SPACY, suggest
from app.jobs.worker import Worker
from app.nlp import entities
from app.services.suggestions.offer import Offered
from app.session.session import Session
from app.storage.records import insert_records
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
    assert len(LINE) * 500 > 2 * entities._AT_ONCE
    done = suggest(project, [SPACY])
    merkel = [s for _, s in done.new if s.quote == "Angela Merkel"]
    assert len(merkel) >= 450, "in every piece of the text"
    text = project.document(uid).text
    assert all(text[s.start : s.end] == s.quote for _, s in done.new)
    assert max(s.start for s in merkel) > len(text) - 2 * len(LINE)


@given(st.text(st.sampled_from("a \n😀"), max_size=200), st.integers(1, 30))
def test_pieces_are_the_text_and_none_is_too_long(text: str, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entities, "_AT_ONCE", most)
        pieces = list(entities._pieces(text))
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(0 < end - start <= most for start, end in pieces)


def test_the_worker_process_suggests_the_same_with_progress(project: Session) -> None:
    for number in range(20):
        add(project, f"{number}.txt", LINE * 30)
    add(project, "long.txt", LINE * 500)
    here = suggest(project, [SPACY], dry_run=True)
    steps: list[tuple[int, int | None]] = []
    worker = Worker()
    there = suggest(
        project, [SPACY], progress=lambda done, total, _what: steps.append((done, total)), load=worker.recogniser
    )
    worker.close()

    def said(done: Offered) -> list[tuple[str, Suggestion]]:
        return [(uid, msgspec.structs.replace(found, uid="", created="")) for uid, found in done.new]

    assert said(there) == said(here)
    assert len(there.new) > 1000
    assert steps == [(done, 21) for done in range(22)]


@given(st.lists(st.text(st.sampled_from("ab \n😀"), max_size=60), max_size=12), st.integers(1, 9), st.integers(1, 40))
def test_texts_are_read_in_small_batches_with_correct_offsets(texts: list[str], most: int, together: int) -> None:
    batches: list[list[str]] = []

    def read(pieces: list[str]) -> list[list[entities.Entity]]:
        batches.append(pieces)
        return [[entities.Entity(at, at + 1, "A") for at, c in enumerate(piece) if c == "a"] for piece in pieces]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entities, "_AT_ONCE", most)
        patch.setattr(entities, "_TOGETHER", together)
        patch.setattr(entities, "_MOST_TEXTS", 5)
        found = list(entities.entities_of(enumerate(texts), read))
    wanted = [[at for at, c in enumerate(text) if c == "a"] for text in texts]
    assert [(key, [entity.start for entity in here]) for key, here in found] == list(enumerate(wanted))
    assert all(0 < sum(map(len, pieces)) < together + most for pieces in batches)


def test_no_text_is_read_before_the_ones_in_front_are_done() -> None:
    drawn: list[int] = []

    def texts() -> Iterator[tuple[int, str]]:
        for number in range(1000):
            drawn.append(number)
            yield number, "word " * 1000

    for key, _found in entities.entities_of(texts(), lambda pieces: [[] for _ in pieces]):
        assert len(drawn) - key <= 7, "memory is flat"


def test_a_text_in_another_language_is_passed_over(project: Session) -> None:
    german = add(project, "de.txt", LINE, language="de")
    english = add(project, "en.txt", LINE, language="en-GB")
    found = {uid for uid, _ in suggest(project, [SPACY]).new}
    assert (german in found, english in found) == (False, True)


@pytest.mark.parametrize("maker", [SPACY, CORRECTIONS])
def test_stopping_leaves_nothing_behind(project: Session, maker: str) -> None:
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
        suggest(project, [maker], cancel=token)
    assert len(list(project.log.rows())) == rows
    assert [record.suggestions for record in project.records()] == [(), ()]


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
