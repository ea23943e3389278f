"""A format of another package for tests: a folder with a text and a file of annotations for each document."""

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from app.core.record import DocumentRecord
from app.exchange import registry
from app.exchange.format import Claim, Format, Reader, ReadOptions, WriteOptions, Writer
from app.exchange.formats.text import TextReader
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport
from app.exchange.source import Source

NAME = "leaves"


class LeavesReader(Reader):
    """Reads a `.leaf` with the text beside it, or a folder of them."""

    suffixes = (".leaf",)
    is_folder = True
    options = (FormatOption("prefix", "Prefix of names", OptionKind.TEXT, ""),)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        is_ours = any(path.glob("*.leaf")) if path.is_dir() else path.suffix == ".leaf"
        return Claim("of the leaves") if is_ours else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        for leaf in source.files(".leaf"):
            text = source.companion(f"{Path(leaf.name).stem}.txt")
            assert text is not None
            yield from TextReader().read(Source(text.path, f"{options.own['prefix']}{text.name}"), options)


class LeavesWriter(Writer):
    """Writes a text and its labels for each document."""

    suffix = ".leaves"
    is_folder = True
    options = (
        FormatOption("upper", "Capital labels", help="Writes labels in capitals."),
        FormatOption("indent", "Indent", OptionKind.NUMBER, 2),
        FormatOption("order", "Order of labels", OptionKind.CHOICE, "text", ("text", "alphabet")),
        FormatOption("note", "Note", OptionKind.TEXT, ""),
    )

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        for record in records:
            labels = [a.label for item in record.sets for a in item.annotations]
            if not options.own["upper"]:
                labels = [label.lower() for label in labels]
            with output.open(f"{record.document.uid}.txt") as file:
                file.write(record.document.text.encode())
            with output.open(f"{record.document.uid}.leaf") as file:
                file.write(json.dumps(labels, indent=int(options.own["indent"])).encode())
        return LossReport()


FORMAT = Format(NAME, "Folder of leaves", LeavesReader(), LeavesWriter(), summary="a leaf for each text")


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another package bring the format."""
    entry = EntryPoint(NAME, f"{__name__}:FORMAT", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == registry.GROUP else [])
