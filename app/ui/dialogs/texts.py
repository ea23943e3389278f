"""Dialogs that only show text: the guideline and reports of jobs."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QTreeWidget, QTreeWidgetItem, QWidget

from app.core.scheme import Layer, Scheme
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import literal, plain


class ReportDialog(FormDialog):
    """Shows what was done, with details to read and copy."""

    def __init__(self, title: str, lead: str, details: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__("report-dialog", title, accept="Close", parent=parent)
        self.setMinimumWidth(520)
        self.body.addWidget(plain(lead, wrap=True, name="report-lead"))
        if details:
            shown = QPlainTextEdit()
            shown.setObjectName("report-details")
            shown.setAccessibleName("Details")
            shown.setReadOnly(True)
            shown.setPlainText("\n".join(details))
            shown.setMinimumHeight(180)
            self.body.addWidget(shown, 1)


class GuidelineDialog(FormDialog):
    """The scheme as a guideline: layers, labels with keys, definitions and examples, tie rules."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__("guideline-dialog", f"{scheme.title} ({scheme.tag})", accept="Close", parent=parent)
        self.resize(1120, 680)
        if scheme.definition:
            self.body.addWidget(plain(scheme.definition, wrap=True, tone="soft"))
        tree = QTreeWidget()
        tree.setObjectName("guideline-tree")
        tree.setAccessibleName("Labels and rules")
        tree.setHeaderLabels(["Label", "Key", "What it means", "Example", "Requires"])
        for layer in scheme.layers:
            self._add_layer(tree, layer)
        if scheme.severities:
            top = QTreeWidgetItem(tree, ["Severity"])
            for number, severity in enumerate(scheme.severities):
                title = f"{severity.title} {severity.sign}".strip()
                row = [title, f"Alt+{number}", severity.definition, "", f"weight {severity.weight:g}"]
                QTreeWidgetItem(top, row)
        if scheme.tie_rules:
            top = QTreeWidgetItem(tree, ["When several labels fit, the first matching rule applies"])
            top.setFirstColumnSpanned(True)
            for number, text in enumerate(scheme.tie_rules, 1):
                item = QTreeWidgetItem(top, [f"{number}. {text}"])
                item.setFirstColumnSpanned(True)
                item.setToolTip(0, literal(text))
        tree.expandAll()
        for column, width in enumerate((220, 60, 430, 190, 150)):
            tree.setColumnWidth(column, width)
        self.body.addWidget(tree, 1)

    @staticmethod
    def _add_layer(tree: QTreeWidget, layer: Layer) -> None:
        top = QTreeWidgetItem(tree, [layer.title, layer.key])
        for label in layer.labels:
            row = [label.title, label.key, label.definition, label.example, ", ".join(label.required)]
            item = QTreeWidgetItem(top, row)
            for column, text in enumerate(row):
                item.setToolTip(column, literal(text))
