"""The report of an import, in numbers and in words."""

from typing import Any, NamedTuple

import msgspec

from app.core.errors import StetError
from app.core.wording import counted, in_window
from app.exchange.label_map import How, Mapped
from app.exchange.report import Report
from app.jobs.tasks.input_readers import FoundFormat
from app.services.importing.document_import import ImportResult


class ImportReport(NamedTuple):
    """What an import did: `brought` in numbers, `errors` what was left out and why, `report` further findings.

    `bad` counts records that were left out, `unread` files; of the errors, the first thousand are kept. `labels` says
    what the names of a foreign file became, `formats` what the files were taken for.
    """

    brought: ImportResult
    errors: tuple[StetError, ...]
    bad: int
    unread: int
    report: Report
    dry_run: bool
    labels: tuple[Mapped, ...] = ()
    formats: tuple[FoundFormat, ...] = ()

    def headline(self, noun: str = "annotation") -> str:
        """Return in one line what was imported; `noun` is what annotations are called in it."""
        done = self.brought
        parts = (
            (done.documents, "new document", ""),
            (done.annotations + done.added, noun, ""),
            (done.decisions, "decision", ""),
            (done.suggestions, "suggestion", ""),
            (done.extended, "document", " extended"),
            (done.linked, "reference", " linked"),
            (done.already, "document", " already there"),
            (self.bad, "bad record", " skipped"),
            (self.unread, "file", " not read"),
        )
        text = ", ".join(f"{counted(count, what)}{then}" for count, what, then in parts if count) or "nothing"
        return f"{'would import' if self.dry_run else 'imported'} {text}"

    def format_lines(self) -> list[str]:
        """Return what files were taken for and why, a line each, where somebody may wonder."""
        found = [each for each in self.formats if each.why and each.name not in ("stet", "text")]
        return [f"{counted(each.files, 'file')} read as {each.title}, because {each.why}" for each in found]

    def label_lines(self) -> list[str]:
        """Return what names of a foreign file became, a line each, where it isn't the same name."""
        lines: list[str] = []
        for each in self.labels:
            if each.how is How.SAME and each.source.rpartition(".")[2] == each.target.rpartition(".")[2]:
                continue
            lines.append(f"{each.what} “{each.source}” → {each.target or 'nothing'} ({each.how}): {each.count:,}")
        return lines

    def details(self) -> list[str]:
        """Return for the window the further findings, then what was skipped, one per line."""
        rest = self.bad + self.unread - len(self.errors)
        more = [f"and {rest:,} more"] if rest > 0 else []
        return [*self.format_lines(), *self.label_lines(), *map(str, self.report), *map(in_window, self.errors), *more]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        numbers = {key: value for key, value in self.brought._asdict().items() if key != "report"}
        errors = [
            {"path": str(e.path) if e.path is not None else None, "line": e.line, "what": e.what, "hint": e.hint}
            for e in self.errors
        ]
        return {
            **numbers,
            "dry_run": self.dry_run,
            "bad": self.bad,
            "unread": self.unread,
            "errors": errors,
            "formats": [msgspec.structs.asdict(each) for each in self.formats],
            "labels": [msgspec.structs.asdict(each) for each in self.labels],
            "notes": self.report.as_list(),
        }
