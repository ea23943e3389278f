"""Whether references speak of what is around a name: a text that has much of its own has names of its own."""

from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.known_names import known_names
from app.suggesters.hints.name_counterparts import UnknownName
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import Name
from app.suggesters.hints.spelling_error import misspelt_parts

_SUMMARY = 8
_BESIDE = 1


def unknown_names(comparison: Comparison) -> tuple[UnknownName, ...]:
    """Return the names of a text of which no reference knows any form, but for misspelt ones."""
    text = comparison.text.get(NamedText)
    known = comparison.get(known_names)
    found: list[UnknownName] = []
    for name in text.names:
        parts = known.unknown_parts(text.parsed, name, is_place=True)
        if parts and not text.place(name).is_where:
            parts = known.unknown_parts(text.parsed, name, is_place=False)
        if parts and not misspelt_parts(name, parts, known):
            found.append(UnknownName(name, parts))
    return tuple(found)


def is_on_topic(comparison: Comparison, name: Name, *, or_alone: bool = False) -> bool:
    """Return whether references know most of the other names around one. If there is none, they must tell what its
    sentence tells, or `or_alone` be true.

    Around it is the whole of a summary, and three sentences of a longer text.
    """
    names = comparison.text.get(NamedText).names
    if len(comparison.parsed.sentences) > _SUMMARY:
        names = tuple(other for other in names if abs(other.sentence - name.sentence) <= _BESIDE)
    others = {other.tokens for other in names} - {name.tokens}
    if not others:
        return or_alone or comparison.covers(name.sentence)
    strange = {other.name.tokens for other in comparison.get(unknown_names)}
    return 2 * len(others & strange) <= len(others)
