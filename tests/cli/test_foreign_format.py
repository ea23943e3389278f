"""A format of another package, from the command line: listed, explained, written and read."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Stet
from tests.unit.exchange import folder_format


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    folder_format.install(monkeypatch)


def test_it_is_listed_with_its_options(stet: Stet) -> None:
    (row,) = [row for row in stet("formats", "--json").rows() if row["name"] == "leaves"]
    assert (row["title"], row["reads_folders"], row["writes_folders"]) == ("Folder of leaves", True, True)
    assert [option["name"] for option in row["write_options"]] == ["upper", "indent", "order", "note"]
    assert row["write_options"][2] == {
        **{"name": "order", "title": "Order of labels", "kind": "choice", "default": "text"},
        **{"choices": ["text", "alphabet"], "help": ""},
    }
    (line,) = [line for line in stet("formats").out.splitlines() if line.startswith("leaves")]
    assert ".leaf .leaves folder" in line
    assert "order=text|alphabet" in line


@pytest.mark.parametrize("command", ["import", "export"])
def test_the_help_names_it(stet: Stet, command: str) -> None:
    assert "leaves" in stet(command, "--help").out


def test_it_writes_a_folder_and_reads_it(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "out", "--format", "leaves", "--option", "upper=yes", "--option", "indent=0")
    assert ran.err == "stet: exported 6 documents to out\n"
    assert "NAME_FORM" in {label for path in Path("out").glob("*.leaf") for label in json.loads(path.read_text())}
    stet("new", "b.stet")
    ran = stet("import", "b.stet", "out", "--format", "leaves", "--option", "prefix=x-")
    assert ran.out == "imported 6 new documents\n"
    assert all(row["name"].startswith("x-") for row in stet("list", "b.stet", "--json").rows())


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["-", "--format", "leaves"], 1, "this format is a folder of files; give a folder name instead of -"),
        (["out", "--format", "leaves", "--option", "upper=perhaps"], 2, "“upper” can't be “perhaps”; use yes or no"),
        (["out", "--format", "leaves", "--option", "lower=yes"], 2, "the format “leaves” has no option “lower”"),
        (["out", "--format", "leaves", "--option", "upper"], 2, "write NAME=VALUE"),
        (["out", "--format", "leaves", "--tokens"], 2, "“leaves” has no tokens"),
        (["out", "--option", "tokens=yes"], 2, "the format “stet” has no option “tokens”; leave it out"),
        (["out", "--format", "text"], 2, "the format “text” is import-only"),
    ],
)
def test_wrong_use_is_told(stet: Stet, sample: Path, arguments: list[str], code: int, what: str) -> None:
    ran = stet("export", sample, *arguments)
    assert (ran.code, what in ran.err) == (code, True), ran.err
    assert not Path("out").exists()


def test_tokens_is_short_for_an_option_of_training(stet: Stet, sample: Path) -> None:
    given = ("export", sample, "-", "--format", "training", "--unfinished")
    assert stet(*given, "--tokens").out == stet(*given, "--option", "tokens=yes").out
    assert "tokens" not in stet(*given).rows()[0]


def test_a_finding_that_cannot_be_counted_has_no_count(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "x.jsonl", "--where", "name=none")
    assert ran.err.splitlines()[-1] == "stet: nothing exported, as no documents match the conditions"
