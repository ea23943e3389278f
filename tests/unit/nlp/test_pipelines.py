"""What is known of the installed pipelines, without importing them."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from app.nlp import pipelines
from app.nlp.entities import NoPipeline, chosen_pipeline


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a folder of pipelines that break if they are imported."""
    for name, description in (
        ("xx_ner", '{"pipeline": ["tok2vec", "ner"]}'),
        ("en_core_web_sm_copy", '{"pipeline": ["ner"]}'),
        ("xx_tags", '{"pipeline": ["tagger"]}'),
        ("xx_odd", '{"pipeline": "ner"}'),
        ("xx_list", "[]"),
        ("xx_torn", "{"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise AssertionError('imported')")
        (tmp_path / name / "meta.json").write_text(description)
    (tmp_path / "xx_bare.py").write_text("raise AssertionError('imported')")
    names = (*sorted(path.stem for path in tmp_path.iterdir()), "xx_gone")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "spacy", None)
    points = [EntryPoint(name, name, "spacy_models") for name in names]
    monkeypatch.setattr(pipelines, "entry_points", lambda group: points if group == "spacy_models" else [])
    return tmp_path


def test_the_preferred_pipeline_comes_first(packages: Path) -> None:
    assert pipelines.installed()[0] == "en_core_web_sm_copy"
    assert chosen_pipeline() == "en_core_web_sm_copy"
    assert chosen_pipeline("xx_ner") == "xx_ner"


def test_components_are_read_from_the_packages(packages: Path) -> None:
    found = {name: pipelines.components(name) for name in pipelines.installed()}
    assert {name: parts for name, parts in found.items() if parts} == {
        "en_core_web_sm_copy": ["ner"],
        "xx_ner": ["tok2vec", "ner"],
        "xx_tags": ["tagger"],
    }


@pytest.mark.parametrize("name", ["xx_tags", "xx_odd", "xx_list", "xx_torn", "xx_bare", "xx_gone", "nothing"])
def test_what_finds_no_entities_cannot_be_chosen(packages: Path, name: str) -> None:
    with pytest.raises(NoPipeline, match=f"no pipeline “{name}” that finds named entities"):
        chosen_pipeline(name)
