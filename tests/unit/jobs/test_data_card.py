"""What stands beside training data: a manifest and a data card, the same bytes each time."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, project, record, work


@pytest.fixture
def session(tmp_path: Path):
    """Give a project with six texts, of which ana and ben finished some."""
    records = []
    for number in range(6):
        text = f"{TEXT} {' '.join(f'x{number}y{other}' for other in range(20))}"
        mark = annotation(text, (21, 28), uid=f"a{number}", layer="error", label="ROLE_ATTRIBUTE", correction="clerk")
        severe = annotation(
            text, (21, 28), uid=f"b{number}", layer="error", label="TIME", attributes={"severity": "major"}
        )
        sets = [work(*([mark] if number % 2 else []), status=Status.DONE if number % 2 else Status.DONE_EMPTY)]
        sets += [work(severe, annotator="ben", status=Status.DONE)] if number == 1 else []
        meta = {"license": "CC-BY-4.0"} if number < 2 else {}
        records.append(record(text, uid=f"d{number}", name=f"{number}.txt", sets=tuple(sets), meta=meta))
    with project(tmp_path / "news.stet") as made:
        import_documents(made, records, title="Import")
        yield made


def exported(session: Session, **options: Any) -> tuple[dict[str, Any], str]:
    """Return manifest and card of an export."""
    out = session.path.with_name("train.jsonl")
    export_project(session, out, **{"format": "training", "every_annotator": True, **options})
    manifest = json.loads(out.with_name("train.manifest.json").read_bytes())
    return manifest, out.with_name("train.card.md").read_text(encoding="utf-8")


def test_a_manifest_counts_and_hashes_every_file(session: Session) -> None:
    manifest, _ = exported(session, split=Split.parse("50/50", seed=3))
    for digest in manifest["files"]:
        data = (session.path.with_name(digest["name"])).read_bytes()
        assert (digest["size"], digest["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert [digest["name"] for digest in manifest["files"]] == ["train.train.jsonl", "train.test.jsonl"]
    counts = manifest["counts"]
    assert sum(part["documents"] for part in counts.values()) == 6
    assert sum(part["labels"].get("error.ROLE_ATTRIBUTE", 0) for part in counts.values()) == 3
    assert sum(part["severities"].get("major", 0) for part in counts.values()) == 1
    assert sum(part["annotators"].get("ben", 0) for part in counts.values()) == 1
    assert sum(part["records_without_marks"] for part in counts.values()) == 3
    assert manifest["split"] == {"shares": [50, 50], "seed": 3, "group_by": ""}
    assert manifest["chosen"]["whose"] == ["ana", "ben"]
    assert (manifest["scheme"]["id"], manifest["scheme"]["version"]) == ("news-errors", 2)
    (error,) = [layer for layer in manifest["agreement"] if layer["layer"] == "error"]
    assert (error["annotators"], error["measures"]["overlap_label_f1"]) == (["ana", "ben"], 0.0)


def test_a_card_says_what_the_labels_mean(session: Session) -> None:
    _, card = exported(session, layers=["error"])
    label = session.scheme.label("error", "ROLE_ATTRIBUTE")
    assert label is not None
    assert f"| error.ROLE\\_ATTRIBUTE | 3 | {label.title} |" in card
    assert "| major | 1 |" in card
    assert "By their metadata, documents are under: CC-BY-4.0 (2)." in card
    assert "- layers: error" in card


def test_the_same_command_gives_the_same_bytes(session: Session) -> None:
    def everything() -> dict[str, bytes]:
        exported(session, split=Split.parse("50/50"))
        return {path.name: path.read_bytes() for path in session.path.parent.glob("train.*")}

    first = everything()
    assert sorted(first) == ["train.card.md", "train.manifest.json", "train.test.jsonl", "train.train.jsonl"]
    assert everything() == first


def test_what_people_wrote_about_the_licence_stays(session: Session) -> None:
    _, card = exported(session)
    assert "| Licence of the texts |  |" in card
    place = session.path.with_name("train.card.md")
    place.write_text(card.replace("| Licence of the texts |  |", "| Licence of the texts | CC0 (ours) |"))
    _, again = exported(session)
    assert "| Licence of the texts | CC0 (ours) |" in again


@pytest.mark.parametrize("format", ["stet", "brat"])
def test_other_formats_have_none(session: Session, tmp_path: Path, format: str) -> None:
    export_project(session, tmp_path / "out", format=format)
    assert not [path for path in tmp_path.rglob("*") if "card" in path.name or "manifest" in path.name]


def test_nothing_stands_beside_a_device(session: Session) -> None:
    export_project(session, Path(os.devnull), format="training", every_annotator=True)
    assert not Path(f"{os.devnull}.card.md").exists()
