"""Formats of other packages: they come in by name, and a broken one hurts nobody."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from app import paths
from app.core.errors import FormatError
from app.exchange import json_records, registry
from app.exchange.format import Format, Reader, Writer
from app.exchange.formats.text import TextReader
from app.exchange.option import FormatOption, OptionKind
from app.exchange.registry import Registry

OURS = [entry.name for entry in registry.BUILT_IN]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Let the package `foreign` bring formats."""
    module = ModuleType("foreign")
    module.good = Format("good", "A good one", TextReader())  # type: ignore[attr-defined]
    module.twice = Format("text", "A second text", TextReader())  # type: ignore[attr-defined]
    module.empty = Format("empty", "Does nothing")  # type: ignore[attr-defined]
    module.thing = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "foreign", module)
    points = [
        EntryPoint(name, value, registry.GROUP)
        for name, value in (
            ("good", "foreign:good"),
            ("gone", "foreign:gone"),
            ("lost", "no_such_package.at_all:x"),
            ("text", "foreign:twice"),
            ("empty", "foreign:empty"),
            ("thing", "foreign:thing"),
        )
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == registry.GROUP else [])
    return module


def test_our_own_formats_come_first(entries: ModuleType) -> None:
    assert [item.name for item in Registry().all()] == [*OURS, "good"]


def test_a_format_of_another_package_is_found_by_name(entries: ModuleType) -> None:
    assert Registry().get("good").title == "A good one"


def test_broken_ones_are_named_with_the_reason(entries: ModuleType) -> None:
    found = {item.name: item.reason for item in Registry().broken()}
    assert list(found) == ["gone", "lost", "text", "empty", "thing"]
    assert found["gone"].startswith("AttributeError")
    assert found["lost"].startswith("ModuleNotFoundError")
    assert found["text"] == "a format “text” already exists"
    assert "doesn't name a Format" in found["empty"]
    with pytest.raises(FormatError, match="the format “lost” of .* can't be loaded"):
        Registry().get("lost")


def test_our_own_formats_need_no_look_at_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: pytest.fail("looked"))
    assert Registry().get("stet").writer


_SUFFIXES = "suffixes that aren't a tuple of lower-case texts with a point"


class _Part(Reader):
    def read(self, source, options):
        return iter(())


class _NoFlag(_Part):
    is_folder = "yes"  # type: ignore[assignment]


class _Suffix(_Part):
    suffixes = ("TXT",)


class _Twice(_Part):
    options = (FormatOption("a", "A"), FormatOption("a", "A"))


class _Default(_Part):
    options = (FormatOption("a", "A", OptionKind.CHOICE, "z", ("x", "y")),)


class _Raises(_Part):
    @property
    def suffixes(self):
        raise RuntimeError("no licence")


class _Short(Writer):
    suffix = "json"


class _Others(Writer):
    other_suffixes = ("CSV",)


class _Wordless:
    suffix = ""


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (Format("", "Nameless", TextReader()), "its name isn't printable text"),
        (Format("x", "  ", TextReader()), "its title isn't printable text"),
        (Format("x", "X", _NoFlag()), "its reader has a value of is_folder that isn't true or false"),
        (Format("x", "X", _Suffix()), f"its reader has {_SUFFIXES}"),
        (Format("x", "X", _Twice()), "its reader has two options “a”"),
        (Format("x", "X", _Default()), "its reader has an option “a” whose name or default is invalid"),
        (Format("x", "X", _Raises()), "RuntimeError: no licence"),
        (Format("x", "X", object()), "its reader has no claims()"),  # type: ignore[arg-type]
        (Format("x", "X", None, _Short()), "its writer has a suffix that isn't lower-case text with a point"),
        (Format("x", "X", None, _Others()), f"its writer has other {_SUFFIXES}"),
        (Format("x", "X", None, _Wordless()), "its writer has no write()"),  # type: ignore[arg-type]
    ],
)
def test_what_an_entry_point_brings_is_checked(monkeypatch: pytest.MonkeyPatch, made: Format, reason: str) -> None:
    module = ModuleType("foreign")
    module.made = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "foreign", module)
    entry = EntryPoint("made", "foreign:made", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    found = Registry()
    assert [item.reason for item in found.broken()] == [reason]
    assert [item.name for item in found.all()] == OURS


@pytest.mark.parametrize(
    ("name", "format"),
    [
        *(("a.csv", "csv"), ("A.TSV", "csv"), ("a.xlsx", "xlsx"), ("a.spacy", "spacy"), ("a.conll", "conll")),
        *(("a.training.jsonl", "training"), ("a.export.jsonl", "stet"), ("a.jsonl", None), ("a.json", None)),
        *(("a", None), ("-", None), ("csv", None), ("a.csv.gz", None)),
    ],
)
def test_the_name_of_an_output_says_its_format(name: str, format: str | None) -> None:
    found = Registry().for_output(Path(name))
    assert (found.name if found is not None else None) == format


def test_readers_and_writers_are_told_apart(entries: ModuleType) -> None:
    found = Registry()
    assert [item.name for item in found.readers()] == [*(name for name in OURS if Registry().get(name).reader), "good"]
    assert [item.name for item in found.writers()] == [name for name in OURS if Registry().get(name).writer]


def test_our_own_formats_keep_the_rules_and_have_help() -> None:
    help_pages = paths.resources() / "help"
    for item in Registry().all():
        assert registry._problem(item) == ""
        assert item.summary
        assert (help_pages / item.help_page).is_file()


def test_a_format_loads_no_other_one() -> None:
    code = "import sys; from app.exchange.registry import Registry; Registry().get('text'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "app.exchange.formats.text" in loaded
    assert not any(name.startswith("app.exchange.formats.stet_jsonl") for name in loaded)


@pytest.mark.parametrize("end", ["\n", '\n{"text": "b"}\n', ""])
def test_a_long_first_line_is_read_once_for_all_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text('{"text": "' + "word " * 40_000 + '", "entities": [[0, 4, "WORD"]]}' + end)
    decoded: list[int] = []
    decode = json_records._object_of
    monkeypatch.setattr(json_records, "_object_of", lambda line: decoded.append(len(line)) or decode(line))
    Registry().for_file(path)
    assert sum(length > 1000 for length in decoded) == 1
    assert json_records._long_objects.cache_info().currsize == 0
