"""The figures of Insights, on three annotators' work on the sample: every number worked out by hand."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Outcome
from app.core.edits import SetStatus
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.core.scheme_file import parse_scheme
from app.jobs.tasks.agreement import reading_together
from app.jobs.tasks.insights import count_insights
from app.review.fields import rules_of
from app.review.figures.figure import Figure, Place, Value
from app.review.figures.insights import FIGURES, Insights, SetsMeasured
from app.services.history.undo import undo
from app.services.review.reviewer import Remarks, Reviewer
from app.session.actions import Assign, SetEdit
from app.session.session import Session
from tests.conftest import scheme_source
from tests.team import spun, team_project, work
from tests.unit import build


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Give an open project in which Ana, Ben and Cara have finished one of three documents; Rina sits there."""
    team_project(tmp_path / "team.stet")
    session = Session.open(tmp_path / "team.stet", annotator="Rina")
    yield session
    session.close()


def figure(session: Session, name: str, **chosen: str) -> Figure:
    return count_insights(session).figure(name, chosen)


def rows(figure: Figure, *columns: str) -> list[tuple[Value, ...]]:
    at = [figure.at(column) for column in columns]
    return [tuple(row.cells[column] for column in at) for row in figure.rows]


def numbers(figure: Figure, *keys: str, value: str) -> dict[tuple[Value, ...], Value]:
    return {tuple(found): number for *found, number in rows(figure, *keys, value)}


def places(figure: Figure, *cells: Value) -> list[Place]:
    return [place for row in figure.rows if row.cells[: len(cells)] == cells for place in row.places]


# -- agreement and confusion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("exact_label_f1", 4 / 9),  # Ana made 4, Ben 5, of which 2 are the same
        ("overlap_label_f1", 8 / 9),  # and 4 overlap with the same label
        ("overlap_f1", 8 / 9),
    ],
)
def test_agreement_of_two_is_theirs_both_ways(session: Session, measure: str, value: float) -> None:
    found = figure(session, "agreement", layer="error", measure=measure)
    table = numbers(found, "annotator", "other", value="value")
    assert table["ana", "ben"] == pytest.approx(value)
    assert table["ben", "ana"] == table["ana", "ben"]
    assert ("ana", "ana") not in table
    assert numbers(found, "annotator", "other", value="marks")["ben", "ana"] == 5
    assert numbers(found, "annotator", "other", value="other_marks")["ben", "ana"] == 4
    assert "n = 13 marks; two or more finished 1 of 1 finished document." in found.lead
    assert [place.document for place in places(found, "ana", "ben")] == [spun(session)]


def test_confusion_of_a_pair_has_one_down_and_the_other_across(session: Session) -> None:
    found = figure(session, "confusion", layer="error", pair="ana,cara")
    table = {key: count for key, count in numbers(found, "label", "other", value="marks").items() if count}
    assert table == {
        ("NAME_FORM", "NAME_FORM"): 1,
        ("ROLE_ATTRIBUTE", "ROLE_ATTRIBUTE"): 1,
        ("TIME", "TIME"): 1,
        ("TORTURED_TERM", "PREDICATE"): 1,
    }
    (place,) = places(found, "TORTURED_TERM", "PREDICATE")
    assert (place.annotator, place.words) == ("ana", "“restricted slave trade” – “slave trade”")
    assert "n = 4 matched pairs, plus 0 marks that only one has, in 1 document." in found.lead


def test_confusion_of_all_pairs_counts_each_difference_once(session: Session) -> None:
    found = figure(session, "confusion", layer="error")
    table = numbers(found, "label", "other", value="marks")
    assert table["PREDICATE", "TORTURED_TERM"] == 2
    assert ("TORTURED_TERM", "PREDICATE") not in table
    assert table["TORTURED_TERM", "TORTURED_TERM"] == 1
    assert table["ROLE_ATTRIBUTE", "ROLE_ATTRIBUTE"] == 3
    assert table["PLACE_CIRCUMSTANCE", "(nothing)"] == 2
    assert sum(int(count or 0) for count in table.values()) == 14
    assert "n = 12 matched pairs, plus 2 marks that only one has" in found.lead
    assert {place.annotator for place in places(found, "PLACE_CIRCUMSTANCE", "(nothing)")} == {"ben"}


# -- progress, days, time ----------------------------------------------------------------------------------------------


def test_progress_counts_untouched_among_all_or_assigned(session: Session) -> None:
    document = spun(session)
    before = numbers(figure(session, "progress"), "annotator", "status", value="documents")
    assert (before["ana", "done"], before["ana", "untouched"]) == (1, 2)
    session.perform(Assign(begin=((document, "ana"),)), title="Hand out")
    work(session, "ben", _other(session, document), [])
    session.perform(SetEdit(document, "cara", SetStatus(Status.SKIPPED)), title="Skip")
    found = figure(session, "progress")
    after = numbers(found, "annotator", "status", value="documents")
    assert ("ana", "untouched") not in after
    assert (after["ben", "done"], after["ben", "done_empty"], after["ben", "untouched"]) == (1, 1, 1)
    assert (after["cara", "skipped"], after["cara", "untouched"]) == (1, 2)
    assert places(found, "ben", "done_empty") == [Place(_other(session, document), "ben")]


def _other(session: Session, document: str) -> str:
    rows = session.reader.documents.rows(session.reader.documents.keys(), annotator=None)
    return next(row.uid for row in rows if row.references and row.uid != document)


def test_who_only_looked_at_a_document_has_not_begun(session: Session) -> None:
    session.open_document(spun(session))
    session.remember_place(position=3, seconds=12)
    assert "Rina" not in {who for who, _ in rows(figure(session, "progress"), "annotator", "status")}


def test_a_day_is_that_on_which_a_document_was_last_set_to_done(session: Session) -> None:
    document = spun(session)
    stamp = "UPDATE edit_log SET time = ? WHERE annotator = (SELECT id FROM annotator WHERE name = ?)"
    with session.project.atomic():
        for name, day in (("ana", "2026-03-02"), ("ben", "2026-03-02"), ("cara", "2026-03-05")):
            session.project.connection.execute(stamp, [f"{day}T23:59:00.000000Z", name])
    found = figure(session, "days")
    assert rows(found, "day", "annotator", "documents") == [
        *(("2026-03-02", "ana", 1), ("2026-03-02", "ben", 1), ("2026-03-05", "cara", 1))
    ]
    assert "n = 1 finished document (finished 3 times) on 2 days." in found.lead
    session.become("cara")
    session.open_document(document)
    session.set_status(Status.OPEN)
    assert len(figure(session, "days").rows) == 2
    undo(session)
    (day,) = (day for day, who in rows(figure(session, "days"), "day", "annotator") if who == "cara")
    assert str(day) > "2026-03-05"


def test_imported_done_documents_have_no_day_and_are_noted(session: Session) -> None:
    document = _other(session, spun(session))
    session.perform(SetEdit(document, "ana", SetStatus(Status.DONE_EMPTY)), title="From a file")
    found = figure(session, "days")
    assert rows(found, "day", "annotator", "documents")[-1] == ("", "ana", 1)
    assert found.notes == ("No day is known for 1 of these 4: the work came from a file without a log.",)


def test_where_no_day_is_known_that_is_said_instead(session: Session) -> None:
    with session.project.atomic():
        session.project.connection.execute("UPDATE edit_log SET annotator = NULL")
    found = figure(session, "days")
    assert "The day isn’t known for the finished document" in found.missing
    assert [count for (count,) in rows(found, "documents")] == [1, 1, 1]


def test_time_has_a_median_for_each_annotator(session: Session) -> None:
    documents = [spun(session), _other(session, spun(session))]
    work(session, "ana", documents[1], [])
    for name, seconds in (("ana", (60, 200)), ("ben", (90,))):
        for document, spent in zip(documents, seconds, strict=False):
            session.become(name)
            session.open_document(document)
            session.remember_place(position=0, seconds=spent)
    found = figure(session, "time")
    assert rows(found, "annotator", "seconds") == [("ana", 200), ("ana", 60), ("ben", 90)]
    assert found.middles == {"ana": 130, "ben": 90}
    assert "Median 1 min 30 s; n = 2 finished documents (finished 3 times)." in found.lead
    assert "Of 1 more finished document no time was measured." in found.notes


# -- labels, severities, scores ----------------------------------------------------------------------------------------


def test_labels_and_severities_by_annotator(session: Session) -> None:
    labels = figure(session, "labels", layer="error")
    table = numbers(labels, "label", "annotator", value="marks")
    assert {who: table["ROLE_ATTRIBUTE", who] for who in ("ana", "ben", "cara")} == {"ana": 1, "ben": 1, "cara": 1}
    assert ("PLACE_CIRCUMSTANCE", "ana") not in table
    assert numbers(labels, "label", "annotator", value="share")["PLACE_CIRCUMSTANCE", "ben"] == 0.2
    assert "n = 13 marks in 1 finished document." in labels.lead
    assert [place.words for place in places(labels, "PREDICATE", "cara")] == ["“slave trade”"]
    severities = numbers(figure(session, "severity"), "annotator", "severity", value="marks")
    assert severities == {
        **{("ana", "minor"): 1, ("ana", "major"): 2, ("ana", "critical"): 1},
        **{("ben", "minor"): 1, ("ben", "major"): 4, ("cara", "minor"): 1, ("cara", "major"): 3},
    }


def _record(name: str, words: int, **by: list[Annotation]) -> DocumentRecord:
    document = build.document(" ".join(["word"] * words), uid=name, name=f"{name}.txt")
    sets = [
        SetRecord(who, GOLD if who == GOLD else "person", Status.DONE, "small@3", 0, tuple(marks), ())
        for who, marks in by.items()
    ]
    return DocumentRecord(document, sets=tuple(sets))


def _mark(label: str, severity: str | None) -> Annotation:
    found = build.annotation("word word", (0, 4), label=label)
    return msgspec.structs.replace(found, attributes={SEVERITY: severity} if severity else {})


def test_scores_are_per_thousand_words_with_a_weighted_total() -> None:
    found = Insights(build.SCHEME, assigned={}, days={})
    marks = [_mark("TERM", "major"), _mark("BARE", "minor"), _mark("BARE", None)]
    for record in (
        _record("short", 50, ana=[_mark("BARE", "major")], gold=[]),  # 5 points
        _record("long", 450, ana=marks),  # 8.5
    ):
        found.add(record, {SetsMeasured.FROZEN: reading_together(record, {})})
    shown = found.figure("score")
    table = numbers(shown, "document_id", "annotator", value="score")
    assert table == {
        **{("", "ana"): 27.0, ("", "gold"): 0.0},
        **{("short", "ana"): 100.0, ("short", "gold"): 0.0, ("long", "ana"): 18.889},
    }
    assert [row[0] for row in rows(shown, "document_id")] == ["", "", "short", "short", "long"]
    assert "n = 3 marks with points in 2 finished documents." in shown.lead
    assert [place.document for place in places(shown, "all documents", "", "ana")] == ["short", "long"]
    severities = numbers(found.figure("severity"), "annotator", "severity", value="marks")
    assert severities == {("ana", "minor"): 1, ("ana", "major"): 2, ("ana", "(none)"): 1}


# -- overturned --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(session: Session) -> Session:
    """Give the project with Ana's term and Ben's days taken, the place rejected, the senator put off, one added."""
    hand = Reviewer(session)
    document = spun(session)
    groups = {label: found for found in hand.sheet(document).groups for label in found.labels}
    fields = [field.id for field in rules_of(session.scheme, "error").fields]
    for label, who in (("TORTURED_TERM", "ana"), ("TIME", "ben")):
        hand.take(groups[label], dict.fromkeys(fields, groups[label].versions[who].uid))
    hand.reject(groups["PLACE_CIRCUMSTANCE"], Remarks())
    hand.defer(groups["ROLE_ATTRIBUTE"], Remarks())
    own = groups["NAME_FORM"].versions["ana"]
    text = session.reader.document(document).text
    at = text.index("157")
    part = msgspec.structs.replace(own.fragments[0], start=at, end=at + 3)
    created = msgspec.structs.replace(own, label="NUMBER_UNIT", fragments=(part,), quote="157", evidence=())
    known = [label.id for label in session.scheme.layer("error").labels]  # type: ignore[union-attr]
    quantity = next(label for label in known if "QUANT" in label or "NUM" in label)
    hand.create(document, msgspec.structs.replace(created, label=quantity), Remarks())
    return session


def test_what_review_did_to_each_annotators_marks(reviewed: Session) -> None:
    found = figure(reviewed, "overturn", layer="error")
    assert numbers(found, "who", "became", value="marks") == {
        **{("ana", "kept"): 1, ("ana", "changed"): 1, ("ana", "missed"): 1},
        **{("ben", "kept"): 1, ("ben", "changed"): 1, ("ben", "rejected"): 1, ("ben", "missed"): 1},
        **{("cara", "changed"): 2, ("cara", "missed"): 1},
    }
    shares = numbers(found, "who", "became", value="share")
    assert shares["ben", "rejected"] == pytest.approx(1 / 3)
    assert shares["ana", "missed"] == pytest.approx(1 / 3)
    assert "71 % were overturned" in found.lead  # 5 of 7
    assert "n = 7 marks in 4 decided groups, in 1 document." in found.lead
    changed = [place.words for place in places(found, "cara", "changed")]
    assert any("range" in words and "label" in words for words in changed)
    assert [place.annotator for place in places(found, "ana", "missed")] == [GOLD]


def test_overturned_by_label_uses_the_annotators_label(reviewed: Session) -> None:
    found = numbers(figure(reviewed, "overturn", layer="error", by="label"), "who", "became", value="marks")
    assert found["PREDICATE", "changed"] == 1
    assert (found["TORTURED_TERM", "kept"], found["TORTURED_TERM", "changed"]) == (1, 1)
    assert found["PLACE_CIRCUMSTANCE", "rejected"] == 1
    assert not any(label == "ROLE_ATTRIBUTE" for label, _ in found), "what is put off isn't decided"
    missed = [count for (_, became), count in found.items() if became == "missed"]
    assert missed == [3]


def test_a_decision_that_went_stale_counts_no_more(reviewed: Session) -> None:
    document = spun(reviewed)
    found = next(g for g in Reviewer(reviewed).sheet(document).groups if "TIME" in g.labels)
    assert any(d.outcome is Outcome.ACCEPTED for d in reviewed.executor.record(document).decisions)
    mark = found.versions["cara"]
    from app.core import annotation_edits

    reviewed.perform(SetEdit(document, "cara", annotation_edits.change_correction(mark, "three hours")), title="Change")
    table = numbers(figure(reviewed, "overturn", layer="error"), "who", "became", value="marks")
    assert ("ben", "kept") not in table
    assert table["cara", "changed"] == 1


# -- all of them -------------------------------------------------------------------------------------------------------


def test_hidden_names_are_nowhere(reviewed: Session) -> None:
    found = count_insights(reviewed)
    for about in FIGURES:
        shown = found.figure(about.id, hide_names=True)
        said = repr((shown.lead, shown.rows, shown.columns, shown.middles, shown.titles, shown.notes))
        assert not any(f"'{name}'" in said for name in ("ana", "ben", "cara")), about.id
        assert about.id in ("time", "relations", "suggestions", "influence", "learning") or shown.rows, about.id
    titles = [title for choice in found.choices("confusion", hide_names=True) for _, title in choice.values]
    assert "annotator 1 – annotator 2" in titles
    assert found.annotator_of("annotator 1", hide_names=True) == "ana"


def test_unfinished_annotators_do_not_see_others_marks(session: Session) -> None:
    document = spun(session)
    session.perform(SetEdit(document, "cara", SetStatus(Status.OPEN)), title="Open again")
    found = count_insights(session)
    places = found.figure("labels").rows[0].places
    assert all(place.words and place.annotation for place in found.seen_by("Rina", places))
    assert {(place.words, place.annotation) for place in found.seen_by("cara", places)} == {("", "")}
    assert all(place.words for place in found.seen_by("ana", places, hide_names=True))


def test_agreement_and_confusion_use_the_marks_before_review(reviewed: Session) -> None:
    document = spun(reviewed)
    before = count_insights(reviewed)
    reviewed.perform(SetEdit(document, "cara", SetStatus(Status.OPEN)), title="Open again")
    after = count_insights(reviewed)
    for name in ("agreement", "confusion"):
        shown = after.figure(name)
        assert shown.rows == before.figure(name).rows
        assert "1 document as it was when its review began" in shown.notes
        (choice,) = (choice for choice in after.choices(name) if choice.key == "sets")
        assert [value for value, _ in choice.values] == ["frozen", "now"]
        now = after.figure(name, {"sets": "now"})
        assert now.rows != shown.rows, "cara isn't done any more"
        assert not any("review of them" in note for note in now.notes)


def test_without_review_there_is_one_kind_of_sets(session: Session) -> None:
    found = count_insights(session)
    for name in ("agreement", "confusion"):
        assert all(choice.key != "sets" for choice in found.choices(name))
        assert not any("review of them" in note for note in found.figure(name).notes)


def test_an_empty_project_says_for_every_figure_what_is_missing(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "new.stet", scheme=scheme_source("news-errors"))
    found = count_insights(session)
    session.close()
    missing = {about.id: found.figure(about.id).missing for about in FIGURES}
    assert all(missing.values())
    assert "Two people must have finished the same document" in missing["agreement"]
    assert "Ctrl+Enter" in missing["days"]
    assert "In Review (Ctrl+2)" in missing["overturn"]
    assert all(not found.figure(about.id).rows for about in FIGURES)


def test_a_scheme_without_severities_says_so() -> None:
    scheme = parse_scheme(scheme_source("ner"))
    found = Insights(scheme, assigned={}, days={})
    assert "no layer with severities" in found.figure("severity").missing
    assert "no severities with a weight" in found.figure("score").missing


def test_annotators_have_one_order_in_all_figures(session: Session) -> None:
    work(session, "Bea", _other(session, spun(session)), [])
    work(session, "aaron", spun(session), [])
    found = count_insights(session)
    people = ("aaron", "ana", "Bea", "ben", "cara", "somebody")
    for about in FIGURES:
        figure = found.figure(about.id)
        assert figure.people == people, about.id
        for column in ("annotator", "other"):
            if any(item.id == column for item in figure.columns):
                names = [name for name in figure.keys(column) if name in people]
                assert names == sorted(names, key=people.index), about.id
