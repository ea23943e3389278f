"""FEVER's claims and pages, read and written."""

import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Evidence, Stance, Status
from app.core.annotation_edits import unlink_evidence
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.formats.fever.reader import FeverReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.import_files import import_files
from tests.unit.exchange.claim_files import Journey, lines_of, objects_of, read_with

SIMON = unicodedata.normalize("NFD", "Simón_Bolívar")
FILM = "Soul_Food_-LRB-film-RRB-"
PAGES = [
    {"id": "", "text": "", "lines": ""},
    {
        "id": SIMON,
        "text": "Simón Bolívar was a leader . He was born in Caracas . ",
        "lines": "0\tSimón Bolívar was a leader .\n1\t\n2\tHe was born in Caracas .\tCaracas\tCaracas\n3\t",
    },
    {
        "id": FILM,
        "text": "Soul Food is a film -LRB- 1997 -RRB- . ",
        "lines": "0\tSoul Food is a film -LRB- 1997 -RRB- .\tfilm\tFilm",
    },
    {"id": "Unneeded", "text": "Nobody asks for it . ", "lines": "0\tNobody asks for it ."},
]
CLAIMS = [
    {
        "id": 1,
        "verifiable": "VERIFIABLE",
        "label": "SUPPORTS",
        "claim": "Simón Bolívar was born in Caracas.",
        "evidence": [
            [[11, 21, SIMON, 2]],
            [[12, 22, SIMON, 2]],
            [[13, 23, unicodedata.normalize("NFC", SIMON), 0], [13, 24, FILM, 0]],
        ],
    },
    {
        "id": 2,
        "verifiable": "VERIFIABLE",
        "label": "REFUTES",
        "claim": "Soul Food is a book. 😀",
        "evidence": [[[14, 25, FILM, 0], [14, 26, "Nowhere_-LRB-page-RRB-", 3]], [[15, 27, FILM, 0]]],
    },
    {
        "id": 3,
        "verifiable": "NOT VERIFIABLE",
        "label": "NOT ENOUGH INFO",
        "claim": "Nothing is known of this.",
        "evidence": [[[108548, None, None, None]]],
    },
    {"id": 4, "claim": "A claim of the test set."},
]


def corpus(folder: Path, *, pages: str = "wiki-pages/wiki-001.jsonl") -> Path:
    lines_of(folder / pages, *PAGES)
    return lines_of(folder / "train.jsonl", *CLAIMS)


def evidence(record: DocumentRecord) -> list[tuple[int, str, str]]:
    (item,) = record.sets
    (mark,) = item.annotations
    return [(piece.alternative, piece.stance.value, piece.quote) for piece in mark.evidence]


def test_a_claim_has_its_verdict_and_sets_of_evidence(tmp_path):
    report = Report()
    simon, film, one, two, three, four = read_with(FeverReader(), corpus(tmp_path), report)
    assert (simon.document.name, film.document.title) == (SIMON, "Soul Food (film)")
    assert simon.document.text == "Simón Bolívar was a leader .\n\nHe was born in Caracas .\n"
    assert evidence(one) == [
        (1, "supports", "He was born in Caracas ."),
        (2, "supports", "Simón Bolívar was a leader ."),
        (2, "supports", "Soul Food is a film -LRB- 1997 -RRB- ."),
    ]
    assert evidence(two) == [(1, "refutes", "Soul Food is a film -LRB- 1997 -RRB- .")]
    assert evidence(three) == []
    assert four.sets == ()
    (mark,) = two.sets[0].annotations
    assert (mark.layer, mark.label, mark.quote) == ("claim", "CHECKWORTHY_FACTUAL", "Soul Food is a book. 😀")
    assert [item.annotations[0].attributes["verdict"] for record in (one, two, three) for item in record.sets] == [
        "SUPPORTED",
        "REFUTED",
        "NOT_ENOUGH_INFO",
    ]
    assert one.references == (simon.document.uid, film.document.uid)
    statuses = [each.sets[0].status for each in (one, two, three)]
    assert statuses == [Status.DONE, Status.OPEN, Status.DONE]
    assert mark.extra["fever"]["unlinked"] == [0]
    assert report.count("page") == 1


@pytest.mark.parametrize("pages", ["wiki-pages/deep/wiki-109.jsonl", "wiki-pages.jsonl", "train.wiki-pages.jsonl"])
def test_pages_are_found_beside_the_claims(pages, tmp_path):
    assert len(read_with(FeverReader(), corpus(tmp_path, pages=pages))) == 6


def test_pages_elsewhere_are_named(tmp_path):
    path = corpus(tmp_path, pages="other/pages.jsonl")
    assert len(read_with(FeverReader(), path, own={"pages": "other"})) == 6
    with pytest.raises(FormatError, match="there are no pages here"):
        read_with(FeverReader(), path, own={"pages": "gone"})


def test_without_pages_evidence_stays_as_named_pointers(tmp_path):
    report = Report()
    found = read_with(FeverReader(), lines_of(tmp_path / "dev.jsonl", *CLAIMS), report)
    assert [evidence(each) for each in found[:3]] == [[], [], []]
    assert found[0].sets[0].annotations[0].extra["fever"]["evidence"] == CLAIMS[0]["evidence"]
    assert report.count("page") == 7
    assert SIMON in str(next(each for each in report if each.kind == "page"))


@pytest.mark.parametrize("has_pages", [True, False])
def test_what_came_is_written_again(has_pages, tmp_path):
    folder = tmp_path / "data"
    path = corpus(folder) if has_pages else lines_of(folder / "dev.jsonl", *CLAIMS)
    with Journey(tmp_path, "fever") as journey:
        journey.bring(folder if has_pages else path)
        out = journey.send()
    assert objects_of(out) == CLAIMS
    pages = tmp_path / "out.wiki-pages.jsonl"
    assert pages.exists() == has_pages
    if has_pages:
        assert objects_of(pages) == PAGES[1:3]
        again = read_with(FeverReader(), out)
        assert again == read_with(FeverReader(), path)


def test_a_folder_is_one_corpus_and_its_pages_no_documents(tmp_path):
    folder = corpus(tmp_path / "fever").parent
    found = Registry().for_folder(folder)
    assert found is not None
    assert found.format.name == "fever"
    assert len(read_with(FeverReader(), folder)) == 6


@pytest.mark.parametrize(
    ("objects", "format"),
    [(CLAIMS[:1], "fever"), (CLAIMS[2:3], "fever"), (PAGES, "fever"), (CLAIMS[3:], "fever")],
)
def test_files_are_told_by_their_records(objects, format, tmp_path):
    found = Registry().for_file(lines_of(tmp_path / "a.jsonl", *objects))
    assert found is not None
    assert found.format.name == format


def test_a_file_of_pages_is_read_as_documents(tmp_path):
    found = read_with(FeverReader(), lines_of(tmp_path / "wiki-001.jsonl", *PAGES))
    assert [each.document.name for each in found] == [SIMON, FILM, "Unneeded"]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("0\tOne .\ngoes on\n1\tTwo .", "One . goes on\nTwo ."),
        ("0\tOne .\n3\tFour .", "One .\n\n\nFour ."),
        ("0\tOne\u2028line .", "One\u2028line ."),
        ("", ""),
    ],
)
def test_odd_pages_keep_their_numbers_and_are_written_again(lines, text, tmp_path):
    page = {"id": "P", "text": "as it was", "lines": lines, "year": 2017}
    path = lines_of(tmp_path / "wiki-pages.jsonl", page)
    with Journey(tmp_path, "fever") as journey:
        journey.bring(path)
        assert journey.records()[0].document.text == text
        journey.send()
    assert objects_of(tmp_path / "out.wiki-pages.jsonl") == [page]


@pytest.mark.parametrize(
    ("lines", "says"),
    [("1\tTwo .\n0\tOne .", "sentence 0 is there twice"), ("no number", "has no number"), (5, "must be text")],
)
def test_a_broken_page_is_noted_and_the_claim_stays(lines, says, tmp_path):
    lines_of(tmp_path / "wiki-pages.jsonl", {"id": "P", "text": "", "lines": lines}, "{broken")
    claim = {"id": 1, "label": "SUPPORTS", "claim": "It is.", "evidence": [[[1, 2, "P", 0]]]}
    report = Report()
    (record,) = read_with(FeverReader(), lines_of(tmp_path / "a.jsonl", claim), report)
    assert evidence(record) == []
    assert says in str(next(each for each in report if each.kind == "broken-page"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"claim": 5}, "no text under “claim”"),
        ({"claim": " "}, "the claim is empty"),
        ({"claim": "a\0"}, "NUL"),
        ({"label": 5}, "“label” must be text"),
        ({"evidence": "x"}, "must be a list of sets"),
        ({"evidence": ["x"]}, "a set must be a list"),
        ({"evidence": [[[1, 2]]]}, "4 parts"),
        ({"evidence": [[[1, 2, 3, 4]]]}, "page must be text"),
        ({"evidence": [[[1, 2, "P", True]]]}, "a whole number"),
        ({"evidence": [[[1, 2, "P", 1.5]]]}, "a whole number"),
        ({"evidence": [[[1, 2, "P", 10**30]]]}, "too large"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_is_read(change, says, tmp_path):
    path = lines_of(tmp_path / "a.jsonl", CLAIMS[2], {**CLAIMS[0], **change}, CLAIMS[3])
    with pytest.raises(FormatError, match=says) as caught:
        read_with(FeverReader(), path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(read_with(FeverReader(), path, refuse=errors.append)) == 2
    assert len(errors) == 1


def test_numbers_as_strings_and_bare_pointers_are_understood(tmp_path):
    lines_of(tmp_path / "wiki-pages.jsonl", *PAGES)
    sets: list[Any] = [[1, 2, FILM, "0"], [[3, 4, FILM, -1]]]
    claim = {"id": "c-1", "label": "supports", "claim": "It is.", "evidence": sets}
    page, record = read_with(FeverReader(), lines_of(tmp_path / "a.jsonl", claim))
    assert page.document.name == FILM
    assert len(evidence(record)) == 1


def test_what_changed_here_changes_in_the_file(tmp_path):
    folder = tmp_path / "data"
    corpus(folder)
    path = lines_of(folder / "train.jsonl", CLAIMS[0], {**CLAIMS[1], "genre": "film"})
    pages = {each.document.name: each for each in read_with(FeverReader(), path)}
    one, two = (pages[name] for name in pages if name[:1].isdigit())
    film = pages[FILM].document
    (item,) = two.sets
    (mark,) = item.annotations
    part = Evidence(
        uid="e", document=film.uid, fragments=mark.evidence[0].fragments, quote="Soul Food", stance=Stance.SUPPORTS
    )
    first = msgspec.structs.replace(one.sets[0].annotations[0], evidence=one.sets[0].annotations[0].evidence[:1])
    second = msgspec.structs.replace(mark, attributes={"verdict": "SUPPORTED"}, evidence=(part,))
    made = written(tmp_path, [pages[SIMON], pages[FILM], with_mark(one, first), with_mark(two, second)])
    assert made[0] == {**CLAIMS[0], "evidence": CLAIMS[0]["evidence"][:2]}
    assert made[1] == {**CLAIMS[1], "label": "SUPPORTS", "genre": "film"}


def with_mark(record: DocumentRecord, mark: Any) -> DocumentRecord:
    return record._replace(sets=(record.sets[0]._replace(annotations=(mark,)),))


def written(folder: Path, records: list[DocumentRecord]) -> list[dict[str, Any]]:
    from app.exchange.format import WriteOptions
    from app.exchange.formats.fever.writer import FeverWriter
    from app.exchange.output import OutputFiles
    from tests.unit.build import SCHEME

    known = {each.document.uid: each.document for each in records}
    with OutputFiles(keep_off=folder / "none") as files:
        options = WriteOptions(scheme=SCHEME, document=known.get, own={"pages": True})
        FeverWriter().write(records, files.output(folder / "made.jsonl"), options)
    return objects_of(folder / "made.jsonl")


def test_any_claims_of_a_project_are_written(tmp_path):
    text = "Kyiv agreed. It rained in Caracas."
    reference = "The report (1997). It was dry in Caracas. Kyiv did agree, it said."
    stet = tmp_path / "in.jsonl"
    claim = {"layer": "claim", "label": "CHECKWORTHY_FACTUAL"}
    pieces = [
        {"id": "e1", "document": "r", "start": 42, "end": 57, "quote": "Kyiv did agree,", "stance": "supports"},
        {"id": "e2", "document": "r", "start": 0, "end": 10, "quote": "The report", "stance": "supports", "set": 2},
    ]
    marks = [
        {"id": "m1", "start": 0, "end": 12, "quote": "Kyiv agreed.", "evidence": pieces, **claim},
        {"id": "m2", "start": 13, "end": 34, "quote": "It rained in Caracas.", **claim},
    ]
    marks[1]["attributes"] = {"verdict": "NOT_ENOUGH_INFO", "confidence": "sure"}
    sets = [{"annotator": "ana", "annotations": marks}]
    lines_of(
        stet,
        {"stet": 1, "id": "r", "name": "report (final).txt", "text": reference},
        {"stet": 1, "id": "d", "name": "d.txt", "text": text, "references": ["r"], "sets": sets},
    )
    with Journey(tmp_path, "fever") as journey:
        import_files(journey.session, [stet])
        out = objects_of(journey.send(losses=True))
    page = "report_-LRB-final-RRB-"
    assert [each["claim"] for each in out] == ["Kyiv agreed.", "It rained in Caracas."]
    assert out[0]["label"] == "SUPPORTS"
    assert out[0]["evidence"] == [[[None, None, page, 2]], [[None, None, page, 0]]]
    assert (out[1]["verifiable"], out[1]["evidence"]) == ("NOT VERIFIABLE", [[[None, None, None, None]]])
    assert all(isinstance(each["id"], int) for each in out)
    (found,) = objects_of(tmp_path / "out.wiki-pages.jsonl")
    assert found["lines"] == "0\tThe report (1997).\n1\tIt was dry in Caracas.\n2\tKyiv did agree, it said."


def test_evidence_comes_when_its_pages_do(tmp_path):
    """Claims that were imported alone get their evidence later; what somebody removed stays removed."""
    both = [[[1, 2, "Rome", 0]], [[1, 3, "Ana_(city)", 1]]]
    given = {"id": 7, "label": "SUPPORTS", "claim": "Rome is old.", "evidence": both}
    claims = lines_of(tmp_path / "a" / "claims.jsonl", given)
    pages = [
        {"id": "Rome", "text": "", "lines": "0\tRome is old .\n1\t"},
        {"id": "Ana_(city)", "text": "", "lines": "0\tIt is there .\n1\tAna is as old as Rome ."},
    ]
    with Journey(tmp_path, "fever") as journey:
        first = journey.bring(claims)
        assert first.report.count("page") == 2
        lines_of(tmp_path / "a" / "wiki-pages" / "wiki-001.jsonl", pages[0])
        second = journey.bring(claims)
        assert (second.report.count("late-evidence"), second.report.count("differs-annotation")) == (1, 0)
        lines_of(tmp_path / "a" / "wiki-pages" / "wiki-001.jsonl", *pages)
        third = journey.bring(claims)
        assert (third.report.count("late-evidence"), third.report.count("differs-annotation")) == (1, 0)
        (claim,) = (each for each in journey.records() if each.sets)
        (mark,) = claim.sets[0].annotations
        assert [(piece.quote, piece.alternative) for piece in mark.evidence] == [
            ("Rome is old .", 1),
            ("Ana is as old as Rome .", 2),
        ]
        assert claim.sets[0].status is Status.DONE
        assert len(claim.references) == 2
        out = objects_of(journey.send())
        assert [each["evidence"] for each in out if "claim" in each] == [both]
        journey.session.open_document(claim.document.uid)
        journey.session.apply(unlink_evidence(mark, mark.evidence[0].uid), title="remove it")
        again = journey.bring(claims)
        assert again.report.count("late-evidence") == 0
