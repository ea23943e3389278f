"""A text is edited while bundles are out: what comes back finds its words, whoever has the newer text."""

from pathlib import Path

import pytest

from app.core.annotation import Status, quote_of
from app.core.errors import FormatError
from app.core.text_change import TextChange
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.merge import MergeReport
from app.services.history.undo import redo, undo
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from tests.as_stet import connect_as_stet
from tests.unit.services.team.lead import (
    TEXTS,
    bundled,
    comment,
    content,
    finish,
    make,
    mark,
    merged,
    opened,
    prove,
    quotes,
    uid_of,
    unmark,
)


def edit(project: Path, name: str, old: str, new: str, *, reason: str = "") -> None:
    """Have the lead replace words of a document."""
    with opened(project, "lead") as session:
        uid = uid_of(session, name)
        text = session.reader.document(uid).text
        assert text.count(old) == 1
        edit_text(session, uid, TextChange.between(text, text.replace(old, new)), reason=reason)


def text_of(project: Path, name: str) -> str:
    with opened(project) as session:
        return session.reader.document(uid_of(session, name)).text


def notes(report: MergeReport, kind: str) -> list[str]:
    return [str(finding) for finding in report.merged.report if finding.kind == kind]


def unfit(project: Path) -> list[str]:
    """Return the quotes that don't match their text, of everybody."""
    with opened(project) as session:
        return [
            annotation.quote
            for record in session.reader.records()
            for item in record.sets
            for annotation in item.annotations
            if quote_of(record.document.text, annotation.fragments) != annotation.quote
        ]


def test_work_on_the_earlier_text_finds_its_words(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Puttin")
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    edit(project, "spun.txt", "Donald Trump, the US", "Mr Trump, a US", reason="wording")
    report = merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["Puttin", "Kyiv"]}
    assert unfit(project) == []
    assert notes(report, "text")
    with opened(project, "ana") as session:
        assert session.executor.load(uid_of(session, "spun.txt"), "ana").status is Status.DONE
    before = content(project)
    assert not merged(project, path).changes_anything, "merging twice changes nothing"
    assert content(project) == before


def test_a_set_that_was_not_touched_since_is_taken_whole(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Puttin")
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(project, "spun.txt", "Donald", "Mr Donald")
    assert not merged(project, path).changes_anything, "only the lead's text is another"
    with opened(path, "ana") as session:
        unmark(session, "spun.txt", "Puttin")
        mark(session, "spun.txt", "senator")
    report = merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["senator", "Kyiv"]}, "a deletion there is a deletion here"
    assert not notes(report, "difference")
    with opened(project, "lead") as session:
        undo(session)
        undo(session)
    assert text_of(project, "spun.txt") == TEXTS["spun.txt"]
    assert quotes(project, "ana") == {"spun.txt": ["Puttin", "Kyiv"]}
    merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["senator", "Kyiv"]}


def test_a_bundle_with_an_edit_that_was_undone_comes_back(project: Path, tmp_path: Path) -> None:
    edit(project, "spun.txt", "Puttin", "Putin")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Putin")
        mark(session, "spun.txt", "Kyiv")
    with opened(project, "lead") as session:
        undo(session)
    merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["Puttin", "Kyiv"]}
    assert unfit(project) == []


def test_marks_whose_words_are_gone_are_told(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "senator")
        finish(session, "spun.txt")
    edit(project, "spun.txt", "senator", "president")
    report = merged(project, path)
    assert notes(report, "lost")
    assert unfit(project) == ["senator"]
    with opened(project) as session:
        assert session.executor.load(uid_of(session, "spun.txt"), "ana").status is Status.OPEN


def test_evidence_in_an_edited_reference_comes_back(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(project, "report.txt", "U.S. President", "President")
    with opened(path, "ana") as session:
        found = mark(session, "spun.txt", "senator")
        reference = session.reader.document(uid_of(session, "report.txt"))
        start = reference.text.index("Putin")
        prove(session, found, reference, (start, start + 5))
    report = merged(project, path)
    assert not notes(report, "evidence")
    with opened(project) as session:
        assert not list(session.reader.integrity.stale_evidence())


def test_whoever_merges_the_newer_text_takes_it_over(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Puttin", comment="early")
        mark(session, "spun.txt", "Kyiv")
    edit(project, "spun.txt", "Donald", "Mr Donald", reason="politeness")
    edit(project, "spun.txt", "Puttin", "Putin", reason="typo")
    newer = bundled(project, tmp_path / "newer.stet", "ana")
    before = content(path)
    report = merged(path, newer, who="ana")
    assert report.merged.texts == 1
    assert "1 edited text" in report.headline()
    assert notes(report, "new-text")
    assert text_of(path, "spun.txt") == text_of(project, "spun.txt")
    assert quotes(path, "ana") == {"spun.txt": ["Putin", "Kyiv"]}
    with opened(path, "ana") as session:
        kept = session.executor.texts.versions.of_document(uid_of(session, "spun.txt"), with_text=True)
        assert [(item.text, item.reason) for item in kept][0] == (TEXTS["spun.txt"], "politeness")
        assert [item.reason for item in kept] == ["politeness", "typo"]
        undo(session)
    assert _without_history(content(path)) == _without_history(before)
    with opened(path, "ana") as session:
        redo(session)
    assert quotes(path, "ana") == {"spun.txt": ["Putin", "Kyiv"]}
    merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["Putin", "Kyiv"]}
    assert not merged(path, newer, who="ana").changes_anything


def _without_history(lines: bytes) -> list[bytes]:
    return [line.partition(b',"earlier_texts"')[0].rstrip(b"}") for line in lines.splitlines()]


def test_bundles_hold_no_text_that_was_replaced(project: Path, tmp_path: Path) -> None:
    edit(project, "spun.txt", "Kyiv agreed", "They agreed", reason="names are secret")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    assert b"Kyiv" not in path.read_bytes()
    with connect_as_stet(path) as connection:
        assert connection.execute("SELECT text, reason FROM text_version").fetchall() == [(None, "names are secret")]


def test_work_on_a_text_edited_on_both_sides_is_brought_to_ours(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(path, "spun.txt", "Donald", "Ronald", reason="name")
    edit(path, "spun.txt", "Puttin", "Putin", reason="typo")
    with opened(path, "ana") as session:
        for words in ("Ronald", "Putin", "Kyiv", "senator"):
            mark(session, "spun.txt", words)
        finish(session, "spun.txt")
    edit(project, "spun.txt", "Puttin", "Putin", reason="typo")
    edit(project, "spun.txt", "senator", "president")
    ours = text_of(project, "spun.txt")
    report = merged(project, path)
    assert text_of(project, "spun.txt") == ours
    assert sorted(quotes(project, "ana")["spun.txt"]) == ["Donald", "Kyiv", "Putin", "senator"]
    assert unfit(project) == ["senator"]
    (note,) = notes(report, "both-edited")
    assert "“Donald” → “Ronald”, “Puttin” → “Putin”" in note
    assert len(notes(report, "lost")) == 1
    with opened(project, "ana") as session:
        assert session.executor.load(uid_of(session, "spun.txt"), "ana").status is Status.OPEN
    after = content(project)
    assert not merged(project, path).changes_anything, "merging twice changes nothing"
    assert content(project) == after
    with opened(project, "lead") as session:
        undo(session)
    assert (text_of(project, "spun.txt"), quotes(project, "ana")) == (ours, {})
    with opened(project, "lead") as session:
        redo(session)
    assert content(project) == after


def test_evidence_in_a_text_edited_on_both_sides_is_brought_too(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(path, "report.txt", "spoke", "talked")
    edit(project, "report.txt", "U.S. President", "President")
    with opened(path, "ana") as session:
        found = mark(session, "spun.txt", "senator")
        reference = session.reader.document(uid_of(session, "report.txt"))
        start = reference.text.index("Putin")
        prove(session, found, reference, (start, start + 5))
    report = merged(project, path)
    assert len(notes(report, "both-edited")) == 1
    with opened(project) as session:
        assert not list(session.reader.integrity.stale_evidence())


def test_edits_on_both_sides_without_a_common_text_are_refused(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(path, "spun.txt", "Donald", "Don")
    edit(project, "spun.txt", "Puttin", "Putin")
    with connect_as_stet(path) as connection:
        connection.execute("UPDATE text_version SET sha256 = ?", ["0" * 64])
    before = content(project)
    with pytest.raises(FormatError, match="“spun.txt” has a different text here"):
        merged(project, path)
    assert content(project) == before


@pytest.mark.parametrize("splices", ['[[0,1,"x"]]', '[[0,9999,""]]'])
def test_a_history_that_does_not_fit_is_refused(project: Path, tmp_path: Path, splices: str) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    edit(project, "spun.txt", "Puttin", "Putin")
    newer = bundled(project, tmp_path / "newer.stet", "ana")
    with connect_as_stet(newer) as connection:
        connection.execute("UPDATE text_version SET splices = ?", [splices])
    with pytest.raises(FormatError, match="“spun.txt” has a different text here"):
        merged(path, newer, who="ana")
    assert text_of(path, "spun.txt") == TEXTS["spun.txt"]


def test_an_export_of_the_earlier_text_can_be_imported(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    with opened(project, "ana") as session:
        comment(session, mark(session, "spun.txt", "Puttin"), "said")
    copy.write_bytes(content(project))
    fresh = make(tmp_path / "fresh.stet")
    assert text_of(fresh, "spun.txt") == TEXTS["spun.txt"]
    with opened(project, "ana") as session:
        unmark(session, "spun.txt", "Puttin")
    edit(project, "spun.txt", "Donald", "Mr Donald")
    with opened(project, "ana") as session:
        report = import_files(session, [copy])
        assert "edited here since" in "\n".join(map(str, report.report))
    assert quotes(project, "ana") == {"spun.txt": ["Puttin"]}
    assert unfit(project) == []


def test_an_export_takes_its_history_along(project: Path, tmp_path: Path) -> None:
    edit(project, "spun.txt", "Puttin", "Putin", reason="typo")
    lines = content(project)
    assert b'"reason":"typo","changes":[[' in lines
    out = tmp_path / "all.jsonl"
    out.write_bytes(lines)
    path = tmp_path / "other.stet"
    make(path)
    session = Session.create(tmp_path / "new.stet", scheme=(_scheme(path)), annotator="lead")
    import_files(session, [out])
    session.close()
    assert content(tmp_path / "new.stet") == lines


def _scheme(path: Path) -> str:
    with opened(path) as session:
        return session.scheme.source


def test_the_file_of_an_edited_text_is_not_imported_twice(project: Path, tmp_path: Path) -> None:
    edit(project, "third.txt", "aide", "adviser")
    file = tmp_path / "third.txt"
    file.write_text(TEXTS["third.txt"], encoding="utf-8")
    with opened(project, "lead") as session:
        report = import_files(session, [file])
        assert not report.brought.changes_anything
        assert session.reader.documents.count() == len(TEXTS)


def test_a_damaged_history_here_refuses_the_earlier_text(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(content(project))
    edit(project, "spun.txt", "Puttin", "Putin")
    with connect_as_stet(project) as connection:
        connection.execute("UPDATE text_version SET splices = '[[0,1,\"x\"]]'")
    with pytest.raises(FormatError, match="“spun.txt” has a different text here"):
        merged(project, path)
    with opened(project, "lead") as session:
        report = import_files(session, [copy], skip_bad=True)
    assert ["with a different text" in str(error) for error in report.errors] == [True]


def test_an_export_of_the_later_text_brings_it(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Puttin")
        mark(session, "spun.txt", "Kyiv")
    copy = tmp_path / "copy.stet"
    copy.write_bytes(project.read_bytes())
    edit(project, "spun.txt", "Donald", "Mr Donald", reason="politeness")
    out = tmp_path / "out.jsonl"
    out.write_bytes(content(project))
    before = content(copy)
    with opened(copy, "ana") as session:
        report = import_files(session, [out])
        assert (report.brought.extended, report.brought.already) == (1, len(TEXTS) - 1)
    assert text_of(copy, "spun.txt") == text_of(project, "spun.txt")
    assert quotes(copy, "ana") == {"spun.txt": ["Puttin", "Kyiv"]}
    assert unfit(copy) == []
    with opened(copy, "ana") as session:
        undo(session)
    assert _without_history(content(copy)) == _without_history(before)


def test_an_export_from_before_has_evidence_in_the_earlier_text(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        found = mark(session, "spun.txt", "senator")
        reference = session.reader.document(uid_of(session, "report.txt"))
        start = reference.text.index("Putin")
        prove(session, found, reference, (start, start + 5))
    out = tmp_path / "out.jsonl"
    out.write_bytes(content(project))
    with opened(project, "ana") as session:
        unmark(session, "spun.txt", "senator")
    edit(project, "report.txt", "U.S. President", "President")
    edit(project, "report.txt", "spoke", "talked")
    with opened(project, "ana") as session:
        report = import_files(session, [out])
        assert "evidence that doesn't match" not in "\n".join(map(str, report.report))
        assert not list(session.reader.integrity.stale_evidence())
    assert quotes(project, "ana") == {"spun.txt": ["senator"]}
