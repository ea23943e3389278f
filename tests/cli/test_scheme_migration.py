"""`stet scheme PROJECT migrate`"""

import json
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from app.session.session import Session
from tests.cli.conftest import Stet
from tests.e2e.part_project import related


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Give a project with relations and fields in use."""
    return related(tmp_path)


def labels(stet: Stet, project: Path) -> list[str]:
    return [row["label"] for row in stet("list", project, "labels", "--json").rows()]


def test_a_label_is_renamed_after_a_look_at_what_would_change(stet: Stet, sample: Path) -> None:
    before = labels(stet, sample)
    assert "PERSON" in before
    wanted = ("scheme", sample, "migrate", "--rename", "entity.PERSON=HUMAN")
    looked = stet(*wanted, "--dry-run")
    assert (looked.code, looked.err) == (0, "")
    assert "entity.PERSON → HUMAN: " in looked.out
    assert "by ana" in looked.out
    assert "news-errors@3 would be the current scheme" in looked.out
    assert labels(stet, sample) == before
    done = stet(*wanted, "--as", "lead")
    assert "news-errors@3 is the current scheme" in done.out
    assert 'id = "HUMAN"' in stet("scheme", sample).out
    assert ("HUMAN" in labels(stet, sample), "PERSON" in labels(stet, sample)) == (True, False)
    assert "Change labels" in stet("log", sample).out
    assert stet("check", sample).code == 0


def test_labels_are_merged_and_deleted(stet: Stet, sample: Path) -> None:
    done = stet(*("scheme", sample, "migrate", "--merge", "entity.NORP=GPE", "--delete", "entity.PERSON"))
    assert done.code == 0, done.err
    assert not {"NORP", "PERSON"} & set(labels(stet, sample))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("migrate",), "migrate needs --rename, --merge, --delete, --split or --attribute"),
        (("migrate", "--split", "error.TIME=TIME,DURATION"), "--split needs --by"),
        (("migrate", "--by", "X:quote=a"), "migrate needs --rename"),
        (("migrate", "--split", "error.TIME=A,B", "--by", "C:quote=a"), "isn't one of A, B"),
        (("migrate", "--split", "error.TIME=A,B,C", "--by", "B:quote=a"), "which annotations become C"),
        (("migrate", "--split", "error.TIME=A,B", "--by", "B:severity~a"), "only quote takes"),
        (
            ("migrate", "--split", "error.TIME=A,B", "--by", "B:severity=huge"),
            "it is one of: neutral, minor, major, critical",
        ),
        (("migrate", "--split", "error.TIME=A,B", "--by", "B:mood=huge"), "error.TIME has no “mood”"),
        (("migrate", "--split", "error.TIME=A,B", "--by", "B:quote~("), "not a regular expression"),
        (("migrate", "--split", "error.TIME=A,B", "--by", "B:quote@none.txt"), "none.txt can't be read"),
        (("migrate", "--split", "error.NOTHING=A,B", "--by", "B:quote=a"), "has no label error.NOTHING"),
        (("migrate", "--attribute", "nothing.mood=a|b"), "has no layer “nothing”"),
        (("migrate", "--attribute", "error.mood=a|b", "--fill", "c"), "“mood” can't be “c”; --fill must be “a” or “b”"),
        (("migrate", "--attribute", "error.confidence=a|b"), "already has an attribute “confidence”"),
        (("migrate", "--attribute", "error.mood=a|b", "--labels", "NONE"), "has no label error.NONE"),
        (("migrate", "--fill", "a", "--rename", "error.TIME=X"), "--fill needs --attribute"),
        (("migrate", "--attribute", "error.mood=a", "--rename", "error.TIME=X"), "make the changes one at a time"),
        (("show", "--delete", "error.TIME"), "show doesn't change labels"),
        (("migrate", "file.toml", "--delete", "error.TIME"), "takes no file"),
        (("migrate", "--rename", "error.TIME"), "LAYER.OLD=NEW"),
        (("migrate", "--delete", "error.TIME=X"), "LAYER.LABEL"),
        (("migrate", "--rename", "error.TIME=PREDICATE"), "use --merge"),
        (("migrate", "--merge", "error.TIME=NOTHING"), "use --rename"),
        (("migrate", "--rename", "error.NOTHING=X"), "has no label"),
    ],
)
def test_wrong_use_is_told(stet: Stet, sample: Path, arguments: tuple[str, ...], why: str) -> None:
    ran = stet("scheme", sample, *arguments)
    assert ran.code == 2
    assert why in " ".join(ran.err.split())


OUTSIDE = {
    "stet": 1,
    "id": "d1",
    "name": "d1",
    "text": "Ana met Bo in Ulm. Ana left.",
    "sets": [
        {
            "annotator": "ana",
            "status": "done",
            "annotations": [
                {"id": f"a{start}", "layer": layer, "label": label, "start": start, "end": end, "quote": quote}
                for layer, label, start, end, quote in (
                    ("entity", "Größe", 0, 3, "Ana"),
                    ("entity", "Größe", 19, 22, "Ana"),
                    ("entity", "person", 8, 10, "Bo"),
                    ("entity", "a=b.c", 14, 17, "Ulm"),
                    ("elsewhere", "X", 4, 7, "met"),
                )
            ],
        }
    ],
}


@pytest.fixture
def outside(stet: Stet) -> Path:
    """Marks with labels that the scheme lacks, as an import from elsewhere leaves them."""
    stet.write("in.jsonl", json.dumps(OUTSIDE))
    assert stet("new", "p.stet", "--scheme", "ner").code == 0
    assert stet("import", "p.stet", "in.jsonl").code == 0
    return stet.folder / "p.stet"


@pytest.mark.parametrize(
    ("change", "count", "left"),
    [
        (("--merge", "entity.person=PERSON"), 1, ["X", "PERSON", "Größe", "a=b.c"]),
        (("--merge", "entity.Größe=PERSON"), 2, ["X", "PERSON", "a=b.c", "person"]),
        (("--delete", "entity.Größe"), 2, ["X", "a=b.c", "person"]),
        (("--merge", "entity.a=b.c=GPE"), 1, ["X", "GPE", "Größe", "person"]),
        (("--delete", "entity.a=b.c"), 1, ["X", "Größe", "person"]),
        (("--delete", "elsewhere.X"), 1, ["Größe", "a=b.c", "person"]),
    ],
)
def test_labels_outside_the_scheme_are_merged_and_deleted(
    stet: Stet, outside: Path, change: tuple[str, str], count: int, left: list[str]
) -> None:
    before = labels(stet, outside)
    looked = stet("scheme", outside, "migrate", *change, "--dry-run")
    noun = "annotation" if count == 1 else "annotations"
    assert f"ner@2 would be the current scheme; {count} {noun} would change" in looked.out
    assert labels(stet, outside) == before
    done = stet("scheme", outside, "migrate", *change)
    assert (done.code, done.err) == (0, "")
    assert f"ner@2 is the current scheme; {count} {noun} changed" in done.out
    assert sorted(labels(stet, outside)) == sorted(left)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("change", ["--merge", "--delete"])
def test_labels_with_decomposed_accents_are_one_name(stet: Stet, form: Literal["NFC", "NFD"], change: str) -> None:
    decomposed = normalize("NFD", "Größe")
    (marks,) = (item["annotations"] for item in OUTSIDE["sets"])
    changed = [{**mark, "label": decomposed} if mark["start"] == 0 else mark for mark in marks]
    stet.write("in.jsonl", json.dumps({**OUTSIDE, "sets": [{**OUTSIDE["sets"][0], "annotations": changed}]}))
    assert stet("new", "p.stet", "--scheme", "ner").code == 0
    assert stet("import", "p.stet", "in.jsonl").code == 0
    named = normalize(form, "entity.Größe") + ("=PERSON" if change == "--merge" else "")
    assert "2 annotations changed" in stet("scheme", "p.stet", "migrate", change, named).out


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("--merge", "entity.nothing=PERSON"), "no mark has it either; entity has PERSON, ORG"),
        (("--delete", "entity.nothing"), "marks also have elsewhere.X, entity.Größe, entity.a=b.c, entity.person"),
        (
            ("--rename", "entity.Größe=SIZE"),
            "can only be merged into a label that is, or deleted; use --merge with one of",
        ),
        (("--merge", "entity.Größe=SIZE"), "use --merge with one of PERSON"),
        (("--rename", "entity.person=PERSON"), "use --merge"),
        (("--merge", "elsewhere.X=PERSON"), "has no layer “elsewhere”, so its marks can only be deleted"),
    ],
)
def test_what_a_label_outside_the_scheme_cannot_become_is_told(
    stet: Stet, outside: Path, change: tuple[str, str], why: str
) -> None:
    ran = stet("scheme", outside, "migrate", *change)
    assert ran.code == 2
    assert why in " ".join(ran.err.split())
    assert "version = 1" in stet("scheme", outside).out


def test_a_split_says_before_it_is_done_which_marks_go_where(stet: Stet, sample: Path) -> None:
    wanted = ("scheme", sample, "migrate", "--split", "entity.PERSON=HUMAN,LEADER")
    wanted = (*wanted, "--by", "LEADER:quote~putin")
    before = stet("scheme", sample).out
    looked = stet(*wanted, "--dry-run")
    assert (looked.code, looked.err) == (0, "")
    assert "entity.PERSON → LEADER: 1 by ana in 1 document (open)" in looked.out
    assert "entity.PERSON → HUMAN: 1 by ana in 1 document (open)" in looked.out
    assert "[Vladimir Putin]" in looked.out
    assert '+id = "LEADER"' in looked.out
    assert stet("scheme", sample).out == before
    done = stet(*wanted, "--as", "lead")
    assert "news-errors@3 is the current scheme" in done.out
    assert {"HUMAN", "LEADER", "PERSON"} & set(labels(stet, sample)) == {"HUMAN", "LEADER"}
    log = stet("log", sample).out
    assert log.count("Change labels: entity.PERSON → HUMAN, LEADER") == 1
    assert stet("check", sample).code == 0


def test_words_of_a_split_can_come_from_a_file(stet: Stet, sample: Path) -> None:
    words = stet.write("words.txt", "Nothing\nVLADIMIR  putin\n")
    split = ("--split", "entity.PERSON=PERSON,LEADER", "--by", f"LEADER:quote@{words}")
    (row,) = stet("scheme", sample, "migrate", *split, "--dry-run", "--json").rows()
    assert row["dry_run"] is True
    assert {(item["label"], item["new"]) for item in row["touched"]} == {("PERSON", "LEADER")}
    assert row["documents"][0]["annotators"] == ["ana"]
    assert (row["before"], row["after"]) == ("news-errors@2", "news-errors@3")


def test_a_required_attribute_is_filled_or_left_open_by_name(stet: Stet, sample: Path) -> None:
    wanted = ("scheme", sample, "migrate", "--attribute", "entity.mood=good|bad", "--required", "--title", "Mood")
    (row,) = stet(*wanted, "--dry-run", "--json").rows()
    assert (row["annotations"], row["documents"][0]["look"]) == (0, [])
    assert row["opened"] > 0
    (filled,) = stet(*wanted, "--fill", "good", "--dry-run", "--json").rows()
    assert filled["annotations"] > 0
    done = stet(*wanted, "--fill", "good")
    assert (done.code, done.err) == (0, "")
    assert 'title = "Mood"' in stet("scheme", sample).out
    exported = stet("list", sample, "labels", "--json").rows()
    assert {row["layer"] for row in exported} >= {"entity"}
    assert "Change the scheme: entity: new attribute mood" in stet("log", sample).out


def test_a_flag_is_true_or_false(stet: Stet, sample: Path) -> None:
    wanted = ("scheme", sample, "migrate", "--attribute", "entity.seen", "--kind", "flag", "--fill")
    ran = stet(*wanted, "maybe", "--dry-run")
    assert (ran.code, ran.err) == (2, "stet: “seen” can't be “maybe”; --fill must be true or false\n")
    assert stet(*wanted, "true").code == 0


def test_suggestions_go_along_and_are_counted(stet: Stet) -> None:
    text = "Ana met Ben in Berlin."
    candidates = [
        {"id": f"s{at}", "maker": "m", "layer": "entity", "label": label, "start": at, "end": at + 3, "quote": quote}
        for at, quote, label in ((0, "Ana", "PERSON"), (8, "Ben", "PERSON"), (15, "Ber", "GPE"))
    ]
    stet.write("in.jsonl", json.dumps({"stet": 1, "id": "d", "name": "d", "text": text, "suggestions": candidates}))
    assert stet("new", "p.stet", "--scheme", "ner").code == 0
    project = stet.folder / "p.stet"
    assert stet("import", project, "in.jsonl").code == 0
    wanted = ("scheme", project, "migrate", "--rename", "entity.PERSON=HUMAN", "--delete", "entity.GPE")
    looked = stet(*wanted, "--dry-run")
    assert "suggestions to change: 2" in looked.out
    assert "suggestions no longer to be offered: 1" in looked.out
    (row,) = stet(*wanted, "--dry-run", "--json").rows()
    assert row["suggestions"] == {"changed": 2, "unoffered": 1}
    assert {row["note"] for row in stet("list", project, "suggestions", "--json").rows()} == {""}
    assert "suggestions changed: 2" in stet(*wanted).out
    rows = stet("list", project, "suggestions", "--json").rows()
    gone = "not offered, the scheme has no label entity.GPE"
    assert [(row["label"], row["note"]) for row in rows] == [("HUMAN", ""), ("HUMAN", ""), ("GPE", gone)]
    assert gone in stet("list", project, "suggestions").out
    checked = stet("check", project)
    assert checked.code == 0, "nothing has to be mended"
    assert f"finding: d: suggestion “Ber”: {gone}" in checked.out


def test_relations_fields_and_values_are_changed_too(stet: Stet, parts: Path) -> None:
    looked = stet("scheme", parts, "migrate", "--rename", "relation:works_for=employed_by", "--dry-run")
    assert "relation works_for → employed_by: 1 by Ana" in looked.out
    done = stet("scheme", parts, "migrate", "--rename", "relation:works_for=employed_by", "--delete", "relation:old")
    assert (done.code, done.err) == (0, "")
    assert "relation old deleted: 1 by Ana" in done.out
    ran = stet(
        *("scheme", parts, "migrate", "--rename", "field:entity.sex=gender", "--merge", "value:entity.gender.f=m"),
    )
    assert "--merge can’t take “value:entity.gender.f=m”" in ran.err, "names are those of before"
    wanted = ("--rename", "field:entity.sex=gender", "--merge", "value:entity.sex.f=m", "--delete", "field:entity.born")
    assert stet("scheme", parts, "migrate", *wanted).code == 0
    session = Session.open(parts, write=False)
    try:
        state = session.reader.state_of("d", "Ana")
        assert state.annotations["m1"].attributes == {"gender": "m"}
        assert [relation.label for relation in state.relations.values()] == ["employed_by"]
        assert session.scheme.relation("employed_by") is not None
    finally:
        session.close()


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (("--rename", "relation:old=x"), "isn’t in the scheme"),
        (("--rename", "relation:none=x"), "name one of: field:entity.born, field:entity.roles"),
        (("--merge", "relation:works_for=none"), "can’t be merged into “none”"),
        (("--rename", "relation:works_for=x", "--delete", "entity.ORG"), "must be separate steps"),
    ],
)
def test_what_cannot_be_changed_so_is_told(stet: Stet, parts: Path, wanted: tuple[str, ...], why: str) -> None:
    ran = stet("scheme", parts, "migrate", *wanted)
    assert ran.code in (1, 2)
    assert why in ran.err


def test_a_check_says_what_would_no_longer_meet_a_rule(stet: Stet, parts: Path) -> None:
    source = stet("scheme", parts).out
    stet.write(
        "next.toml",
        source.replace("version = 1", "version = 2", 1).replace('source = ["entity"]', 'source = ["entity.ORG"]'),
    )
    ran = stet("scheme", parts, "check", "next.toml")
    assert ran.code == 0
    assert "stet: 1 relation in 1 document would no longer meet a rule. It stays as it is." in ran.err
    assert "The relation “Works for” can't start at “Person”  (1)" in ran.err
