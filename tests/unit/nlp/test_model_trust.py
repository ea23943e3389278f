"""Model folders: which are loaded without asking, and what is found in those of strangers without loading them."""

import shutil
from pathlib import Path

import pytest

from app.nlp import trained_models
from app.nlp.entities import NoPipeline, chosen_pipeline
from app.nlp.model_trust import UntrustedModel, findings, require_trusted
from app.nlp.trained_models import TrainedModel, digest_of, is_own, model_folder, remember

CONFIG = """[nlp]
lang = "en"
pipeline = ["ner"]
tokenizer = {"@tokenizers":"spacy.Tokenizer.v1"}

[components]

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"

[training.optimizer]
@optimizers = "Adam.v1"
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder in its package; nothing of it can be loaded."""
    monkeypatch.setenv("STET_HOME", str(tmp_path / "home"))
    folder = tmp_path / "package" / "en_x" / "en_x-1.0.0"
    (folder / "ner").mkdir(parents=True)
    (folder / "config.cfg").write_text(CONFIG)
    (folder / "ner" / "model").write_bytes(b"\x84\xa5nodes")
    return folder


def own(model: Path) -> TrainedModel:
    return TrainedModel(
        path=str(model.parent.parent),
        name="en_x",
        version="1",
        layer="entity",
        kind="ner",
        f=0.5,
        digest=digest_of(model),
    )


def test_a_strangers_folder_is_asked_about_first(model: Path) -> None:
    with pytest.raises(UntrustedModel, match="can run code") as caught:
        require_trusted(model, is_trusted=False)
    assert "--trust-model" in caught.value.hint
    assert caught.value.in_window == ""
    require_trusted(model, is_trusted=True)


def test_what_was_trained_here_is_known_until_a_byte_changes(model: Path) -> None:
    remember(own(model))
    require_trusted(model, is_trusted=False)
    assert chosen_pipeline(str(model.parent.parent)) == str(model.resolve())
    assert [found.name for found in trained_models.trained_models()] == ["en_x"]
    copied = Path(shutil.copytree(model.parent.parent, model.parent.parent.with_name("other")))
    assert is_own(copied / "en_x" / "en_x-1.0.0")
    (model / "ner" / "model").write_bytes(b"\x84\xa5nodez")
    assert not is_own(model)
    with pytest.raises(UntrustedModel):
        chosen_pipeline(str(model))
    assert chosen_pipeline(str(model), is_trusted=True) == str(model.resolve())


def test_one_more_file_makes_it_a_strangers(model: Path) -> None:
    remember(own(model))
    (model / "more.py").write_text("print()")
    assert not is_own(model)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('@scorers = "evil.scorer.v1"', ("evil.scorer.v1",)),
        ('after_creation = {"@callbacks":"evil.run"}', ("evil.run",)),
        ('x = [{"y": {"@misc": "os.system"}}]', ("os.system",)),
        ("@misc = ${vars.name}", ("${vars.name}",)),
        ('@schedules = "compounding.v1"', ()),
        ('@architectures = "spacy-legacy.Tok2Vec.v1"', ()),
    ],
)
def test_functions_that_are_not_of_spacy_are_found(model: Path, line: str, found: tuple[str, ...]) -> None:
    (model / "config.cfg").write_text(f"{CONFIG}\n[more]\n{line}\n")
    assert findings(model).functions == found


def test_components_code_and_pickles_are_found(model: Path) -> None:
    (model / "config.cfg").write_text(CONFIG.replace('factory = "ner"', 'factory = "evil"'))
    (model / "code.py").write_text("")
    (model / "ner" / "data.pkl").write_bytes(b"")
    (model / "ner" / "cfg").write_bytes(b"\x80\x04\x95\x00")
    found = findings(model)
    assert (found.factories, found.python, found.pickles) == (("evil",), ("code.py",), ("cfg", "data.pkl"))
    with pytest.raises(UntrustedModel, match="pickles"):
        require_trusted(model, is_trusted=True)


def test_links_and_what_is_no_model_are_refused(model: Path, tmp_path: Path) -> None:
    (model / "link").symlink_to("/etc/passwd")
    with pytest.raises(UntrustedModel, match="link"):
        findings(model)
    (model / "link").unlink()
    for content in (b"\xff\xfe", b"no section", b"[a]\n" + b"x = 1\n" * 300_000):
        (model / "config.cfg").write_bytes(content)
        with pytest.raises(UntrustedModel):
            require_trusted(model, is_trusted=True)
    assert model_folder(tmp_path / "nowhere") is None
    with pytest.raises(NoPipeline, match="nowhere"):
        chosen_pipeline(str(tmp_path / "nowhere"))


def test_a_damaged_list_of_models_is_an_empty_one(model: Path, tmp_path: Path) -> None:
    remember(own(model))
    for content in (b"", b"[1]", b"{}", b"\x00"):
        (tmp_path / "home" / "state" / "models.json").write_bytes(content)
        assert trained_models.trained_models() == []
        assert not is_own(model)
