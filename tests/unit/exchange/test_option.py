"""Options of one format: what is given is checked against what the format says."""

import pytest

from app.core.errors import BadChoice
from app.exchange.option import FormatOption, OptionKind, option_values, parse_options

OPTIONS = (
    FormatOption("tokens", "Add tokens"),
    FormatOption("depth", "Depth", OptionKind.NUMBER, 3),
    FormatOption("tags", "Tags", OptionKind.CHOICE, "iob2", ("iob2", "bilou")),
    FormatOption("column", "Column", OptionKind.TEXT, "text"),
)


def test_what_is_not_given_has_its_default() -> None:
    assert option_values(OPTIONS, {}, format="f") == {"tokens": False, "depth": 3, "tags": "iob2", "column": "text"}


def test_texts_are_read_as_people_write_them() -> None:
    given = parse_options(["tokens=Yes", "depth=12", "tags=bilou", "column=a=b"])
    found = option_values(OPTIONS, given, format="f")
    assert found == {"tokens": True, "depth": 12, "tags": "bilou", "column": "a=b"}


def test_values_of_the_right_kind_are_taken_as_they_are() -> None:
    assert option_values(OPTIONS, {"tokens": True, "depth": 0}, format="f")["tokens"] is True


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"token": "yes"}, "the format “f” has no option “token”; use one of: tokens, depth, tags, column"),
        ({"tokens": "perhaps"}, "the option “tokens” can't be “perhaps”; use yes or no"),
        ({"tokens": 1}, "the option “tokens” can't be “1”; use yes or no"),
        ({"depth": "-1"}, "the option “depth” can't be “-1”; use a whole number"),
        ({"depth": "9" * 5000}, "use a whole number"),
        ({"depth": True}, "use a whole number"),
        ({"tags": "iob3"}, "the option “tags” can't be “iob3”; use one of: iob2, bilou"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(given: dict, what: str) -> None:
    with pytest.raises(BadChoice) as error:
        option_values(OPTIONS, given, format="f")
    assert what in str(error.value)


def test_a_format_without_options_says_so() -> None:
    with pytest.raises(BadChoice, match="the format “f” has no option “x”; leave it out"):
        option_values((), {"x": "1"}, format="f")


@pytest.mark.parametrize(
    ("texts", "what"),
    [(["tokens"], "write NAME=VALUE"), (["=yes"], "write NAME=VALUE"), (["a=1", "a=2"], "given twice")],
)
def test_what_is_no_option_is_refused(texts: list[str], what: str) -> None:
    with pytest.raises(BadChoice, match=what):
        parse_options(texts)
