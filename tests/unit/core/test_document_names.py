"""Which documents a person means by a name."""

from unicodedata import normalize

import pytest

from app.core.document_names import named

CAFE = normalize("NFD", "Café.txt")
NAMES = [
    "[draft] a.txt",
    "d.txt",
    "what?.txt",
    "whatX.txt",
    "a*b.md",
    "axb.md",
    normalize("NFD", "Café.txt"),
    "news-1",
    "id2",
]
DOCUMENTS = [(f"id{number}", name) for number, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("[draft] a.txt", ["[draft] a.txt"]),
        ("[draft] a", ["[draft] a.txt"]),
        ("[draft]*", ["[draft] a.txt"]),
        ("[dn]*", ["d.txt", "news-1"]),
        ("what?.txt", ["what?.txt"]),
        ("what?", ["what?.txt"]),
        ("wha??.txt", ["what?.txt", "whatX.txt"]),
        ("a*b.md", ["a*b.md"]),
        ("a*.md", ["a*b.md", "axb.md"]),
        ("Café.txt", [CAFE]),
        (normalize("NFD", "Café"), [CAFE]),
        ("Caf?.txt", [CAFE]),
        ("id1", ["d.txt"]),
        ("id2", ["what?.txt"]),
        ("*", NAMES),
        ("D.TXT", []),
        ("", []),
        ("none*", []),
    ],
)
def test_an_exact_name_wins_before_a_pattern(wanted: str, meant: list[str]) -> None:
    uids = named([wanted], DOCUMENTS)[wanted]
    assert [name for uid, name in DOCUMENTS if uid in uids] == meant


def test_each_name_is_told_apart() -> None:
    assert named(["d.txt", "none"], DOCUMENTS) == {"d.txt": {"id1"}, "none": set()}
