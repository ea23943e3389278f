"""Who does what to whom, as a text says it: predicates with their arguments, whether they are denied, and how certain.

Passive and active come out the same: the logical subject and object. What the grammar leaves open stays open: a
predicate in a question, behind "if", or under a verb such as "want" isn't `asserted`.
"""

from enum import StrEnum
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.quotations import quoted_words
from app.suggesters.hints.word_set import word_set


class Polarity(StrEnum):
    """Whether something is said to be so."""

    AFFIRMED = "affirmed"
    DENIED = "denied"
    OPEN = "open"  # "hardly", "not until"


class Certainty(StrEnum):
    """How certain something is said to be."""

    FACT = "fact"
    FUTURE = "future"
    POSSIBLE = "possible"
    REQUIRED = "required"
    OTHER = "other"


class Predicate(NamedTuple):
    """A verb, or the adjective or noun that a form of "be" ascribes; all words by their index in the text.

    `subjects` and `objects` are the heads of the logical ones; `others` has further complements, with the preposition
    or relation that leads to them. `[first, last)` are the words that say it: auxiliaries, negation and the verb.
    `quoted` ones stand in a quotation.
    """

    word: int
    lemma: str
    subjects: tuple[int, ...]
    objects: tuple[int, ...]
    others: tuple[tuple[str, int], ...]
    polarity: Polarity
    certainty: Certainty
    asserted: bool
    passive: bool
    quoted: bool
    first: int
    last: int
    sentence: int

    @property
    def arguments(self) -> tuple[int, ...]:
        """All arguments but the subjects."""
        return (*self.objects, *(word for _, word in self.others))


_NEGATORS = word_set("not n't n’t never nt no")
_NEGATIVE_PRONOUNS = word_set("nobody none nothing neither no-one")
_HALF_NEGATORS = frozenset(
    ("hardly", "barely", "scarcely", "rarely", "seldom", "until", "till", "unless", "almost", "nearly", "enough")
)
_NEGATIVE_VERBS = word_set("fail refuse decline neglect forget omit")
_INTENTIONS = word_set("able willing ready prepared")
_NEGATIVE_ADJECTIVES = word_set("unable unwilling reluctant")
_OPEN_VERBS = word_set(
    """
    want hope wish plan try attempt intend expect consider threaten promise offer seek aim urge ask tell propose
    suggest demand request deny doubt wonder agree decide like prefer need prepare vow pledge avoid stop prevent
    invite advise recommend order allow permit let help encourage convince persuade imagine pretend think believe
    suspect guess fear appear seem
    """
)
_CERTAINTIES = {
    **dict.fromkeys(("may", "might", "could"), Certainty.POSSIBLE),
    **dict.fromkeys(("will", "'ll", "’ll", "wo"), Certainty.FUTURE),
    **dict.fromkeys(("must", "shall"), Certainty.REQUIRED),
    **dict.fromkeys(("would", "'d", "’d", "should", "can", "ca", "ought", "sha"), Certainty.OTHER),
}
_HEDGES = word_set("possibly perhaps maybe probably likely reportedly allegedly supposedly")
_FACTUAL_PREPOSITIONS = word_set("without by after in while since despite upon")
_OPEN_MARKS = word_set("if whether unless lest")
_SUBJECTS = word_set("nsubj csubj")
_LONGEST_GROUP = 6
_RELATIVES = word_set("who which that whom")


def predicates(parsed: ParsedText) -> tuple[Predicate, ...]:
    """Return the predicates of a text, in order of their words."""
    reader = _Reader(parsed)
    verbs = (index for index, word in enumerate(parsed.words) if word.pos in ("VERB", "AUX"))
    return tuple(predicate for index in verbs if (predicate := reader.predicate(index)) is not None)


class _Reader:
    def __init__(self, parsed: ParsedText) -> None:
        self._parsed = parsed
        self._words = parsed.words
        self._quoted = quoted_words(parsed)
        self._questions = frozenset(
            number for number, (first, last) in enumerate(parsed.sentences) if self._is_question(first, last)
        )

    def _is_question(self, first: int, last: int) -> bool:
        return any(word.text.startswith("?") for word in self._words[max(first, last - 3) : last])

    def predicate(self, index: int) -> Predicate | None:
        """Return the predicate that a word is, if it is one."""
        word = self._words[index]
        if word.pos == "VERB" or (word.pos == "AUX" and word.dep not in ("aux", "auxpass")):
            carrier, complement = index, self._complement(index)
        else:
            return None
        head = carrier if complement is None else complement
        subjects, objects = self._roles(carrier)
        first, last = self._group(carrier, head)
        return Predicate(
            word=head,
            lemma=self._lemma(head),
            subjects=subjects,
            objects=objects,
            others=self._others(carrier, head),
            polarity=self._polarity(carrier, head, objects),
            certainty=self._certainty(carrier),
            asserted=self._asserted(carrier),
            passive=any(self._words[child].dep == "auxpass" for child in self._parsed.children(carrier)),
            quoted=index in self._quoted,
            first=first,
            last=last,
            sentence=word.sentence,
        )

    def _complement(self, verb: int) -> int | None:
        """Return the adjective or noun that a form of "be" ascribes."""
        if self._words[verb].lemma not in ("be", "become", "remain", "stay", "seem", "look"):
            return None
        found = [child for child in self._parsed.children(verb) if self._words[child].dep in ("acomp", "attr", "oprd")]
        return found[0] if found and self._words[found[0]].pos in ("ADJ", "NOUN", "VERB", "PROPN") else None

    def _lemma(self, word: int) -> str:
        particles = [child for child in self._parsed.children(word) if self._words[child].dep == "prt"]
        parts = (self._words[word].lemma.lower(), *(self._words[part].text.lower() for part in particles))
        return " ".join(parts)

    def _roles(self, verb: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the logical subjects and objects."""
        subjects: list[int] = []
        objects: list[int] = []
        passive = False
        for child in self._parsed.children(verb):
            dep = self._words[child].dep
            if dep in _SUBJECTS:
                subjects.append(child)
            elif dep in ("nsubjpass", "csubjpass"):
                objects.append(child)
                passive = True
            elif dep in ("dobj", "dative") and self._words[child].pos != "ADP":
                objects.append(child)
            elif dep == "auxpass":
                passive = True
            elif dep == "agent":
                subjects.extend(self._objects_of(child))
        if not subjects and not (passive and objects):
            inherited = self._inherited(verb)
            (objects if passive or self._is_participle(verb) else subjects).extend(inherited)
        return self._all(subjects), self._all(objects)

    def _is_participle(self, verb: int) -> bool:
        word = self._words[verb]
        return word.dep == "acl" and word.tag == "VBN"

    def _inherited(self, verb: int) -> tuple[int, ...]:
        """Return the subject that a verb has from the word it depends on."""
        word = self._words[verb]
        head = word.head
        if head == verb:
            return ()
        if word.dep in ("relcl", "acl"):
            return (head,)
        if word.dep == "conj" or word.dep == "advcl":
            return self._own_subjects(head)
        if word.dep == "xcomp":
            objects = [child for child in self._parsed.children(head) if self._words[child].dep == "dobj"]
            return tuple(objects) or self._own_subjects(head)
        return ()

    def _own_subjects(self, verb: int, depth: int = 0) -> tuple[int, ...]:
        found = [child for child in self._parsed.children(verb) if self._words[child].dep in ("nsubj", "nsubjpass")]
        if found or depth > 3:
            return tuple(found)
        word = self._words[verb]
        if word.head != verb and word.dep in ("conj", "xcomp", "advcl"):
            return self._own_subjects(word.head, depth + 1)
        return ()

    def _objects_of(self, preposition: int) -> list[int]:
        return [child for child in self._parsed.children(preposition) if self._words[child].dep in ("pobj", "pcomp")]

    def _all(self, heads: list[int]) -> tuple[int, ...]:
        """Return heads with what is coordinated with them; relative pronouns stand for what they refer to."""
        found: list[int] = []
        for head in heads:
            if self._words[head].text.lower() in _RELATIVES and self._words[self._words[head].head].dep == "relcl":
                head = self._words[self._words[head].head].head
            left = [head]
            while left:
                at = left.pop()
                found.append(at)
                left.extend(child for child in self._parsed.children(at) if self._is_named_too(child))
        return tuple(sorted(set(found)))

    def _is_named_too(self, word: int) -> bool:
        """Return whether a word is coordinated with the one it depends on, or names it: "his brother Leandro"."""
        found = self._words[word]
        return found.dep == "conj" or (found.dep == "appos" and found.pos == "PROPN")

    def _others(self, verb: int, head: int) -> tuple[tuple[str, int], ...]:
        found: list[tuple[str, int]] = []
        for source in dict.fromkeys((verb, head)):
            for child in self._parsed.children(source):
                word = self._words[child]
                if word.dep in ("prep", "dative") and word.pos in ("ADP", "SCONJ"):
                    preposition = word.lemma.lower()
                    found.extend((preposition, each) for each in self._all(self._objects_of(child)))
                elif word.dep in ("xcomp", "ccomp") and child != head:
                    found.append((word.dep, child))
        return tuple(found)

    def _group(self, verb: int, head: int) -> tuple[int, int]:
        """Return the words of a verb with auxiliaries, negation and complement, as far as nothing else is between."""
        parts = {child for child in self._parsed.children(verb) if self._words[child].dep in ("aux", "auxpass", "neg")}
        for child in self._parsed.children(verb):
            if self._is_negator(child) or (self._words[child].dep == "advmod" and self._denies(child, "")):
                parts.update(self._parsed.subtree(child))
        if self._is_denied_attempt(verb):
            parts.add(self._words[verb].head)
            parts.update(
                each for each in self._parsed.children(self._words[verb].head) if self._words[each].dep == "aux"
            )
        first = min((part for part in parts if part < verb), default=verb)
        if verb - first > _LONGEST_GROUP or any(self._words[at].dep in _SUBJECTS for at in range(first, verb)):
            first = verb
        behind = max((part for part in parts if verb < part <= verb + 2), default=verb)
        last = max(behind, verb) + 1
        if verb < head <= verb + 4:
            last = head + 1
        return first, last

    def _is_denied_attempt(self, verb: int) -> bool:
        """Return whether a verb stands behind "failed to", "unable to" and the like."""
        word = self._words[verb]
        above = self._words[word.head]
        return word.dep == "xcomp" and (above.lemma in _NEGATIVE_VERBS or above.lemma in _NEGATIVE_ADJECTIVES)

    def _is_denied_intention(self, verb: int) -> bool:
        """Return whether a verb stands behind "not going to", "not willing to" and the like."""
        word = self._words[verb]
        above = self._words[word.head]
        return (
            word.dep == "xcomp"
            and (above.lemma.lower() in _INTENTIONS or above.lemma == "go" and above.tag == "VBG")
            and any(self._is_negator(child) for child in self._carriers(word.head))
        )

    def _carriers(self, head: int) -> list[int]:
        """Return what depends on a word, and on the form of "be" that ascribes it."""
        above = self._words[head].head
        is_ascribed = self._words[head].dep in ("acomp", "attr") and self._words[above].lemma == "be"
        return [*self._parsed.children(head), *(self._parsed.children(above) if is_ascribed else ())]

    def _is_negator(self, word: int) -> bool:
        return self._words[word].dep == "neg" or self._words[word].text.lower() in ("never", "n't", "n’t")

    def _polarity(self, verb: int, head: int, objects: tuple[int, ...]) -> Polarity:
        texts: list[str] = []
        denials = 0
        for source in dict.fromkeys((verb, head)):
            for child in self._parsed.children(source):
                word = self._words[child].text.lower()
                if child > head > verb:  # "drunk, not ill" denies what comes next
                    continue
                texts.append(word)
                denials += self._denies(child, word)
        denials += self._denied_from_above(verb)
        if any(text in _HALF_NEGATORS for text in texts) or denials > 1:
            return Polarity.OPEN
        return Polarity.DENIED if denials else Polarity.AFFIRMED

    def _denies(self, child: int, text: str) -> int:
        word = self._words[child]
        if self._is_negator(child):
            following = self._words[child + 1].text.lower() if child + 1 < len(self._words) else ""
            return 0 if following in ("only", "just", "merely", "simply") else 1
        if text in _NEGATIVE_PRONOUNS:
            return 1
        if word.dep in ("nsubj", "nsubjpass", "dobj", "attr", "npadvmod", "advmod"):
            beneath = (self._words[each].text.lower() for each in self._parsed.children(child))
            return int(any(each in ("no", "neither", "not") for each in beneath))
        return int(text == "no" and word.dep in ("det", "advmod"))

    def _denied_from_above(self, verb: int) -> int:
        """Return whether the word that a verb depends on denies it: "failed to", "without", "nor"."""
        word = self._words[verb]
        head = word.head
        if head == verb:
            return 0
        above = self._words[head]
        if self._is_denied_attempt(verb) or self._is_denied_intention(verb):
            return 1
        if word.dep == "pcomp" and above.lemma == "without":
            return 1
        if word.dep == "conj" and not self._own_or_auxiliary(verb):
            joined = {self._words[each].text.lower() for each in self._parsed.children(head)}
            if joined & {"or", "nor"}:
                return int(any(self._is_negator(each) for each in self._parsed.children(head)))
        return 0

    def _own_or_auxiliary(self, verb: int) -> bool:
        deps = {self._words[child].dep for child in self._parsed.children(verb)}
        return bool(deps & {"nsubj", "nsubjpass", "aux", "auxpass", "neg"})

    def _certainty(self, verb: int) -> Certainty:
        word = self._words[verb]
        source = verb
        if word.dep == "conj" and word.tag == "VB" and not self._own_or_auxiliary(verb):
            source = word.head
        children = self._parsed.children(source)
        if any(self._words[child].text.lower() in _HEDGES for child in children):
            return Certainty.POSSIBLE
        for child in children:
            if self._words[child].dep == "aux":
                known = _CERTAINTIES.get(self._words[child].text.lower())
                if known is not None:
                    return known
                if self._words[child].lemma == "do":
                    return Certainty.FACT
        above = self._words[word.head]
        if word.dep == "xcomp" and above.lemma in ("have", "need"):
            return Certainty.REQUIRED
        if self._is_denied_attempt(verb):
            return Certainty.FACT
        return Certainty.FACT if word.tag in ("VBD", "VBZ", "VBP", "VBN", "VBG") else Certainty.OTHER

    def _asserted(self, verb: int) -> bool:
        word = self._words[verb]
        if word.sentence in self._questions or self._is_command(verb):
            return False
        at = verb
        for _ in range(6):
            word = self._words[at]
            if any(self._words[child].text.lower() in _OPEN_MARKS for child in self._parsed.children(at)):
                return False
            if word.head == at:
                return True
            above = self._words[word.head]
            if word.dep in ("xcomp", "ccomp") and above.lemma in _OPEN_VERBS:
                return False
            if word.dep == "pcomp" and above.lemma.lower() not in _FACTUAL_PREPOSITIONS:
                return False
            at = word.head
        return True

    def _is_command(self, verb: int) -> bool:
        """Return whether a verb stands in its base form, without a subject or a word that leads to one."""
        word = self._words[verb]
        if word.tag != "VB" or word.dep in ("xcomp", "ccomp", "conj", "relcl"):
            return False
        deps = {self._words[child].dep for child in self._parsed.children(verb)}
        modal = any(self._words[child].tag in ("MD", "TO") for child in self._parsed.children(verb))
        return not modal and not deps & {"nsubj", "nsubjpass"}
