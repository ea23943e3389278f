"""Counts what an export of training data contains, part by part, for its manifest and its data card."""

from collections import Counter
from typing import Any

from app.core.document import meta_text
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY

LICENCE_KEYS = ("license", "licence", "rights")
"""The keys of a document's metadata that say under which licence it is."""


class PartCounts:
    """The counts of one part of a split, or of all if there is none."""

    def __init__(self) -> None:
        self.documents = self.records = self.without_marks = self.marks = 0
        self.labels: Counter[str] = Counter()
        self.annotators: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.licences: Counter[str] = Counter()

    def add(self, record: DocumentRecord) -> None:
        """Count a written document with the sets that are written."""
        self.documents += 1
        self.records += len(record.sets)
        said = (meta_text(record.document.meta.get(key)) for key in LICENCE_KEYS)
        self.licences[next((text for text in said if text), "")] += 1
        for item in record.sets:
            self.annotators[item.annotator] += 1
            self.without_marks += not item.annotations
            self.marks += len(item.annotations)
            for mark in item.annotations:
                self.labels[f"{mark.layer}.{mark.label}"] += 1
                if SEVERITY in mark.attributes:
                    self.severities[str(mark.attributes[SEVERITY])] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values, in a fixed order."""
        return {
            "documents": self.documents,
            "records": self.records,
            "records_without_marks": self.without_marks,
            "marks": self.marks,
            "labels": dict(sorted(self.labels.items())),
            "severities": dict(sorted(self.severities.items())),
            "annotators": dict(sorted(self.annotators.items())),
            "licences": dict(sorted(self.licences.items())),
        }
