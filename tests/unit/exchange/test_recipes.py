"""The recipes of the manual do what they say with what an export writes."""

import re
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from app import paths
from app.core.annotation import Status
from app.jobs.tasks.export_file import export_project
from app.services.importing.document_import import import_documents
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, TEXT, project, record, work

FILES = {
    "train.jsonl": ("training", {}),
    "spans.jsonl": ("training", {}),
    "tokens.jsonl": ("token-classification", {}),
    "pairs.jsonl": ("seq2seq", {}),
    "chat.jsonl": ("chat", {}),
    "preference.jsonl": ("preference", {"wire": "trl"}),
    "train.spacy": ("spacy", {}),
}


def recipes(page: str) -> list[str]:
    """Return the Python of a page of the manual."""
    text = (paths.resources() / "help" / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an export in each format that a recipe reads."""
    place = tmp_path_factory.mktemp("recipes")
    person = annotation(TEXT, (0, 12), uid="a1", layer="entity", label="PERSON")
    error = annotation(TEXT, (21, 28), uid="a2", layer="error", label="ROLE_ATTRIBUTE", correction="president")
    with project(place / "news.stet") as session:
        worked = record(references=("d2",), sets=(work(person, error, status=Status.DONE),))
        import_documents(session, [worked, record(REFERENCE, uid="d2", name="report.txt")], title="Import")
        for name, (format, options) in FILES.items():
            export_project(session, place / name, format=format, options=options)
    return place


@pytest.mark.parametrize(
    ("page", "number"), [(page, n) for page in ("fine-tuning.md", "spacy.md") for n in range(len(recipes(page)))]
)
def test_a_recipe_runs(page: str, number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = recipes(page)[number]
    for needed in re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE):
        pytest.importorskip(needed)
    monkeypatch.chdir(folder)
    exec(compile(code, f"{page} {number}", "exec"), {})  # noqa: S102  our own manual
    if "spans.spacy" in code:
        (doc,) = DocBin().from_disk("spans.spacy").get_docs(spacy.blank("en").vocab)
        assert [(span.text, span.label_) for span in doc.ents] == [("Donald Trump", "PERSON")]
