"""`stet train`: what is learned from, what it refuses, and a model that suggests."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Stet

NAMES = ("Anna", "Boris", "Clara", "David", "Emil", "Frida", "Greta", "Hugo", "Ida", "Jakob", "Karl", "Lena")
PLACES = ("Rome", "Oslo", "Lima", "Kyiv", "Bonn", "Turin")


def line(number: int, name: str, place: str, status: str = "done") -> str:
    words = f"{name} {'flew to' if number % 2 else 'lives in'} {place} with {'friends' if number % 3 else 'a cat'} now."
    marks = [
        {"id": f"{number}{label}", "layer": "entity", "label": label, "start": at, "end": at + len(quote)}
        for quote, label in ((name, "PERSON"), (place, "GPE"))
        for at in [words.index(quote)]
    ]
    work = {"annotator": "ana", "status": status, "annotations": marks}
    return json.dumps({"stet": 1, "id": f"i{number}", "name": f"d{number}", "text": words, "sets": [work]}) + "\n"


def project(stet: Stet, documents: int = 24, status: str = "done") -> Path:
    """A project with short texts, two marks in each."""
    assert stet("new", "p.stet", "--scheme", "news-errors").code == 0
    each = ((NAMES[n % len(NAMES)], PLACES[(n + n // len(NAMES)) % len(PLACES)]) for n in range(documents))
    stet.write("in.jsonl", "".join(line(n, *words, status) for n, words in enumerate(each)))
    assert stet("import", "p.stet", "in.jsonl").code == 0
    return stet.folder / "p.stet"


def test_what_would_be_learned_is_shown_first(stet: Stet) -> None:
    ran = stet("train", project(stet), "out", "--dry-run", "--split", "50/25/25")
    assert ran.code == 0
    assert "ner for the layer entity, from the weights of en_core_web_sm" in ran.out
    assert "train 12 documents, dev 6 documents, test 6 documents" in ran.out
    assert [row.split() for row in ran.out.splitlines()[-2:]] == [["PERSON", "12", "6", "6"], ["GPE", "12", "6", "6"]]
    assert not (stet.folder / "out").exists()


@pytest.mark.parametrize(
    ("documents", "status", "why"),
    [(5, "done", "5 finished documents; at least 8 are needed"), (12, "open", "0 finished documents")],
)
def test_too_little_is_told(stet: Stet, documents: int, status: str, why: str) -> None:
    ran = stet("train", project(stet, documents, status), "out")
    assert ran.code == 1
    assert f"too little to learn “Entity” from: {why}" in ran.err
    assert not (stet.folder / "out").exists()


def test_what_cannot_be_learned_is_told(stet: Stet) -> None:
    path = project(stet, 12)
    for arguments, code, why in [
        (("--layer", "error"), 1, "too little to learn “Error” from: 0 marks in finished documents"),
        (("--layer", "odd"), 2, "unknown layer “odd”; use one of:"),
        (("--as", "bob"), 1, "has no annotator “bob”"),
        (("--gold",), 1, "there is no gold in the project yet"),
        (("--split", "0/100"), 2, "isn't a split"),
        (("--name", "a b"), 2, "“a b” can't be a model's name"),
        (("--model-version", "../1"), 2, "can't be a version"),
        (("--min-marks", "20"), 1, "0 marks"),
        (("--gold", "--as", "ana"), 2, "can't be combined"),
        (("--resume",), 1, "no training with these documents and options was interrupted"),
    ]:
        ran = stet("train", path, "out", *arguments)
        assert (ran.code, why in ran.err) == (code, True), (arguments, ran.err)
        assert not (stet.folder / "out").exists()


def test_a_folder_in_use_is_not_touched(stet: Stet) -> None:
    path = project(stet)
    stet.write("out", "mine")
    ran = stet("train", path, "out")
    assert ran.code == 1
    assert "name a folder" in ran.err
    assert (stet.folder / "out").read_text() == "mine"


def test_a_trained_model_suggests_at_once(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STET_HOME", str(stet.folder / "home"))
    path = project(stet)
    ran = stet("train", path, "m", "--base", "none", "--max-steps", "30", "--no-refit", "--json")
    assert ran.code == 0, ran.err
    (row,) = ran.rows()
    assert (row["model"], row["kind"], row["layer"]) == ("en_p_entity", "ner", "entity")
    assert row["dev"][-1]["label"] == "all"
    assert row["history"][-1]["step"] == 30
    (_, point) = stet("insights", path, "learning", "--csv").out.splitlines()
    model, _, texts, *_ = point.split(",")
    assert (model, int(texts)) == ("en_p_entity 1.0.0", row["documents"]["train"]), "Insights keeps it"
    folder = stet.folder / "m"
    assert {found.name for found in folder.iterdir()} == {
        *("MANIFEST.in", "README.md", "dist", "en_p_entity", "meta.json", "pyproject.toml")
    }
    card = (folder / "README.md").read_text()
    learned = row["documents"]["train"]
    assert learned + row["documents"]["dev"] == 24
    for words in (
        f"| train | {learned} | 0 | {learned * 2} |",
        "| all |",
        "Licence of the texts",
        "seed 0",
        "fewer than 20 documents",
    ):
        assert words in card
    assert json.loads((folder / "meta.json").read_text())["stet"]["layer"] == "entity"
    (wheel,) = (folder / "dist").iterdir()
    assert wheel.name == "en_p_entity-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"en_p_entity", "en_p_entity-1.0.0.dist-info"}
    stet.write("new.txt", "Anna lives in Rome with friends now.")
    assert stet("import", path, "new.txt").code == 0
    done = stet("suggest", path, "--with", f"spacy:{folder}", "--documents", "new", "--json")
    assert {(found["label"], found["quote"]) for found in done.rows()} == {("PERSON", "Anna"), ("GPE", "Rome")}
    assert {found["maker"] for found in done.rows()} == {"spacy:en_p_entity"}
    assert [found.name for found in (stet.folder / "home" / "state" / "training").iterdir()] == []
    with (folder / "en_p_entity" / "en_p_entity-1.0.0" / "config.cfg").open("a") as file:
        file.write("\n")
    refused = stet("suggest", path, "--with", f"spacy:{folder}", "--dry-run")
    assert refused.code == 2
    assert "--trust-model" in refused.err
    assert stet("suggest", path, "--with", f"spacy:{folder}", "--dry-run", "--trust-model").code == 0
