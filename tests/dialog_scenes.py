"""The dialogs of imports and exports, filled in as people meet them: for pictures, and for tests of how they look."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog

from app.core.wording import sentence, without_shell
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.export_preview import preview_export
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_preview import preview_import
from app.session.session import Session
from app.ui.dialogs.corrected_text import CorrectedTextDialog, CorrectedVersion
from app.ui.dialogs.encoding_choice import EncodingDialog
from app.ui.dialogs.export_dialog import ExportDialog
from app.ui.dialogs.import_preview import ImportPreviewDialog
from app.ui.dialogs.new_project import NewProjectDialog
from app.ui.dialogs.texts import ReportDialog
from tests.conftest import scheme_source

TEXT = "Donald Trump, the US senator, called Ana from Paris.\nThey talked about Europe’s trade for two days 😀.\n"
ANN = (
    "T1\tPerson 0 12\tDonald Trump\nT2\tCity 46 51\tParis\nT3\tOrganisation 37 40\tAna\nT4\tRole 21 28\tsenator\n"
    "A1\tseverity T4 major\n#1\tCorrection T4\tpresident\n#2\tAnnotatorNotes T4\tsee the report\n"
    "R1\tKnows Arg1:T1 Arg2:T3\t\n"
)
RAGTRUTH = (
    '{"id":"1","source_id":"7","model":"m","labels":[{"start":4,"end":10,"text":"senate","meta":"",'
    '"label_type":"Evident Conflict"},'
    '{"start":16,"end":21,"text":"twice","meta":"","label_type":"Subtle Baseless Info"}],'
    '"response":"The senate voted twice on it."}\n'
)


class DialogScenes:
    """Makes the dialogs, in a folder for their files. `close` ends with the project."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session = Session.create(folder / "news.stet", scheme=scheme_source("news-errors"), annotator="ana")
        self._brat(folder / "marked", "one")
        import_files(self._session, [folder / "marked"], annotator="ana", finished=True)

    def close(self) -> None:
        """Close the project."""
        self._session.close()

    def all(self) -> Iterator[tuple[str, Callable[[], QDialog]]]:
        """Yield the dialogs by name."""
        yield "import-labels", lambda: self._preview(self._labels())
        yield "import-errors", lambda: self._preview(self._ragtruth())
        yield "import-annotators", lambda: self._preview(self._unclear_annotators())
        yield "import-table", lambda: self._preview(self._table("a;b;c\n1;One text of several words here;x\n2;Two;y\n"))
        yield "import-unclear", lambda: self._preview(self._table("One, two. Three\nfour\nfive, six, seven, eight\n"))
        yield "import-sheets", lambda: self._preview(self._workbook())
        yield "import-units", lambda: self._preview(self._units())
        yield "import-encoding", self._encoding
        yield "import-report", self._import_report
        yield "export-training", lambda: self._export("training", split="80/20")
        yield "export-project", lambda: self._export("stet")
        yield "export-folder", lambda: self._export("brat")
        yield "export-options", lambda: self._export("token-classification")
        yield "export-report", self._export_report
        yield "corrected-text", self._corrected
        yield "new-project", self._new_project

    def _brat(self, folder: Path, name: str, text: str = TEXT, ann: str = ANN) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        (folder / f"{name}.ann").write_text(ann, encoding="utf-8", newline="")
        return folder

    def _labels(self) -> Path:
        return self._brat(self._folder / "labels", "report", ann=ANN.replace("T2\tCity", "T2\tBig-city"))

    def _ragtruth(self) -> Path:
        folder = self._folder / "ragtruth"
        folder.mkdir(exist_ok=True)
        bad = RAGTRUTH.replace('"end":10', '"end":999').replace('"id":"1"', '"id":"2"')
        (folder / "response.jsonl").write_text(RAGTRUTH + bad, "utf-8")
        (folder / "source_info.jsonl").write_text(
            '{"source_id":"7","task_type":"Summary","source":"x","source_info":"The house voted on it.","prompt":"p"}\n'
        )
        return folder

    def _unclear_annotators(self) -> Path:
        folder = self._folder / "people"
        for person in ("ana", "ben"):
            self._brat(folder / person, "one")
            self._brat(folder / person, "two", text=f"{TEXT}{person}\n")
        return folder

    def _table(self, text: str) -> Path:
        path = self._folder / f"table{len(text)}.csv"
        path.write_text(text, "utf-8")
        return path

    def _workbook(self) -> Path:
        import openpyxl

        book = openpyxl.Workbook()
        book.worksheets[0].append(["Text", "Who"])
        book.worksheets[0].append(["They met in Paris and talked.", "ana"])
        book.create_sheet("Further texts").append(["Text"])
        path = self._folder / "texts.xlsx"
        book.save(path)
        return path

    def _units(self) -> Path:
        path = self._folder / "offsets.jsonl"
        path.write_text(
            '{"text": "😀 Ana met Ben in Paris and told stories.", "label": [[2, 5, "PERSON"], [10, 13, "PERSON"]]}\n',
            "utf-8",
        )
        return path

    def _preview(self, path: Path) -> QDialog:
        dialog = ImportPreviewDialog([path], self._session.scheme, ["ana", "ben"], "ana")
        dialog.show_preview(preview_import(self._session.scheme, [path], ImportChoices(annotator="ana")))
        return dialog

    def _encoding(self) -> QDialog:
        path = self._folder / "latin.txt"
        path.write_bytes("Müller sagte am Dienstag, Größe sei „alles“.\nÜber Nacht.\n".encode("cp1252"))
        return EncodingDialog(path)

    def _import_report(self) -> QDialog:
        report = import_files(self._session, [self._labels()], annotator="ben")
        return ReportDialog("Imported", sentence(report.headline("mark")), list(map(without_shell, report.details())))

    def _export(self, format: str, *, split: str = "") -> QDialog:
        dialog = ExportDialog(
            self._session.path,
            ["ana", "ben"],
            "ana",
            has_gold=True,
            scheme=self._session.scheme,
            preview=lambda request, tell: tell(preview_export(self._session, **request.wanted)),
        )
        dialog.choose_format(format)
        if split:
            dialog.findChild(QComboBox, "export-split").setEditText(split)
        return dialog

    def _export_report(self) -> QDialog:
        done = export_project(self._session, self._folder / "out.csv", format="csv", annotators=["ana"])
        return ReportDialog(
            "Exported", "1 document was written.", [str(each) for each in done.losses], folder=self._folder
        )

    def _corrected(self) -> QDialog:
        (uid,) = self._session.reader.documents.find("one.txt")
        state = self._session.reader.state_of(uid, "ana")
        return CorrectedTextDialog(state.document, [CorrectedVersion("ana", list(state.annotations.values()))])

    def _new_project(self) -> QDialog:
        from app.jobs.tasks.scheme_file import shipped_schemes

        schemes = [(each.title, each.definition, each.path) for each in shipped_schemes()]
        return NewProjectDialog(self._folder, schemes)
