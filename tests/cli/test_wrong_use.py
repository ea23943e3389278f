"""What makes no sense ends with 2, says what to do, and nothing that was asked for is passed over silently."""

from pathlib import Path

import pytest

from tests.cli.conftest import Stet

WRONG = [
    ("new b.stet --scheme nonsense", "no such scheme; name a TOML file, or one of: "),
    ("new b.stet --sample --scheme ner", "leave out --scheme or --sample"),
    ("new b.stet --sample --scheme=", "leave out --scheme or --sample"),
    ("new b.stet --as ana", "--as is for --sample"),
    ("import sample.stet x.txt --format nonsense", "unknown format “nonsense”; use one of: "),
    ("import sample.stet x.txt --format training", "is export-only"),
    ("export sample.stet o --format nonsense", "unknown format “nonsense”; use one of: "),
    ("export sample.stet o --format text", "the format “text” is import-only"),
    ("export sample.stet o --where nonsense", "“nonsense” isn't a condition; write one such as status=open"),
    ("export sample.stet o --where status=nonsense", "unknown status “nonsense”; use one of: finished"),
    ("export sample.stet o --split nonsense", "“nonsense” isn't a split; write 80/20"),
    ("export sample.stet o --split=", "“” isn't a split; write 80/20"),
    ("export sample.stet o --split 80/0/20", "“80/0/20” isn't a split; write 80/20"),
    ("export sample.stet o --layer nonsense", "unknown layer “nonsense”; use one of: claim, entity, error"),
    ("export sample.stet o --tokens", "the format “stet” has no tokens; leave out --tokens, or add --format training"),
    ("export sample.stet o --all", "--all isn't needed: “stet” includes everyone's work; leave it out"),
    ("export sample.stet o --seed 0", "--seed needs --split; leave it out, or add --split 80/10/10"),
    ("export sample.stet o --group-by author", "--group-by needs --split; leave it out, or add --split 80/10/10"),
    ("list sample.stet annotations --layer nonsense", "unknown layer “nonsense”; use one of: claim, entity, error"),
    ("list sample.stet labels --layer error", "--layer is for annotations"),
    ("list sample.stet conflicts --layer nonsense", "unknown layer “nonsense”; use one of: claim, entity, error"),
    ("agreement sample.stet --layer nonsense", "the scheme has no layer “nonsense”; its layers are: "),
    ("search sample.stet ''", "QUERY is empty; give a word to search for"),
    ("search sample.stet ' \"\" '", "QUERY is empty; give a word to search for"),
    ("search sample.stet the --limit 0", "0 is not in the range"),
    ("scheme sample.stet check nonsense", "no such scheme; name a TOML file, or one of: "),
    ("scheme check nonsense", "no such scheme; name a TOML file, or one of: "),
    ("scheme check", "check needs a FILE"),
    ("scheme apply", "apply needs a project first"),
    ("scheme apply mine.toml", "apply needs a project first"),
    ("scheme show", "show needs a project first"),
]


@pytest.mark.parametrize(("line", "what"), WRONG, ids=[line for line, _ in WRONG])
def test_wrong_use_ends_with_2_and_says_what_to_do(stet: Stet, sample: Path, line: str, what: str) -> None:
    import shlex

    stet.write("x.txt", "x")
    before = {path.name: path.read_bytes() for path in stet.folder.iterdir()}
    ran = stet(*shlex.split(line))
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert ran.err.startswith("stet: ")
    assert {path.name: path.read_bytes() for path in stet.folder.iterdir()} == before


def test_a_file_that_is_not_there_is_no_wrong_use(stet: Stet, sample: Path) -> None:
    for line in (
        ["scheme", "check", "mine.toml"],
        ["new", "b.stet", "--scheme", "./mine"],
        ["import", sample, "x.txt"],
    ):
        assert stet(*line).code == 1


def test_more_hits_than_the_limit_are_told(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("a.txt", "the slave trade, the trade of a slave\n" * 3)
    stet("import", "a.stet", "a.txt")
    ran = stet("search", "a.stet", "slave", "--limit", 5)
    assert (len(ran.out.splitlines()), ran.err) == (
        5,
        "stet: there are more than these 5 hits; to see more, use --limit N\n",
    )
    ran = stet("search", "a.stet", "slave", "--limit", 6, "--json")
    assert (len(ran.rows()), ran.err) == (6, "")


def test_a_phrase_is_a_phrase_as_the_manual_has_it(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("a.txt", "the slave trade")
    stet.write("b.txt", "the trade of a slave")
    stet("import", "a.stet", "a.txt", "b.txt")
    phrase = stet.shell("""STET search a.stet '"slave trade"' --limit 20 --json""")
    assert [(row["name"], row["match"]) for row in phrase.rows()] == [("a.txt", "slave trade")]
    words = stet.shell("""STET search a.stet "slave trade" --json""")
    assert [row["match"] for row in words.rows()] == ["slave trade", "trade", "slave"]
