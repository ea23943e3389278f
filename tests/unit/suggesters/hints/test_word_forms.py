import pytest

from app.nlp.parsed_text import Word
from app.suggesters.hints.word_forms import in_form_of


@pytest.mark.parametrize(
    ("lemma", "tag", "form"),
    [
        ("rise", "VBD", "rose"),
        ("rise", "VBN", "risen"),
        ("approve", "VBD", "approved"),
        ("deny", "VBD", "denied"),
        ("stop", "VBG", "stopping"),
        ("die", "VBG", "dying"),
        ("agree", "VBG", "agreeing"),
        ("reach", "VBZ", "reaches"),
        ("have", "VBZ", "has"),
        ("enemy", "NNS", "enemies"),
        ("low", "JJR", "lower"),
        ("bad", "JJS", "worst"),
        ("few", "JJR", "fewer"),
        ("give up", "VBD", "gave up"),
        ("sell", "VB", "sell"),
    ],
)
def test_a_lemma_takes_the_form_of_another_word(lemma, tag, form):
    assert in_form_of(lemma, Word(0, 3, "xxx", "xxx", "VERB", tag)) == form
    assert in_form_of(lemma, Word(0, 3, "Xxx", "xxx", "VERB", tag)) == form[0].upper() + form[1:]


def test_the_form_that_stands_somewhere_is_preferred():
    found = Word(0, 6, "Learnt", "learn", "VERB", "VBD")
    assert in_form_of("learn", Word(0, 6, "taught", "teach", "VERB", "VBD"), found) == "learnt"
