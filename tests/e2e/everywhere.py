"""A sitting that goes through every workspace and dialog: the driver, and the project that it needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.actions.catalogue import CATALOGUE
from tests.e2e.test_insights import Lead
from tests.e2e.test_review import ReviewDriver
from tests.team import team_project

ASKING = tuple(spec.id for spec in CATALOGUE if spec.title.endswith("…"))
"""The actions that open a dialog to ask something."""


class Person(ReviewDriver, Lead):
    """The driver, in every workspace: `go` goes to Review."""

    def to_insights(self) -> None:
        """Go to Insights and wait until all is counted."""
        Lead.go(self)


@contextmanager
def team_window(qtbot: QtBot, folder: Path) -> Iterator[Person]:
    """Give Stet on a project that three annotators have finished, ana's document open."""
    path = folder / "team.stet"
    document = team_project(path)
    driver = Person(qtbot)
    driver.start(path, annotator="ana")
    driver.workspace.open_document(document)
    try:
        yield driver
    finally:
        driver.quit()
