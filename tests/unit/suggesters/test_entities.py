"""Named entities as suggestions: what is checked before a pipeline is loaded, and what is made of its answers."""

import sys
from collections.abc import Callable, Sequence

import pytest

from app.core.errors import Cancelled, WrongUse
from app.core.progress import CancelToken, no_progress
from app.core.scheme_file import parse_scheme
from app.core.suggestion import Suggestion
from app.nlp.doc_findings import Entity
from app.nlp.entities import NoPipeline
from app.suggesters.backend import EntityPipeline, LocalBackend
from app.suggesters.entities import EntitySuggester
from tests.unit.suggesters.build import MemoryCorpus

TEXT = "Ana met Bo in Rome."
NO_ENTITIES = 'name = "x"\nversion = 1\ntitle = "X"\n[[layer]]\nid = "{layer}"\ntitle = "L"\n' + (
    '[[layer.label]]\nid = "ODD"\ntitle = "Odd"\nbadge = "ODD"\n'
)


class Fixed:
    """A pipeline that finds every capital letter's word to be a person, in English."""

    name = "en_fixed"
    version = "9.0"
    language = "en"
    labels = ("PERSON", "UNKNOWN")

    def entities(self, pieces: Sequence[str], between: Callable[[], None]) -> list[list[Entity]]:
        between()
        return [
            [
                Entity(piece.index(word), piece.index(word) + len(word), "PERSON" if word != "Rome" else "UNKNOWN")
                for word in ("Ana", "Bo", "Rome")
                if word in piece
            ]
            for piece in pieces
        ]


class FixedBackend(LocalBackend):
    """Loads the pipeline above."""

    def recogniser(self, pipeline: str, token: CancelToken | None) -> EntityPipeline:
        return Fixed()


class NoBackend(LocalBackend):
    """Isn't to be asked."""

    def recogniser(self, pipeline: str, token: CancelToken | None) -> EntityPipeline:
        pytest.fail(f"loaded {pipeline}")


def suggested(corpus: MemoryCorpus, *documents: str, cancel: CancelToken | None = None) -> dict[str, list[Suggestion]]:
    return dict(EntitySuggester(FixedBackend()).suggest(corpus, documents, progress=no_progress, cancel=cancel))


def test_entities_get_the_label_of_their_name() -> None:
    found = suggested(MemoryCorpus({"a": TEXT}), "a")["a"]
    assert [(s.layer, s.label, s.quote, s.start, s.end) for s in found] == [
        ("entity", "PERSON", "Ana", 0, 3),
        ("entity", "PERSON", "Bo", 8, 10),
    ]
    assert {(s.maker, s.version, s.reason, s.score) for s in found} == {
        ("spacy:en_fixed", "9.0", "found as PERSON", None)
    }


def test_texts_in_another_language_are_skipped() -> None:
    corpus = MemoryCorpus({"a": TEXT, "b": TEXT, "c": TEXT}, languages={"a": "de", "b": "en-GB"})
    assert set(suggested(corpus, "a", "b", "c")) == {"b", "c"}


def test_cancelling_stops_before_the_next_texts() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        suggested(MemoryCorpus({"a": TEXT}), "a", cancel=token)


def test_a_scheme_without_entities_is_told_before_loading() -> None:
    corpus = MemoryCorpus({"a": TEXT}, scheme=parse_scheme(NO_ENTITIES.format(layer="claim")))
    with pytest.raises(WrongUse, match="has no layer “entity”"):
        EntitySuggester(NoBackend()).suggest(corpus, ["a"], progress=no_progress, cancel=None)


def test_a_scheme_with_other_labels_is_told_before_reading() -> None:
    corpus = MemoryCorpus({"a": TEXT}, scheme=parse_scheme(NO_ENTITIES.format(layer="entity")))
    with pytest.raises(WrongUse, match="no label of the layer “L” of x@1 matches a label of en_fixed"):
        suggested(corpus, "a")


def test_a_pipeline_that_is_not_there_is_told_without_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    suggester = EntitySuggester(NoBackend()).variant("xx_none")
    with pytest.raises(NoPipeline, match="no pipeline “xx_none” that finds named entities is installed; use en_"):
        suggester.suggest(MemoryCorpus({"a": TEXT}), ["a"], progress=no_progress, cancel=None)
    monkeypatch.setattr("app.nlp.pipelines.entry_points", lambda group: ())
    with pytest.raises(NoPipeline, match="no spaCy pipeline that finds named entities is installed; install one"):
        EntitySuggester(NoBackend()).suggest(MemoryCorpus({"a": TEXT}), ["a"], progress=no_progress, cancel=None)
