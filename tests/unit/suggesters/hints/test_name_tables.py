"""The tables of countries, names and roles that ship with Stet have the shape that the rules rely on."""

from collections import Counter

from app import paths
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.role_table import conflicting_families, role_table


def test_countries_have_their_people_and_their_capitals() -> None:
    tables = name_tables()
    assert [country.name for country in tables.of_country(("us",))] == ["United States"]
    assert [country.name for country in tables.people[("dutch",)]] == ["Netherlands"]
    assert [country.name for country in tables.capitals[("kremlin",)]] == ["Russia", "Soviet Union"]
    assert {country.kind for some in tables.countries.values() for country in some} == {"", "part", "wide"}
    assert not tables.given["mike"].isdisjoint(tables.given["michael"])


def test_each_line_of_countries_has_four_or_five_parts() -> None:
    lines = (paths.resources() / "names" / "countries.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.count("|") for line in lines} == {3, 4}
    assert [name for name, times in Counter(line.split("|")[0] for line in lines).items() if times > 1] == []


def test_a_role_has_one_usual_name_in_a_family() -> None:
    ambiguous = {
        role: families
        for role, families in role_table().families.items()
        if len(dict.fromkeys(family for family, _ in families)) < len(dict.fromkeys(families))
    }
    assert set(ambiguous) <= {("chancellor",)}  # of a country, or of the exchequer


def test_roles_exclude_each_other_within_a_family_only() -> None:
    families = role_table().families
    senator, president, singer = families[("senator",)], families[("president",)], families.get(("singer",), ())
    assert conflicting_families(senator, president) == {"office"}
    assert not conflicting_families(families[("premier",)], families[("prime", "minister")])
    assert not conflicting_families(president, families[("goalkeeper",)])
    assert not conflicting_families(president, singer)
