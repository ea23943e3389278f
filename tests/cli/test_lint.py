"""`stet lint`: marks that a tokenizer will not reproduce."""

import json

from tests.cli.conftest import Stet

LINE = {
    "text": "He said 12.5% of re-elected MPs agreed.",
    "label": [
        [0, 3, "PERSON"],
        [8, 12, "PERSON"],
        [17, 22, "PERSON"],
        [28, 31, "ORG"],
        [28, 31, "ORG"],
        [32, 38, "ORG"],
    ],
}


def project(stet: Stet) -> None:
    stet("new", "a.stet", "--scheme", "news-errors")
    stet("import", "a.stet", stet.write("a.jsonl", json.dumps(LINE)), "--annotator", "ana", "--format", "doccano")


def test_each_mark_is_listed_with_what_would_do(stet: Stet) -> None:
    project(stet)
    done = stet("lint", "a.stet")
    assert done.code == 1
    lines = [line.partition(" (ana): ")[2] for line in done.out.splitlines()[:-1]]
    assert lines == [
        "“He ”: the mark begins or ends with white space; “He” would do",
        "“re-el”: the mark begins or ends inside a word; “re-elected” would do",
        "“MPs”: another mark has the same label at the same place",
    ]
    rows = stet("lint", "a.stet", "--tokenizer", "whitespace", "--json").rows()
    assert [(row["quote"], row["kind"], row["better"]) for row in rows] == [
        ("He ", "space", "He"),
        ("12.5", "token-end", "12.5%"),
        ("re-el", "half", "re-elected"),
        ("MPs", "twice", None),
        ("agreed", "token-end", "agreed."),
    ]
    assert stet("lint", "a.stet", "--as", "ben").out == "0 odd marks\n"


def test_they_are_mended_in_one_step(stet: Stet) -> None:
    project(stet)
    assert stet("lint", "a.stet", "--mend").code == 2
    assert stet("lint", "a.stet", "--as", "ana", "--mend").out.startswith("2 marks moved, 1 made twice removed")
    assert stet("lint", "a.stet").out == "0 odd marks\n"
    assert stet("log", "a.stet", "--limit", "1").out.count("Mend the ends of marks") == 1
    assert stet("check", "a.stet").code == 0
