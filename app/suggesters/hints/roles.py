"""Who is said to be what in a text: “President Trump”, “Ann, a nurse,”, “Kim became mayor”, “as captain, Li …”."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.dialogue import Turn
from app.suggesters.hints.name_spelling import folded
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.names import Name, NameSort
from app.suggesters.hints.role_table import KIN, is_deputy, role_table

_FORMER = frozenset(
    (
        "former",
        "ex",
        "once",
        "onetime",
        "erstwhile",
        "late",
        "previous",
        "retired",
        "then",
        "future",
        "aspiring",
        "would-be",
        "next",
        "incoming",
    )
)
_MODIFIERS = frozenset(("DET", "ADJ", "NOUN", "PROPN", "NUM", "PART", "PRON", "ADV"))
_MOST_MODIFIERS = 8
_OPENS_APPOSITION = frozenset((",", "(", "–", "—", "-", "["))
_BEING = frozenset(
    (
        "be",
        "become",
        "remain",
        "stay",
        "elect",
        "name",
        "appoint",
        "make",
        "declare",
        "call",
        "choose",
        "crown",
        "nominate",
    )
)
_UNSURE = frozenset(
    (
        "may",
        "might",
        "could",
        "would",
        "should",
        "want",
        "hope",
        "wish",
        "plan",
        "try",
        "refuse",
        "fail",
        "pretend",
        "dream",
        "aspire",
        "seek",
    )
)
_BODY_PREPOSITIONS = frozenset(("of", "for", "at", "from", "in", "with"))
_COUNTERPART = "counterpart"
_MOST_CONJUNCTS = 3
_THEN = frozenset(("then", "later", "now", "also", "once", "previously", "formerly", "afterwards"))
_ROLE_POS = frozenset(("NOUN", "PROPN", "ADJ"))


class Role(NamedTuple):
    """What a text says a person is.

    `words[first:last]` are the words of the role, from `modified` on with what goes before it; `families` are those of
    the table, each with the usual name of the role; `bodies` are the names of what the person has the role in; `of` is
    whose relative it is. `stated` is the range of words that says it all.
    """

    person: tuple[str, ...]
    families: tuple[tuple[str, str], ...]
    modified: int
    first: int
    last: int
    is_former: bool
    bodies: tuple[Name, ...]
    of: tuple[str, ...]
    stated: tuple[int, int]
    is_borrowed: bool = False


class _Phrase(NamedTuple):
    first: int
    last: int
    families: tuple[tuple[str, str], ...]

    def head(self, words: tuple[Word, ...]) -> int:
        """Return the word that the others depend on: “minister” in “minister of transport”."""
        for at in range(self.last - 1, self.first - 1, -1):
            if words[at].head == at or not self.first <= words[at].head < self.last:
                return at
        return self.last - 1


def roles(parsed: ParsedText, names: tuple[Name, ...], turns: tuple[Turn, ...]) -> tuple[Role, ...]:
    """Return the roles of the people of a text with these names and turns, in order."""
    return tuple(_Reader(parsed, names, turns).roles())


class _Reader:
    def __init__(self, parsed: ParsedText, names: tuple[Name, ...], turns: tuple[Turn, ...]) -> None:
        self._parsed = parsed
        self._turns = turns
        self._words = parsed.words
        self._folded = [folded(word.text) for word in parsed.words]
        self._by_word: Mapping[int, Name] = {index: name for name in names for index in range(name.first, name.last)}

    def roles(self) -> Iterator[Role]:
        """Yield each role that is said of a person."""
        known: list[Role] = []
        holders: dict[int, Name] = {}  # by the head of a role
        last = -1
        for phrase in self._phrases():
            head = self._words[phrase.head(self._words)]
            name = self._holder(phrase) or (holders.get(head.head) if head.dep in ("conj", "appos") else None)
            if name is None and known and self._goes_on(known[-1].last, phrase.first):
                name = holders[last]
            if name is not None:
                last = phrase.head(self._words)
                holders[last] = name
                known.append(self._role(phrase, name))
                yield known[-1]
        yield from self._counterparts(known)

    def _goes_on(self, last: int, first: int) -> bool:
        """Return whether a role goes on with another one of the same person: “minister until 2016, then chancellor”."""
        between = self._words[last:first]
        if not 0 < len(between) <= _MOST_MODIFIERS or between[0].sentence != self._words[first].sentence:
            return False
        is_plain = not any(word.pos in ("VERB", "AUX", "SCONJ") or word.text in ";:" for word in between)
        goes_on = any(word.text.casefold() in _THEN for word in between)
        return is_plain and goes_on and not any(index in self._by_word for index in range(last, first))

    def _phrases(self) -> Iterator[_Phrase]:
        table = role_table()
        index = 0
        while index < len(self._words):
            begins = self._folded[index].split("-", 1)[0] in table.beginnings
            found = self._phrase(index, table.longest) if begins else None
            if found is not None and self._words[found.head(self._words)].pos in _ROLE_POS:
                yield found
                index = found.last
            else:
                index += 1

    def _phrase(self, index: int, longest: int) -> _Phrase | None:
        families = role_table().families
        limit = min(len(self._words), index + 2 * longest)
        best: _Phrase | None = None
        said: list[str] = []
        for at in range(index, limit):
            if self._words[at].sentence != self._words[index].sentence:
                break
            if self._words[at].text in ("-", "–", "‑"):
                continue
            said.extend(self._folded[at].split("-"))
            if tuple(said) in families:
                best = _Phrase(index, at + 1, families[tuple(said)])
            if len(said) >= longest:
                break
        return best

    # -- who has it ----------------------------------------------------------------------------------------------------

    def _holder(self, phrase: _Phrase) -> Name | None:
        return (
            self._titled(phrase.last)
            or self._apposed_before(phrase)
            or self._apposed_after(phrase)
            or self._in_clause(phrase)
        )

    def _name_at(self, index: int) -> Name | None:
        """Return the name that a word is in, if it may be a person's."""
        name = self._by_word.get(index)
        tables = name_tables()
        if name is None or name.sort is NameSort.THING or tables.is_place(name.tokens) or name.tokens in tables.people:
            return None
        # The pipeline takes many a name of a person for a place; one after a preposition is a place indeed.
        is_where = name.sort is NameSort.PLACE and self._words[name.last - 1].dep == "pobj"
        return None if is_where and len(name.tokens) == 1 else name

    def _titled(self, after: int) -> Name | None:
        """Return the name right after a role: “striker Thierry Henry”."""
        if after >= len(self._words) or self._words[after].sentence != self._words[after - 1].sentence:
            return None
        name = self._name_at(after)
        if name is None or name.first != after:
            return None
        head = self._words[after - 1]
        # “told the president Trump had left” has a clause of its own; “the coach Ann hired” too.
        return name if head.dep not in ("dobj", "pobj") or head.head in range(name.first, name.last) else None

    def _apposed_before(self, phrase: _Phrase) -> Name | None:
        """Return the name before a role in apposition: “Thierry Henry, the former Arsenal striker,”."""
        start = self._modified(phrase.first)
        comma = start - 1
        if comma < 1 or self._words[comma].text not in _OPENS_APPOSITION:
            return None
        name = self._name_at(comma - 1)
        head = self._words[phrase.head(self._words)]
        if name is None or self._words[comma].sentence != head.sentence:
            return None
        if head.dep == "appos" and name.first <= head.head < name.last:
            return name
        following = self._words[phrase.last] if phrase.last < len(self._words) else None
        ends = (
            following is None
            or following.text in (",", ".", ")", ";", "–", "—", "]", "and", "who")
            or (following.text in _BODY_PREPOSITIONS)
        )
        if head.dep == "conj":  # “Hamlet, Prince of Denmark,” rather than “Hamlet, the prince and the ghost”
            ends = following is not None and following.text in _BODY_PREPOSITIONS
        return name if ends and head.dep not in ("nsubj", "nsubjpass", "dobj", "pobj") else None

    def _apposed_after(self, phrase: _Phrase) -> Name | None:
        """Return the name in apposition to a role: “The senator, Donald Trump,”."""
        heads = [phrase.head(self._words)]
        while len(heads) <= _MOST_CONJUNCTS and self._words[heads[-1]].dep == "conj":
            heads.append(self._words[heads[-1]].head)  # “the captain and goalkeeper, Ines Prado,”
        for head in heads:
            for child in self._parsed.children(head):
                if self._words[child].dep == "appos" and child >= phrase.last:
                    name = self._name_at(child)
                    if name is not None:
                        return name
        return None

    def _in_clause(self, phrase: _Phrase) -> Name | None:
        """Return who is, becomes or is made what a role says."""
        head = self._words[phrase.head(self._words)]
        if head.dep in ("attr", "oprd", "acomp"):
            verb, being = head.head, True
        elif head.dep == "pobj" and self._words[head.head].lemma.casefold() == "as":
            verb, being = self._words[head.head].head, False
        else:
            return None
        action = self._words[verb]
        if being and action.lemma.casefold() not in _BEING or self._is_unsure(verb):
            return None
        return self._object_or_subject(verb, is_active_be=action.lemma.casefold() in ("be", "become", "remain"))

    def _is_unsure(self, verb: int) -> bool:
        children = [self._words[child] for child in self._parsed.children(verb)]
        if any(child.dep == "neg" or child.dep == "aux" and child.lemma.casefold() in _UNSURE for child in children):
            return True
        word = self._words[verb]
        return word.dep == "xcomp" and self._words[word.head].lemma.casefold() in _UNSURE

    def _object_or_subject(self, verb: int, *, is_active_be: bool) -> Name | None:
        found: dict[str, int] = {}
        for child in self._parsed.children(verb):
            found.setdefault(self._words[child].dep, child)
        if not is_active_be and "nsubjpass" not in found and (made := self._name_at(found.get("dobj", -1))):
            return made
        subject = found.get("nsubjpass", found.get("nsubj"))
        if subject is None:
            word = self._words[verb]
            if word.dep in ("xcomp", "conj") and word.head != verb:
                return self._object_or_subject(word.head, is_active_be=True)
            return self._name_at(word.head) if word.dep in ("relcl", "acl") else None
        if self._words[subject].tag in ("WP", "WDT") and self._words[verb].dep == "relcl":
            return self._name_at(self._words[verb].head)
        return self._name_at(subject) or self._apposed_after(_Phrase(subject, subject + 1, ()))

    # -- what goes with it ---------------------------------------------------------------------------------------------

    def _modified(self, first: int) -> int:
        """Return where the words before a role begin that go with it."""
        start = first
        sentence = self._parsed.sentences[self._words[first].sentence].first
        while start > sentence and first - start < _MOST_MODIFIERS:
            word = self._words[start - 1]
            if word.pos not in _MODIFIERS and word.text not in ("-", "'s", "’s"):
                break
            start -= 1
        return start

    def _role(self, phrase: _Phrase, name: Name) -> Role:
        start = self._modified(phrase.first)
        before = range(start, phrase.first)
        families = phrase.families
        if phrase.first > start and is_deputy(self._folded[phrase.first - 1]):
            families = tuple((family, f"deputy {role}") for family, role in families)
            phrase = phrase._replace(first=phrase.first - 1)
        is_former = any(self._folded[index].split("-")[0] in _FORMER for index in before)
        stated = (min(start, name.first), max(phrase.last, name.last))
        bodies = (*self._bodies_before(before, name), *self._bodies_after(phrase.last, name))
        return Role(
            name.tokens, families, start, phrase.first, phrase.last, is_former, bodies, self._of(phrase, name), stated
        )

    def _bodies_before(self, before: range, person: Name) -> Iterator[Name]:
        seen = -1
        for index in before:
            name = self._by_word.get(index)
            if name is not None and name.first != seen and name is not person:
                seen = name.first
                yield name

    def _bodies_after(self, after: int, person: Name) -> Iterator[Name]:
        if after + 1 < len(self._words) and self._words[after].text in _BODY_PREPOSITIONS:
            at = after + 1
            while at < len(self._words) and self._words[at].pos == "DET":
                at += 1
            name = self._by_word.get(at)
            if name is not None and name is not person:
                yield name

    def _of(self, phrase: _Phrase, person: Name) -> tuple[str, ...]:
        """Return whose relative a role says that someone is; nobody if it isn't said by name."""
        if not any(family == KIN for family, _ in phrase.families):
            return ()
        heads = (phrase.head(self._words), *range(person.first, person.last))
        for child in [child for head in heads for child in self._parsed.children(head)]:
            word = self._words[child]
            if word.dep != "poss":
                continue
            if (name := self._by_word.get(child)) is not None:
                return name.tokens
            if word.lemma.casefold() in ("my", "our"):
                return next((turn.speaker for turn in self._turns if turn.first <= child < turn.end), ())
            return self._only_person_before(child, person)
        return ()

    def _only_person_before(self, index: int, person: Name) -> tuple[str, ...]:
        first = self._parsed.sentences[self._words[index].sentence].first
        before = {
            name.tokens
            for at in range(first, index)
            if (name := self._by_word.get(at)) is not None and name.sort is NameSort.PERSON and name is not person
        }
        return before.pop() if len(before) == 1 else ()

    def _counterparts(self, known: list[Role]) -> Iterator[Role]:
        """Yield the roles of those who are called someone's counterpart: they are what the other one is."""
        for index, said in enumerate(self._folded):
            if said != _COUNTERPART:
                continue
            phrase = _Phrase(index, index + 1, ())
            other = next(
                (role for role in reversed(known) if index >= role.last and self._is_same_sentence(role, index)),
                None,
            )
            name = self._titled(index + 1) or self._apposed_after(phrase) or self._apposed_before(phrase)
            if other is not None and name is not None and name.tokens != other.person:
                role = self._role(phrase, name)
                yield role._replace(families=other.families, is_former=other.is_former, is_borrowed=True)

    def _is_same_sentence(self, role: Role, index: int) -> bool:
        return self._words[role.first].sentence == self._words[index].sentence
