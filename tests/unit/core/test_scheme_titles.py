"""Texts of a scheme name labels by their titles."""

import pytest

from app.core.scheme_file import parse_scheme
from tests.conftest import SHIPPED, scheme_source

SCHEME = parse_scheme(
    """
name = "mine"
version = 1
title = "Mine"

[[layer]]
id = "entity"

[[layer.label]]
id = "GPE"
title = "Country, city, state"

[[layer.label]]
id = "GPE-2"
title = "Old state"

[[layer.label]]
id = "time"
title = "Time of day"

[[layer.label]]
id = "work_of_art"
title = "Title of a work"
"""
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A country is GPE.", "A country is “Country, city, state”."),
        ("“GPE” before all", "“Country, city, state” before all"),
        ("GPE-2, not GPES or XGPE", "“Old state”, not GPES or XGPE"),
        ("a work_of_art each time", "a “Title of a work” each time"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_ids_of_labels_become_titles(text: str, shown: str) -> None:
    assert SCHEME.in_titles(text) == shown


def test_no_tie_rule_that_ships_shows_an_id() -> None:
    for name in SHIPPED:
        scheme = parse_scheme(scheme_source(name))
        titles = {label.id: label.title for layer in scheme.layers for label in layer.labels}
        shown = " ".join(map(scheme.in_titles, scheme.tie_rules))
        for uid, title in titles.items():
            assert uid == title or uid not in shown.replace(title, ""), (name, uid)
