"""What the rules read out of a sentence, with the real pipeline."""

import pytest

from app.nlp.parsed_text import ParsedText
from app.nlp.parser import parser
from app.suggesters.hints.arguments import Likeness, match
from app.suggesters.hints.predicates import Certainty, Polarity, Predicate, predicates
from app.suggesters.hints.quotations import quotations


@pytest.fixture(scope="module")
def parse():
    loaded = parser()
    return lambda text: loaded.parse([text])[0]


def said(parsed: ParsedText, lemma: str) -> Predicate:
    found = [predicate for predicate in predicates(parsed) if predicate.lemma == lemma]
    assert len(found) == 1, lemma
    return found[0]


@pytest.mark.parametrize(
    ("text", "lemma", "polarity", "group"),
    [
        ("The council did not approve the plan.", "approve", "denied", "did not approve"),
        ("The council approved the plan.", "approve", "affirmed", "approved"),
        ("The city failed to host the games.", "host", "denied", "failed to host"),
        ("The police no longer suspect him.", "suspect", "denied", "no longer suspect"),
        ("No agreement was reached.", "reach", "denied", "was reached"),
        ("The law not only protects tenants.", "protect", "affirmed", "protects"),
        ("He hardly knew her.", "know", "open", "knew"),
        ("The bridge isn't safe.", "safe", "denied", "isn't safe"),
        ("They signed without reading it.", "read", "denied", "reading"),
    ],
)
def test_what_is_denied_and_by_which_words(parse, text, lemma, polarity, group):
    parsed = parse(text)
    found = said(parsed, lemma)
    assert found.polarity is Polarity(polarity)
    assert parsed.span_text(found.first, found.last) == group


@pytest.mark.parametrize(
    ("text", "lemma", "certainty", "asserted"),
    [
        ("The bank may raise rates.", "raise", "possible", True),
        ("The bank will raise rates.", "raise", "future", True),
        ("The bank raised rates.", "raise", "fact", True),
        ("The bank must raise rates.", "raise", "required", True),
        ("If the bank raised rates, prices would fall.", "raise", "fact", False),
        ("Did the bank raise rates?", "raise", "fact", False),
        ("The bank wants to raise rates.", "raise", "other", False),
    ],
)
def test_how_certain_it_is(parse, text, lemma, certainty, asserted):
    found = said(parse(text), lemma)
    assert (found.certainty, found.asserted) == (Certainty(certainty), asserted)


@pytest.mark.parametrize(
    ("text", "lemma", "subjects", "objects"),
    [
        ("In 2015 Google sued Oracle over a patent.", "sue", ["Google"], ["Oracle"]),
        ("Oracle was sued by Google.", "sue", ["Google"], ["Oracle"]),
        ("The man who sold the car left.", "sell", ["man"], ["car"]),
        ("Anna and Paul invited the neighbours.", "invite", ["Anna", "Paul"], ["neighbours"]),
        ("The duke banished his brother Leandro.", "banish", ["duke"], ["brother", "Leandro"]),
    ],
)
def test_active_and_passive_have_the_same_roles(parse, text, lemma, subjects, objects):
    parsed = parse(text)
    found = said(parsed, lemma)
    assert [parsed.words[word].text for word in found.subjects] == subjects
    assert [parsed.words[word].text for word in found.objects] == objects


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Vladimir Putin left.", "Putin arrived.", Likeness.SAME),
        ("John Smith left.", "Mary Smith arrived.", Likeness.OTHER),
        ("The deal failed.", "The agreement failed.", Likeness.OPEN),
        ("The deal failed.", "The dog failed.", Likeness.OTHER),
        ("She left.", "Anna left.", Likeness.OPEN),
        ("Pigs eat nearly everything.", "The pigs eat grass.", Likeness.SAME),
    ],
)
def test_whether_two_subjects_are_the_same(parse, one, other, likeness):
    first, second = parse(one), parse(other)
    subjects = [next(p.subjects[0] for p in predicates(parsed)) for parsed in (first, second)]
    assert match(first, subjects[0], second, subjects[1]) is likeness


def test_quotations_are_found_and_terms_in_quotes_are_not(parse):
    parsed = parse('He said “we did not pay a cent” and called it a "success". "It was all in vain," she added.')
    assert [parsed.span_text(*each) for each in quotations(parsed)] == ["we did not pay a cent", "It was all in vain,"]
    assert quotations(parse('A mark that is never closed: "so it goes.')) == ()
