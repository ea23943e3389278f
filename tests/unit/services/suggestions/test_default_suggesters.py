"""What is asked for suggestions where nobody has chosen: what can find something in the project."""

from pathlib import Path

import pytest

from app.core.ids import new_uid
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.nlp import parser
from app.services.suggestions.default_suggesters import default_suggesters
from app.services.suggestions.pattern_edits import add_pattern
from app.session.session import Session
from app.storage.documents import Documents
from tests.conftest import add_documents, scheme_source


def project(path: Path, scheme: str = "news-errors", *, linked: bool = True) -> Session:
    session = Session.create(path / "p.stet", scheme=scheme_source(scheme), annotator="ana")
    first, second = add_documents(session, {"a.txt": "One.\n", "b.txt": "Two.\n"})
    if linked:
        with session.project.atomic():
            session.reader.documents.link(first, second)
    return session


@pytest.mark.parametrize(
    ("scheme", "linked", "pipelines", "expected"),
    [
        ("news-errors", True, ["en_core_web_sm"], ("corrections", "sure")),
        ("news-errors", False, ["en_core_web_sm"], ("corrections",)),
        ("news-errors", True, ["de_core_news_sm"], ("corrections",)),
        ("news-errors", True, [], ("corrections",)),
        ("ner", True, ["en_core_web_sm"], ("corrections",)),
    ],
)
def test_rules_are_asked_where_they_can_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, linked: bool, pipelines: list[str], expected: object
) -> None:
    monkeypatch.setattr(parser, "installed", lambda: pipelines)
    monkeypatch.setattr(parser, "components", lambda _name: ["tagger", "parser", "ner"])
    session = project(tmp_path, scheme, linked=linked)
    assert default_suggesters(session) == expected
    session.close()


def test_patterns_are_asked_once_there_are_some(tmp_path: Path) -> None:
    session = project(tmp_path, linked=False)
    add_pattern(
        session,
        SuggestionPattern(uid=new_uid(), words="One", match=PatternMatch.EXACT, layer="error", label="NAME_FORM"),
    )
    assert default_suggesters(session) == ("corrections", "patterns")
    session.close()


def test_a_reference_that_was_removed_is_none(tmp_path: Path) -> None:
    session = project(tmp_path)
    (_, reference) = (uid for uid, _ in session.reader.documents.names())
    with session.project.atomic():
        Documents(session.project).hide([reference], sequence=1)
    assert not session.reader.documents.has_references()
    session.close()
