"""The files that an export is said to make are those that it makes."""

from pathlib import Path

import pytest

from app.exchange.registry import Registry
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.export_names import A_FILE_EACH, export_names, names_in_words
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source


@pytest.fixture
def session(tmp_path: Path):
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("one", "two", "three", "four")):
        text = f"Ana met Ben {number} times in {name} towns and told {name} stories about it."
        (tmp_path / "in" / f"{name}.txt").write_text(text)
        (tmp_path / "in" / f"{name}.ann").write_text("T1\tPERSON 0 3\tAna\n")
    made = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    import_files(made, [tmp_path / "in"], annotator="ana", finished=True)
    yield made
    made.close()


@pytest.mark.parametrize("parts", ["", "50/50"])
@pytest.mark.parametrize("format", ["training", "label-studio", "stet", "brat", "webanno", "huggingface"])
def test_files_come_as_they_were_said(session: Session, tmp_path: Path, format: str, parts: str):
    writer = Registry().writer(format)
    split = Split.parse(parts) if parts else None
    out = tmp_path / "out"
    out.mkdir()
    path = out / ("folder" if writer.is_folder else "news.data.json")
    said = set(export_names(path, writer, split))
    export_project(session, path, format=format, annotators=["ana"], split=split)
    inside = path if writer.is_folder else out
    made = {each.relative_to(inside).as_posix() for each in inside.rglob("*") if each.is_file()}
    assert {name for name in said if not name.endswith(A_FILE_EACH)} <= made
    if not writer.is_folder:
        assert said == made
    whole = {name for name in said if not name.endswith(A_FILE_EACH)}
    if whole < said:
        assert len(made) >= len(whole) + 4, "and a file for each of the four documents"


def test_a_long_list_is_cut():
    assert names_in_words(("a", "b")) == "a, b"
    assert names_in_words(tuple("abcdefg"), "x") == "x/: a, b, c, d, e, 2 more"
