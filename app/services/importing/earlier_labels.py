"""Imported suggestions with labels of an earlier scheme."""

from app.core.scheme_migration import MigrationRules
from app.core.suggestion import Suggested
from app.exchange.report import Report
from app.session.session import Session


class EarlierLabels:
    """Migrates suggestions to the current scheme, and reports it.

    A line of JSONL doesn't say which scheme its suggestions belong to. So one whose label the current scheme has is
    kept unchanged, and any other is migrated from the last scheme that had its label. One whose label was deleted, or
    never existed, is kept and isn't offered.
    """

    def __init__(self, session: Session, report: Report) -> None:
        self._session = session
        self._report = report
        self._steps: dict[tuple[str, str], tuple[MigrationRules, ...]] = {}

    def of(self, item: Suggested) -> Suggested:
        """Return a suggestion migrated to the current scheme. Raises WrongUse for a regular expression that is slow."""
        old = item.suggestion
        place, scheme = (old.layer, old.label), self._session.scheme
        if scheme.label(*place) is not None:
            return item
        steps = self._steps.get(place)
        if steps is None:
            steps = self._steps[place] = self._session.executor.lineage().since_label(*place)
        new = old
        for rules in steps:
            new = rules.suggestion(new)
        if scheme.label(new.layer, new.label) is None:
            what = f"suggestions with labels that the scheme {scheme.tag} doesn't have, kept and not offered"
            self._report.note("suggestion-label", what, ".".join(place))
        else:
            what = f"suggestions with labels of an earlier scheme, updated to {scheme.tag}"
            self._report.note("suggestion-scheme", what, f"{'.'.join(place)} → {new.label}")
        return item.restated(new)
