"""SciFact's claims and abstracts, read and written."""

from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.formats.scifact.reader import SciFactReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.import_files import import_files
from tests.unit.exchange.claim_files import Journey, lines_of, objects_of, read_with

ABSTRACTS = [
    {
        "doc_id": 11,
        "title": "On gatherings",
        "abstract": ["We met.", "It rained.", "They left. 😀"],
        "structured": False,
    },
    {"doc_id": 12, "title": "On rain", "abstract": ["Rain fell.", "It was wet."], "structured": True, "year": 1999},
    {"doc_id": 13, "title": "Uncited", "abstract": ["Nobody reads it."], "structured": False},
]
CLAIMS = [
    {
        "id": 1,
        "claim": "It rained when they met.",
        "evidence": {
            "11": [{"sentences": [0, 1], "label": "SUPPORT"}, {"sentences": [2], "label": "SUPPORT"}],
            "12": [{"sentences": [1], "label": "SUPPORT"}],
        },
        "cited_doc_ids": [11, 12],
    },
    {
        "id": 2,
        "claim": "Nobody left.",
        "evidence": {"11": [{"sentences": [2], "label": "CONTRADICT"}], "99": [{"sentences": [0], "label": "SUPPORT"}]},
        "cited_doc_ids": [11, 99],
        "genre": "story",
    },
    {"id": 3, "claim": "Nothing is known of this.", "evidence": {}, "cited_doc_ids": [12]},
    {"id": 4, "claim": "A claim of the test set."},
]


def corpus(folder: Path, *claims: Any, name: str = "corpus.jsonl") -> Path:
    lines_of(folder / name, *ABSTRACTS)
    return lines_of(folder / "claims_train.jsonl", *(claims or CLAIMS))


def evidence(record: DocumentRecord) -> list[tuple[int, str, str]]:
    (mark,) = record.sets[0].annotations
    return [(piece.alternative, piece.stance.value, piece.quote) for piece in mark.evidence]


def test_rationales_are_sets_of_evidence_in_abstracts(tmp_path):
    report = Report()
    gatherings, rain, one, two, three, four = read_with(SciFactReader(), corpus(tmp_path), report)
    assert gatherings.document.text == "We met.\nIt rained.\nThey left. 😀"
    assert rain.document.meta == {
        "title": "On rain",
        "structured": True,
        "year": 1999,
        "doc_id": 12,
        "sentence_lines": True,
    }
    assert evidence(one) == [
        (1, "supports", "We met. … It rained."),
        (2, "supports", "They left. 😀"),
        (3, "supports", "It was wet."),
    ]
    assert evidence(two) == [(1, "refutes", "They left. 😀")]
    assert (evidence(three), four.sets) == ([], ())
    verdicts = [each.sets[0].annotations[0].attributes["verdict"] for each in (one, two, three)]
    assert verdicts == ["SUPPORTED", "CONFLICTING", "NOT_ENOUGH_INFO"]
    assert one.references == (gatherings.document.uid, rain.document.uid)
    assert three.references == (rain.document.uid,)
    statuses = [each.sets[0].status for each in (one, two, three)]
    assert statuses == [Status.DONE, Status.OPEN, Status.DONE]
    assert (report.count("abstract"), two.document.meta) == (1, {"genre": "story"})


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_came_is_written_again(is_folder, tmp_path):
    path = corpus(tmp_path / "data")
    with Journey(tmp_path, "scifact") as journey:
        journey.bring(path.parent if is_folder else path)
        out = journey.send()
    assert objects_of(out) == CLAIMS
    assert objects_of(tmp_path / "out.corpus.jsonl") == ABSTRACTS[:2]
    assert read_with(SciFactReader(), out) == read_with(SciFactReader(), path)


def test_claims_without_a_corpus_keep_their_rationales(tmp_path):
    path = lines_of(tmp_path / "claims.jsonl", *CLAIMS[:3])
    with Journey(tmp_path, "scifact") as journey:
        report = journey.bring(path)
        assert objects_of(journey.send()) == CLAIMS[:3]
    assert report.report.count("abstract") == 5


@pytest.mark.parametrize(
    "evidence_given",
    [
        {"11": [{"sentences": [1], "label": "REFUTE", "note": "x"}]},
        {"11": {"sentences": [1], "label": "SUPPORT"}, "12": []},
        {"11": [{"sentences": [1], "label": "MAYBE"}]},
        {"11": [{"sentences": [1, 7], "label": "SUPPORT"}, {"sentences": [], "label": "SUPPORT"}]},
        {"11": [{"sentences": [1], "label": "SUPPORT"}, {"sentences": [1], "label": "SUPPORT"}]},
    ],
)
def test_other_shapes_of_evidence_are_kept(evidence_given, tmp_path):
    claim = {"id": "c-1", "claim": "It rained.", "evidence": evidence_given, "cited_doc_ids": ["11"]}
    with Journey(tmp_path, "scifact") as journey:
        journey.bring(corpus(tmp_path / "data", claim))
        (out,) = objects_of(journey.send(losses=True))
    assert out == claim


@pytest.mark.parametrize(
    ("objects", "name"),
    [(CLAIMS[:1], "a.jsonl"), (CLAIMS[2:3], "a.jsonl"), (ABSTRACTS, "corpus.jsonl"), (CLAIMS[3:], "claims_test.jsonl")],
)
def test_files_are_told_by_their_records(objects, name, tmp_path):
    lines_of(tmp_path / "corpus.jsonl", *ABSTRACTS)
    found = Registry().for_file(lines_of(tmp_path / name, *objects))
    assert found is not None
    assert found.format.name == "scifact"


def test_a_folder_is_one_corpus(tmp_path):
    found = Registry().for_folder(corpus(tmp_path / "scifact").parent)
    assert found is not None
    assert found.format.name == "scifact"
    assert Registry().for_folder(tmp_path) is None


def test_a_corpus_elsewhere_is_named(tmp_path):
    path = corpus(tmp_path, name="abstracts.jsonl")
    assert len(read_with(SciFactReader(), path, own={"corpus": "abstracts.jsonl"})) == 6
    with pytest.raises(FormatError, match="there is no corpus here"):
        read_with(SciFactReader(), path, own={"corpus": "gone.jsonl"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"claim": None}, "no text under “claim”"),
        ({"evidence": []}, "must be an object"),
        ({"evidence": {"11": [5]}}, "isn't an object"),
        ({"evidence": {"11": [{"label": "SUPPORT"}]}}, "must be whole numbers"),
        ({"evidence": {"11": [{"sentences": [True], "label": "SUPPORT"}]}}, "must be whole numbers"),
        ({"evidence": {"11": [{"sentences": [-1], "label": "SUPPORT"}]}}, "must be whole numbers"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_is_read(change, says, tmp_path):
    path = lines_of(tmp_path / "a.jsonl", CLAIMS[2], {**CLAIMS[0], **change}, CLAIMS[3])
    with pytest.raises(FormatError, match=says) as caught:
        read_with(SciFactReader(), path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(read_with(SciFactReader(), path, refuse=errors.append)) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"abstract": ["a", 5]}, "list of sentences"),
        ({"title": 5}, "must be text"),
        ({"doc_id": 11, "abstract": 1}, "list"),
    ],
)
def test_a_broken_abstract_is_noted_and_the_claim_stays(change, says, tmp_path):
    lines_of(tmp_path / "corpus.jsonl", {**ABSTRACTS[0], **change}, "{broken", ABSTRACTS[1])
    report = Report()
    path = lines_of(
        tmp_path / "claims.jsonl", {**CLAIMS[0], "evidence": {"11": [{"sentences": [0], "label": "SUPPORT"}]}}
    )
    rain, record = read_with(SciFactReader(), path, report)
    assert (rain.document.title, evidence(record)) == ("On rain", [])
    assert says in str(next(each for each in report if each.kind == "broken-abstract"))


def test_line_breaks_in_sentences_keep_the_numbers(tmp_path):
    abstract = {"doc_id": 5, "title": "", "abstract": ["One\ntwo.", "", "Three."], "structured": False}
    lines_of(tmp_path / "data/corpus.jsonl", abstract)
    claim = {
        "id": 1,
        "claim": "It is.",
        "evidence": {"5": [{"sentences": [2], "label": "SUPPORT"}]},
        "cited_doc_ids": [5],
    }
    with Journey(tmp_path, "scifact") as journey:
        journey.bring(lines_of(tmp_path / "data/claims.jsonl", claim))
        assert evidence(journey.records()[1]) == [(1, "supports", "Three.")]
        journey.send()
    assert objects_of(tmp_path / "out.corpus.jsonl") == [abstract]


def test_any_claims_of_a_project_are_written(tmp_path):
    pieces = [
        {"id": "e1", "document": "r", "start": 18, "end": 30, "quote": "Kyiv agreed.", "stance": "refutes"},
        {"id": "e2", "document": "s", "start": 0, "end": 8, "quote": "One two.", "stance": "refutes"},
        {"id": "e3", "document": "r", "start": 0, "end": 5, "quote": "It is", "stance": "context", "set": 2},
    ]
    mark = {
        "id": "m1",
        "layer": "claim",
        "label": "CHECKWORTHY_FACTUAL",
        "start": 0,
        "end": 12,
        "quote": "Kyiv agreed.",
    }
    sets = [{"annotator": "ana", "annotations": [{**mark, "evidence": pieces}]}]
    stet = lines_of(
        tmp_path / "in.jsonl",
        {"stet": 1, "id": "r", "name": "report.txt", "text": "It is a report.\n\n Kyiv agreed. It did."},
        {"stet": 1, "id": "s", "name": "s.txt", "text": "One two."},
        {
            "stet": 1,
            "id": "d",
            "name": "d.txt",
            "text": "Kyiv agreed. It rained.",
            "references": ["r", "s"],
            "sets": sets,
        },
    )
    with Journey(tmp_path, "scifact") as journey:
        import_files(journey.session, [stet])
        (out,) = objects_of(journey.send(losses=True))
    corpus_written = objects_of(tmp_path / "out.corpus.jsonl")
    report, other = (each["doc_id"] for each in corpus_written)
    assert corpus_written[0]["abstract"] == ["It is a report.", "Kyiv agreed.", "It did."]
    assert out["evidence"] == {
        str(report): [{"sentences": [1], "label": "CONTRADICT"}],
        str(other): [{"sentences": [0], "label": "CONTRADICT"}],
    }
    assert out["cited_doc_ids"] == [report, other]
