"""spaCy's DocBin, read and written."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from app.core.annotation import Status
from app.core.annotation_edits import annotate
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.docbin.reader import DocBinReader
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import new_session, scheme_source

TEXT = "Ana  met\u3000Ben 😀 in Paris."


def made(path: Path) -> Path:
    nlp = spacy.blank("en")
    doc = nlp(TEXT)
    person = doc.char_span(0, 3, label="PERSON", kb_id="Q1")
    doc.ents = [person, doc.char_span(TEXT.index("Paris"), TEXT.index("Paris") + 5, label="GPE")]
    doc.spans["error"] = [doc.char_span(0, 8, label="X", span_id="e1"), doc.char_span(5, 8, label="X")]
    doc.spans["incorrect_spans"] = []
    doc.cats = {"good": 1.0, "bad": 0.0}
    doc.user_data["source"] = "web"
    DocBin(docs=[doc, nlp("Nothing here.")], store_user_data=True).to_disk(path)
    return path


def records(path: Path, report: Report | None = None):
    return list(DocBinReader().read(Source(path), ReadOptions(annotator="ana", report=report or Report())))


def test_entities_groups_and_categories_come_in(tmp_path: Path) -> None:
    one, two = records(made(tmp_path / "a.spacy"))
    assert one.document.text == TEXT
    found = {(mark.layer, mark.label, mark.quote) for mark in one.sets[0].annotations}
    assert found == {
        ("imported", "PERSON", "Ana"),
        ("imported", "GPE", "Paris"),
        ("error", "X", TEXT[:8]),
        ("error", "X", "met"),
        ("imported", "good", ""),
    }
    assert one.extra == {"docbin": {"user_data": {"source": "web"}}}
    assert (two.document.text, two.sets) == ("Nothing here.", ())


def test_a_project_comes_back_as_it_was(tmp_path: Path) -> None:
    session = new_session(tmp_path / "a.stet")
    for start, end, label in ((0, 12, "PERSON"), (7, 12, "PERSON"), (18, 20, "GPE")):
        edit = annotate(session.state, [(start, end)], layer="entity", label=label, scheme=session.scheme)
        session.apply(edit, title="mark")
    report = export_project(session, tmp_path / "a.spacy", format="spacy", annotators=["ana"], unfinished=True)
    here = {(mark.label, mark.start, mark.end) for mark in session.state.annotations.values()}
    name, text = session.state.document.name, session.state.document.text
    session.close()
    losses = {finding.kind: finding.count for finding in report.losses}
    assert losses["overlap"] == 1
    other = Session.create(tmp_path / "b.stet", scheme=scheme_source("ner"), annotator="lead")
    import_files(other, [tmp_path / "a.spacy"])
    state = other.executor.load(other.reader.documents.find(name)[0], "ana")
    assert state.document.text == text
    assert {(mark.label, mark.start, mark.end) for mark in state.annotations.values()} == here
    assert state.status is Status.OPEN
    other.close()
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(spacy.blank("en").vocab)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Donald Trump", "PERSON"), ("US", "GPE")]


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:9], lambda data: b"\x78\x9c" + data])
def test_what_is_damaged_is_refused_in_words(damage, tmp_path: Path) -> None:
    path = made(tmp_path / "a.spacy")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FormatError, match="not a DocBin of spaCy"):
        records(path)


def test_a_real_file_is_read_whole(shared: Path) -> None:
    path = shared / "data" / "spacy" / "demo.spacy"
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))
    found = records(path)
    assert [record.document.text for record in found] == [doc.text for doc in docs]
    theirs = [(ent.start_char, ent.end_char, ent.label_) for doc in docs for ent in doc.ents]
    ours = [(m.start, m.end, m.label) for record in found for item in record.sets for m in item.annotations]
    assert ours == theirs
