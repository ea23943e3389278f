"""How reliable the labels of a pipeline are here: what people made of its suggestions, beside what its package says."""

from typing import NamedTuple

from app.core.suggestion_calibration import AnswerTally, MakerVersion
from app.services.suggestions.track_record import TrackRecord
from app.session.session import Session
from app.suggesters.entities import MappedLabel, mapped_labels


class LabelReliability(NamedTuple):
    """A pipeline's label, and the current annotator's answers to its suggestions in this project."""

    mapped: MappedLabel
    answers: AnswerTally

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The label, what it becomes, the precision and recall that the package gives, and what was accepted here."""
        name, label, precision, recall = self.mapped
        answers = f"{self.answers.right:,.0f} of {self.answers.of:,.0f}" if self.answers.of else "–"
        shares = ["–" if share is None else f"{share:.2f}" for share in (precision, recall)]
        return (name, ".".join(label) if label is not None else "not suggested", shares[0], shares[1], answers)


COLUMNS = ("spaCy’s label", "becomes", "precision", "recall", "accepted here")


def label_reliability(session: Session, pipeline: str = "") -> list[LabelReliability]:
    """Return what becomes of the labels of a pipeline, of the preferred one if it isn't named.

    Raises WrongUse if there is no pipeline, or the scheme has no layer for it.
    """
    record = TrackRecord(session)
    record.refresh()
    table = mapped_labels(session.scheme, pipeline)
    maker = MakerVersion(table.maker, table.version)
    none = AnswerTally()
    return [
        LabelReliability(each, record.calibration.answers(maker, each.label) if each.label is not None else none)
        for each in table.labels
    ]
