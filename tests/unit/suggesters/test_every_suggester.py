"""What holds for every suggester that Stet ships: it is a pure function of a text and its references.

The language model is a real server whose answers depend on the question alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.core.progress import no_progress
from app.core.suggestion import Suggestion
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.protocol import CorrectedTerm, TermPlace
from app.suggesters.registry import SuggesterRegistry, built_in
from tests.unit.suggesters.build import MemoryCorpus
from tests.unit.suggesters.language_model.scripted_server import Asked, ScriptedServer, errors, serving

NAMES = [item.name for item in built_in()]
TEXT = (
    "The senator Maria Lopez said on Monday, 3 May 2021 that the old bridge in Riverton would close for two years. "
    "Repairs will cost 24 million euros. Profits rose in the quarter. The council did not approve the plan.\n\n"
    "The restricted slave trade began on Tuesday. Zebras were found in the lake near Oslo."
)
TOLD = (
    "The mayor Maria Lopes said on Tuesday, 4 May 2021 that the old bridge in Riverton will close for two months. "
    "The repairs cost 42 million euros. Profits fell in the quarter. The council approved the plan."
)
LATER = "The limited ceasefire began on Tuesday. The council also heard that the harbour stays open all summer."
TERM = CorrectedTerm("slave trade", "ceasefire", 2, "error", "TORTURED_TERM", None)
PATTERN = SuggestionPattern(uid="p", words="bridge", match=PatternMatch.ANY_CASE, layer="error", label="OTHER")


def said(asked: Asked) -> str:
    """What the model says: a pure function of what it is asked."""
    told = asked.text.partition("TEXT:")[0]
    wrong = [("two years", "two months"), ("24 million", "42 million"), ("rose", "fell")]
    return errors(
        *(
            {"quote": quote, "label": "QUANTITY", "correction": right, "evidence": right}
            for quote, right in wrong
            if right in told
        )
    )


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with serving(said) as server:
        yield server


class Asking:
    """Asks suggesters by name, each time one made anew, without anything kept from before."""

    def __init__(self, server: ScriptedServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._asked = 0

    def suggestions(
        self, name: str, texts: dict[str, str], references: Sequence[str], others: Sequence[str] = ()
    ) -> list[Suggestion]:
        self._asked += 1
        at = texts["d"].find(TERM.wrong)
        places = [TermPlace("d", at, at + len(TERM.wrong), TERM.wrong)] if at >= 0 else []
        links = {"d": list(references), **{other: list(references) for other in others}}
        corpus = MemoryCorpus(texts, {TERM: places}, references=links, patterns=[PATTERN])
        options = ModelOptions(self._server.address, "m", cache=self._folder / str(self._asked))
        suggester = SuggesterRegistry(built_in(model=options)).get(name)
        found = dict(suggester.suggest(corpus, [*others, "d"], progress=no_progress, cancel=None))
        return found.get("d", [])


@pytest.fixture
def ask(model: ScriptedServer, tmp_path: Path) -> Asking:
    return Asking(model, tmp_path)


def told(found: Sequence[Suggestion]) -> list[tuple[object, ...]]:
    """What suggestions say, without the ids of their evidence."""
    return [
        (s.maker, s.version, s.layer, s.label, s.start, s.end, s.correction, s.reason, s.score, dict(s.attributes))
        + (tuple((e.document, e.fragments, e.quote, e.stance) for e in s.evidence),)
        for s in found
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_against_itself_contradicts_nothing(ask: Asking, name: str) -> None:
    for text in (TEXT, TOLD):
        alone = told(ask.suggestions(name, {"d": text}, []))
        beside = told(ask.suggestions(name, {"d": text, "r": text}, ["r"]))
        assert beside == alone, "what needs no reference is all that is found"


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_references_changes_nothing(ask: Asking, name: str) -> None:
    texts = {"d": TEXT, "r": TOLD, "s": LATER}
    one, other = (told(ask.suggestions(name, texts, order)) for order in (["r", "s"], ["s", "r"]))
    assert sorted(map(repr, one)) == sorted(map(repr, other))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_texts_give_the_same_suggestions(ask: Asking, name: str) -> None:
    """Whatever was read before, and whatever is read in the same run."""
    texts = {"d": TEXT, "r": TOLD, "x": TOLD}
    first = told(ask.suggestions(name, texts, ["r"]))
    ask.suggestions(name, {"d": LATER, "r": TEXT}, ["r"])
    assert told(ask.suggestions(name, texts, ["r"], others=["x"])) == first


def test_these_texts_make_most_suggesters_speak(ask: Asking) -> None:
    """Else what is said above would hold of silence."""
    texts = {"d": TEXT, "r": TOLD, "s": LATER}
    silent = {name for name in NAMES if not ask.suggestions(name, texts, ["r", "s"])}
    assert silent <= {"contradiction", "swap", "thing", "entity", "name", "role", "omission", "unsupported"}
