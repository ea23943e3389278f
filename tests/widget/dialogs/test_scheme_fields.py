"""The scheme window has a field for every key that a scheme file can have."""

from app.core.scheme import Attribute, EntityList, Entry, Label, Layer, RelationType, Scheme, Severity, Value
from app.core.scheme_file import KEYS_OF
from app.ui.dialogs.scheme_fields import FIELDS, EntryKind

KINDS = {
    **{"": Scheme, "severity": Severity, "layer": Layer, "label": Label, "attribute": Attribute, "value": Value},
    **{"relation": RelationType, "list": EntityList, "entry": Entry},
}
TABLES = {
    **{"": {"severity", "layer", "relation", "list"}, "layer": {"label", "attribute"}, "attribute": {"value"}},
    **{"relation": {"attribute"}, "list": {"entry"}},
}


def test_every_key_of_the_file_has_a_field() -> None:
    assert set(KINDS.values()) == set(KEYS_OF)
    assert set(KINDS) == set(FIELDS)
    for kind, table in KINDS.items():
        wanted = set(KEYS_OF[table]) - TABLES.get(kind, set()) - {"version"}  # it is counted up when it is applied
        assert {field.key for field in FIELDS[kind]} == wanted, kind


def test_no_field_is_there_twice() -> None:
    for kind, fields in FIELDS.items():
        assert len({field.key for field in fields}) == len(fields), kind
        assert len({field.title for field in fields}) == len(fields), kind
        assert all(field.note == "" for field in fields if field.entry is EntryKind.FLAG), kind
