"""The suggesters that are asked where nobody has chosen any yet: those that can find something in the project."""

from collections.abc import Callable
from typing import NamedTuple

from app.nlp.parser import NoParser, chosen_parser
from app.services.suggestions.track_record import retired_suggesters
from app.session.session import Session
from app.suggesters.corrections import CORRECTIONS
from app.suggesters.hint_suggester import LANGUAGE
from app.suggesters.hints.kind_labels import label_for
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from app.suggesters.patterns import PATTERNS


class _Default(NamedTuple):
    """A suggester, whether it can work in a project, and by what names its suggestions are signed."""

    name: str
    applies: Callable[[Session], bool]
    makers: tuple[str, ...]


def default_suggesters(session: Session) -> tuple[str, ...]:
    """Return the suggesters (names) to ask where nobody has chosen any: earlier corrections; patterns, if the project
    has some; and the rules that compare with references, if a document has one, the scheme has labels for what they
    find, and a spaCy pipeline for English is installed. None that has retired itself is among them.

    Raises DamagedRow and ProjectError.
    """
    retired = {maker.maker for maker in retired_suggesters(session)}
    return tuple(each.name for each in _DEFAULTS if not retired.issuperset(each.makers) and each.applies(session))


def _always(_session: Session) -> bool:
    return True  # what was corrected by hand may be new since


def _has_patterns(session: Session) -> bool:
    return any(session.scheme.label(each.layer, each.label) is not None for each in session.reader.patterns())


def _has_references(session: Session) -> bool:
    scheme = session.scheme
    stated = (scheme.language or LANGUAGE).lower().replace("_", "-").partition("-")[0]
    if stated != LANGUAGE or not any(label_for(kind, scheme) for rule in _SURE for kind in rule.kinds):
        return False
    if not session.reader.documents.has_references():
        return False
    try:
        return chosen_parser().startswith(f"{LANGUAGE}_")
    except NoParser:
        return False  # asked for by name, it says what to install


_SURE = tuple(rule for rule in RULES if rule.tier is Tier.SURE)
_DEFAULTS = (
    _Default(CORRECTIONS, _always, (CORRECTIONS,)),
    _Default(PATTERNS, _has_patterns, (PATTERNS,)),
    _Default(Tier.SURE.value, _has_references, tuple(rule.name for rule in _SURE)),
)
