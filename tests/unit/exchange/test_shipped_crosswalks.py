"""Labels of datasets of errors, imported into projects with the schemes that ship."""

import pytest

from app.core.errors import SchemeError
from app.core.scheme_file import parse_scheme
from app.exchange.category_names import ERROR_LAYER
from app.exchange.error_kinds import ErrorKind, kind_of
from app.exchange.label_map import How, LabelMap
from tests.conftest import scheme_source

LABELS = {
    "FaithBench": ("Unwanted.Intrinsic", "Unwanted.Extrinsic", "Unwanted", "Questionable", "Benign"),
    "RAGTruth": ("Evident Conflict", "Subtle Conflict", "Evident Baseless Info", "Subtle Baseless Info"),
    "SummEdits": (
        *("entity_modification", "antonym_swap", "hallucinated_fact_insertion"),
        *("negation_insertion_removal", "inconsistency"),
    ),
    "FRANK": ("RelE", "EntE", "CircE", "OutE", "GramE", "CorefE", "LinkE", "OtherE"),
    "FAVA": ("entity", "relation", "contradictory", "invented", "subjective", "unverifiable", "untyped"),
    "MQM": (
        *("Accuracy/Addition", "Accuracy/Mistranslation", "Accuracy/Omission", "Accuracy/Untranslated text"),
        *("Accuracy/Creative Reinterpretation", "Accuracy/Gender Mismatch", "Accuracy/Source language fragment"),
        *("Fluency/Character encoding", "Fluency/Display", "Fluency/Grammar", "Fluency/Inconsistency"),
        *("Fluency/Punctuation", "Fluency/Register", "Fluency/Spelling", "Fluency/Text-Breaking"),
        *("Locale convention/Address format", "Locale convention/Currency format", "Locale convention/Date format"),
        *("Locale convention/Name format", "Locale convention/Telephone format", "Locale convention/Time format"),
        *("Style/Archaic or obscure word choice", "Style/Awkward", "Style/Bad sentence structure"),
        *("Style/Unnatural or awkward", "Terminology/Inappropriate for context"),
        *("Terminology/Inconsistent use of terminology", "Non-translation!", "Source error", "Source issue"),
        *("Other", "accuracy/mistranslation", "locale_convention/currency_format"),
    ),
}


@pytest.mark.parametrize("scheme", ["news-errors", "news-full", "mt-errors"])
@pytest.mark.parametrize("dataset", LABELS)
def test_labels_of_datasets_have_a_place(scheme, dataset):
    labels = LabelMap(parse_scheme(scheme_source(scheme)))
    for label in LABELS[dataset]:
        labels.place(ERROR_LAYER, label)
    assert [each.source for each in labels.all() if each.how is How.KEPT] == []
    assert {each.target.partition(".")[0] for each in labels.all()} == {"error"}


@pytest.mark.parametrize(("scheme", "baseless"), [("news-errors", "UNSUPPORTED"), ("mt-errors", "ACCURACY_ADDITION")])
def test_what_has_no_base_in_the_source_stays_that(scheme, baseless):
    labels = LabelMap(parse_scheme(scheme_source(scheme)))
    for dataset in ("FaithBench", "RAGTruth", "FAVA"):
        for label in LABELS[dataset]:
            place = labels.place(ERROR_LAYER, label)
            assert place is not None
            assert (place.label == baseless) == (kind_of(label) is ErrorKind.BASELESS or label == "Benign"), label


@pytest.mark.parametrize("layer", ["", "entity", "imported"])
def test_words_of_other_layers_are_no_errors(layer):
    labels = LabelMap(parse_scheme(scheme_source("news-errors")))
    place = labels.place(layer, "Entity")
    assert place is not None
    assert place.layer != ERROR_LAYER


def test_a_name_is_taken_by_one_label():
    lines = ('name = "n"', "version = 1", 'title = "N"', "[[layer]]", 'id = "a"')
    labels = ("[[layer.label]]", 'id = "b"', 'takes = ["x"]', "[[layer.label]]", 'id = "c"', 'takes = ["x"]')
    with pytest.raises(SchemeError, match="“x” becomes “b” already") as caught:
        parse_scheme("\n".join((*lines, *labels)))
    assert caught.value.line == 11
