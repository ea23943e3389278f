"""The entries of a project's lists: in the scheme, and in files beside the project."""

import os
from pathlib import Path

import pytest

from app.core.errors import BadChoice, FormatError
from app.services.entities.entries import Entries
from app.session.session import Session

SCHEME = """name = "lists"
version = 1
title = "Lists"
[[list]]
id = "people"
file = "people.csv"
[[list]]
id = "places"
[[list.entry]]
id = "Q90"
title = "Paris"
aliases = ["Paname"]
[[layer]]
id = "entity"
[[layer.label]]
id = "PERSON"
[[layer.attribute]]
id = "who"
kind = "entity"
list = "people"
"""


def test_entries_come_from_the_scheme_or_a_file_beside_it(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "lists.stet", scheme=SCHEME)
    entries = Entries(session)
    assert [entry.title for entry in entries.find("places", "pan")] == ["Paris"]
    with pytest.raises(FormatError, match="there is no such list beside the project"):
        entries.find("people", "a")
    people = tmp_path / "people.csv"
    people.write_text("id,title\nQ1,Ana\n", encoding="utf-8")
    assert [entry.id for entry in entries.find("people", "a")] == ["Q1"]
    assert entries.index("people") is entries.index("people")
    people.write_text("id,title\nQ1,Ana\nQ2,Anne\n", encoding="utf-8")
    os.utime(people, (1, 1))
    assert [entry.id for entry in entries.find("people", "an")] == ["Q1", "Q2"]
    with pytest.raises(BadChoice, match="the scheme has no list “animals”; it has: people, places"):
        entries.find("animals", "a")
    session.close()
