"""A text with the names in it and what is said of them, each found once when it is first asked for."""

from functools import cached_property

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.dialogue import Turn, turns
from app.suggesters.hints.name_facts import NameFacts, name_facts
from app.suggesters.hints.name_place import NamePlace, place_of
from app.suggesters.hints.names import Name, names
from app.suggesters.hints.roles import Role, roles


class NamedText:
    """A parsed text as the rules about names read it; rules get it by `ReadText.get(NamedText)`."""

    def __init__(self, parsed: ParsedText) -> None:
        """Read nothing yet."""
        self.parsed = parsed
        self._places: dict[int, NamePlace] = {}

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of a dialogue; none in other texts."""
        return turns(self.parsed)

    @cached_property
    def speakers(self) -> frozenset[tuple[str, ...]]:
        """The folded names of those who speak in a dialogue."""
        return frozenset(turn.speaker for turn in self.turns)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names, in order."""
        return names(self.parsed, self.turns)

    @cached_property
    def facts(self) -> NameFacts:
        """What the text knows of names."""
        return name_facts(self.parsed, self.names)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """What the text says that people are, in order."""
        return roles(self.parsed, self.names, self.turns)

    def place(self, name: Name) -> NamePlace:
        """Return what a name of the text does in its sentence."""
        found = self._places.get(name.first)
        if found is None:
            found = self._places[name.first] = place_of(self.parsed, name)
        return found
