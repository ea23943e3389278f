"""A lead's look at a project: figure by figure, down to the document, and out as SVG and CSV."""

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.core.annotation import Status
from app.jobs.tasks.insights import count_insights
from app.review.figures.insights import FIGURES
from app.review.figures.scores import ScoreCount
from app.services.review.reviewer import Reviewer
from app.session.session import Session
from app.ui.insights.figure_drawing import hues_of
from app.ui.insights.workspace import InsightsWorkspace
from app.ui.review.workspace import ReviewWorkspace
from tests.driver import Driver
from tests.e2e import projects
from tests.made_once import made_once
from tests.team import spun, team_project


class Lead(Driver):
    """The driver, in the Insights workspace."""

    @property
    def insights(self) -> InsightsWorkspace:
        """The Insights workspace."""
        assert self.window is not None
        assert self.window.desk.spaces is not None
        return self.window.desk.spaces.made["insights"]

    def go(self) -> None:
        """Go to Insights and wait until all is counted."""
        self.press("Ctrl+3")
        self.wait(lambda: self.insights.book.insights is not None and not self.insights.book.is_reading)
        self.settle()

    def show(self, figure: str) -> None:
        """Walk to a figure in the list, by keys."""
        self.insights.figures.list.setFocus()
        self.press("Home")
        for _ in range([about.id for about in FIGURES].index(figure)):
            self.press("Down")
        self.settle()
        assert self.insights.figure.id == figure

    def cells(self) -> tuple[object, ...]:
        """Return the row that is looked at."""
        return self.insights.figure.rows[self.insights.row].cells

    def behind(self) -> list[str]:
        """Return the lines of the list of documents."""
        places = self.insights.behind.places
        return [str(places.index(row, 0).data()) for row in range(places.rowCount())]

    def choose(self, name: str, value: str) -> None:
        """Choose something for the figure."""
        combo = self.insights.findChild(QComboBox, f"insights-{name}")
        combo.setFocus()
        combo.setCurrentIndex(combo.findData(value))
        combo.activated.emit(combo.currentIndex())
        self.settle()

    def save(self, key: str, path: Path) -> None:
        """Save the figure."""
        self.press(key)
        self.dialog("save-figure-dialog")
        self.fill("save-figure-path", str(path))
        self.press("Return")
        self.wait(lambda: self.find_dialog("save-figure-dialog") is None)
        assert self.message() == f"Saved {path}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return timed(tmp_path)


@made_once
def timed(folder: Path) -> Path:
    """Make a project that three annotators have finished, with time measured for one of them."""
    path = folder / "team.stet"
    document = team_project(path)
    session = Session.open(path, annotator="ana")
    session.open_document(document)
    session.remember_place(position=0, seconds=300)
    session.close()
    return path


@pytest.fixture
def stet(qtbot: QtBot, path: Path) -> Iterator[Lead]:
    """Stet on that project, with Lea in front of the figures."""
    driver = Lead(qtbot)
    driver.start(path, annotator="Lea")
    driver.go()
    yield driver
    driver.quit()


def test_insights_opens_on_agreement_and_says_its_n(stet: Lead) -> None:
    assert stet.window.top._spaces["insights"].isChecked()
    assert stet.shown("insights-title") == "Agreement"
    assert "n = 13 marks" in stet.shown("insights-lead")
    assert stet.target() is stet.insights.figures.list
    assert stet.behind() == ["After the call, spun"]


def test_every_figure_is_reached_by_keys_and_drawn(stet: Lead) -> None:
    empty = {
        "overturn": "In Review (Ctrl+2)",
        "relations": "relations between marks",
        "suggestions": "uggest",
        "influence": "uggest",
        "learning": "Train a model…",
    }
    for about in FIGURES:
        stet.show(about.id)
        figure = stet.insights.figure
        assert stet.shown("insights-title") == figure.title
        if about.id in empty:
            assert empty[about.id] in stet.shown("insights-empty")
            assert not stet.insights.plot.isVisible()
            continue
        assert stet.insights.plot.isVisible()
        assert "n = " in stet.shown("insights-lead")
        assert stet.insights.behind.table.model().rowCount() == len(figure.rows)
        assert stet.behind()
        stet.press("Return")
        assert stet.target() is stet.insights.plot
        stet.press("Right", "Down")
        assert stet.insights.plot.accessibleDescription()


def test_error_scores_by_a_key_of_the_metadata(stet: Lead, path: Path) -> None:
    stet.show("score")
    assert stet.insights.findChild(QComboBox, "insights-by") is None, "no document has metadata"
    session = Session.open(path, write=False)
    record, scheme = session.reader.record(spun(session)), session.scheme
    session.close()
    document = msgspec.structs.replace(record.document, meta={"system": "A"})
    stet.insights.book.insights.scores = scores = ScoreCount(scheme)
    scores.add(record._replace(document=document))
    stet.show("labels")
    stet.show("score")
    combo = stet.insights.findChild(QComboBox, "insights-by")
    assert [combo.itemText(at) for at in range(combo.count())] == ["document", "system"]
    key = "meta.system"
    stet.choose("by", key)
    assert stet.insights.figure.axes.down == key
    assert "without gold" in stet.shown("insights-lead")
    assert stet.cells()[1] == "ana"
    assert stet.behind() == ["After the call, spun, ana"]
    stet.show("overturn")
    stet.show("score")
    assert stet.insights.figure.axes.down == key, "the choice is remembered"


def test_the_arrows_walk_through_the_cells_and_the_table_follows(stet: Lead) -> None:
    stet.press("Return")
    assert stet.cells()[:2] == ("ana", "ben")
    stet.press("Right")
    assert stet.cells()[:2] == ("ana", "cara")
    stet.press("Down")
    assert stet.cells()[:2] == ("ben", "cara")
    assert stet.insights.behind.table.currentIndex().row() == stet.insights.row
    stet.press("Left", "Up", "Left")
    assert stet.cells()[0] in ("ana", "ben")


def test_a_click_on_a_cell_leads_to_its_group_in_review(stet: Lead) -> None:
    stet.show("confusion")
    stet.choose("pair", "ana,cara")
    at = next(n for n, row in enumerate(stet.insights.figure.rows) if row.cells[:2] == ("TORTURED_TERM", "PREDICATE"))
    plot = stet.insights.panel.plot
    place = plot.picture.rect_of(at).center().toPoint()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert stet.insights.row == at
    assert stet.behind() == ["“restricted slave trade” – “slave trade”, ana · After the call, spun"]
    QTest.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=place)
    stet.settle()
    assert stet.window.top._spaces["review"].isChecked()
    review = stet.window.findChild(ReviewWorkspace)
    stet.wait(lambda: review.book.is_loaded)
    stet.wait(lambda: review.entry is not None)
    quotes = {version.quote for version in review.entry.group.versions.values()}
    assert "restricted slave trade" in quotes
    stet.press("Ctrl+3")
    assert stet.insights.figure.id == "confusion"
    stet.show("agreement")
    stet.press("Return", "Return", "Return")
    stet.settle()
    assert stet.window.top._spaces["review"].isChecked()


def test_a_mark_of_another_is_selected_as_text(stet: Lead) -> None:
    stet.show("labels")
    rows = stet.insights.figure.rows
    at = next(n for n, row in enumerate(rows) if row.cells[:2] == ("TORTURED_TERM", "ana"))
    stet.insights.choose_row(at)
    stet.insights.plot.setFocus()
    stet.press("Return", "Return")
    assert stet.window.top._spaces["annotate"].isChecked()
    assert stet.selected == "restricted slave trade", "Ana's mark isn't Lea's, so its words are selected"


def test_figures_are_of_what_meets_the_conditions_typed(stet: Lead) -> None:
    line = stet.window.findChild(QLineEdit, "insights-conditions")
    assert line.isVisible()
    whole = stet.shown("insights-lead")
    tag = stet.session.scheme.tag

    def type_in(text: str) -> None:
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        stet.wait(lambda: not stet.insights.book.is_reading)
        stet.settle()

    type_in(f"name=After*, scheme={tag}")
    assert f"only name=After*, scheme={tag}" in stet.shown("insights-notes")
    assert stet.shown("insights-lead") == whole
    type_in("finished<2020-01-01")
    assert "n = 0" in stet.shown("insights-lead") or stet.insights.figure.missing
    type_in("scheme=nope@9")
    assert "No one's work is of the scheme “nope@9”" in stet.message()
    assert stet.insights.book.conditions == ("finished<2020-01-01",), "the figures stay"
    type_in("colour=red")
    assert "“colour=red” isn’t a condition. Write one such as status=open" in stet.message().replace("'", "’")
    line.clear()
    stet.wait(lambda: not stet.insights.book.is_reading)
    stet.settle()
    assert stet.shown("insights-lead") == whole
    stet.show("labels")
    assert not line.isVisible()


def test_ones_own_mark_is_chosen(qtbot: QtBot, path: Path) -> None:
    driver = Lead(qtbot)
    driver.start(path, annotator="ben")
    driver.go()
    driver.show("labels")
    rows = driver.insights.figure.rows
    driver.insights.choose_row(next(n for n, row in enumerate(rows) if row.cells[:2] == ("PLACE_CIRCUMSTANCE", "ben")))
    driver.press("Return", "Return")
    assert driver.chosen is not None
    assert driver.chosen.quote == "Far East"
    driver.quit()


def test_several_documents_are_listed_and_opened_by_enter(stet: Lead) -> None:
    stet.show("progress")
    at = next(n for n, row in enumerate(stet.insights.figure.rows) if row.cells[:2] == ("ana", "untouched"))
    stet.insights.choose_row(at)
    stet.insights.plot.setFocus()
    stet.press("Return")
    assert stet.target() is stet.insights.behind.list
    assert len(stet.behind()) == 2
    stet.press("Down", "Return")
    assert stet.document == stet.session.reader.documents.name_of(stet.insights.behind.places.place(1).document)


def test_a_picture_is_saved_as_svg_with_its_numbers(stet: Lead, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for figure in ("agreement", "labels", "days", "time"):
        with subtests.test(figure=figure):
            stet.show(figure)
            out = tmp_path / f"{figure}.svg"
            stet.save("Ctrl+Shift+P", out)
            tree = ElementTree.parse(out)
            words = "".join(tree.getroot().itertext())
            assert stet.insights.figure.title in words
            assert "ana" in words
            assert "n = " in words.replace("\n", " ")
            assert len(list(tree.iter("{http://www.w3.org/2000/svg}text"))) > 4
            drawn = [*tree.iter("{http://www.w3.org/2000/svg}path"), *tree.iter("{http://www.w3.org/2000/svg}rect")]
            assert len(drawn) > 2


def test_data_is_saved_as_csv_and_copied(stet: Lead, tmp_path: Path) -> None:
    stet.show("severity")
    out = tmp_path / "severity.csv"
    stet.save("Ctrl+Shift+S", out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = {(row["annotator"], row["severity"]): int(row["marks"]) for row in csv.DictReader(file)}
    assert found["ben", "major"] == 4
    assert found["ana", "critical"] == 1
    stet.press("Ctrl+Shift+C")
    assert QGuiApplication.clipboard().text().startswith("Annotator\tSeverity\tMarks")
    stet.press("Ctrl+Shift+S")
    stet.dialog("save-figure-dialog")
    stet.fill("save-figure-path", str(stet.session.path))
    stet.press("Return")
    complaint = stet.dialog("save-figure-dialog").findChild(QLabel, "save-figure-dialog-complaint")
    assert "project file itself" in complaint.text()
    before = out.read_bytes()
    out.write_text("old")
    stet.fill("save-figure-path", str(out))
    stet.press("Return")
    assert out.read_text() == "old", "it asks first"
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("save-figure-dialog") is None)
    assert out.read_bytes() == before


def test_names_are_hidden_on_the_screen_and_in_files(stet: Lead, tmp_path: Path) -> None:
    for figure in ("agreement", "confusion", "progress", "days"):
        stet.show(figure)
        if not stet.insights.figures.names.isChecked():
            stet.press("Alt+N")
        combos = stet.insights.findChildren(QComboBox)
        shown = [label.text() for label in stet.insights.findChildren(QLabel)] + stet.behind()
        shown += [combo.itemText(n) for combo in combos for n in range(combo.count())]
        assert not any(name in f" {text} ".replace(",", " ") for text in shown for name in (" ana ", " ben ", " cara "))
    stet.save("Ctrl+Shift+S", tmp_path / "days.csv")
    assert "annotator 1" in (tmp_path / "days.csv").read_text(encoding="utf-8")
    stet.press("Alt+N")
    assert stet.insights.figure.rows[0].cells[1] == "ana"


def test_a_change_makes_it_old_until_it_is_counted_anew(stet: Lead) -> None:
    notice = stet.window.findChild(QLabel, "insights-old")
    assert not notice.isVisible()
    stet.press("Ctrl+1")
    stet.session.open_document(spun(stet.session))
    stet.session.set_status(Status.DONE_EMPTY)
    stet.press("Ctrl+3")
    assert notice.isVisible()
    assert "of 1 finished document" in stet.shown("insights-lead")
    stet.show("progress")
    before = len(stet.insights.figure.rows)
    stet.press("F5")
    stet.wait(lambda: not stet.insights.book.is_reading)
    stet.settle()
    assert not notice.isVisible()
    assert len(stet.insights.figure.rows) > before


def test_light_and_dark(stet: Lead) -> None:
    for figure in ("agreement", "days"):
        stet.show(figure)
        plot = stet.insights.plot
        target = plot.view.viewport() if figure == "days" else plot
        shades = []
        for _ in range(2):
            stet.settle()
            image = target.grab().toImage()
            shades.append(image.pixelColor(image.width() - 3, 3).lightness())
            stet.press("Ctrl+Shift+D")
        assert max(shades) > 200
        assert min(shades) < 80


def test_days_and_times_are_chosen_by_a_click(stet: Lead) -> None:
    for figure in ("days", "time"):
        stet.show(figure)
        chart = stet.insights.plot
        last = len(stet.insights.figure.rows) - 1
        spot = next(spot for spot in chart._spots if spot.row == last)
        assert abs(spot.rect.x()) < 10_000, "an SVG file has six digits for a number"
        place = chart._box.mapViewToScene(spot.rect.center()).toPoint()
        chart.choose(-1)
        stet.insights.row = -1
        QTest.mouseClick(chart.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
        assert stet.insights.row == last


def test_what_is_wider_than_the_window_is_scrolled_to(stet: Lead) -> None:
    stet.window.resize(900, 620)
    stet.show("confusion")
    stet.press("Return")
    for _ in range(8):
        stet.press("Right")
    plot, frame = stet.insights.panel.plot, stet.insights.panel.frame
    assert plot.width() > frame.viewport().width()
    rect = plot.picture.rect_of(stet.insights.row).toRect()
    shown = plot.visibleRegion().boundingRect()
    assert shown.contains(rect.center())


def test_f6_goes_round(stet: Lead) -> None:
    panes = stet.insights.panes()
    seen = []
    for _ in panes:
        stet.press("F6")
        seen.append(stet.target())
    assert set(seen) == set(panes)


def test_undo_is_for_the_other_workspaces(stet: Lead) -> None:
    stet.press("Ctrl+Z")
    assert "There is nothing to undo here" in stet.message()
    assert stet.session.executor.load(spun(stet.session), "ana").status is Status.DONE


def test_an_empty_project_says_what_is_missing(qtbot: QtBot, tmp_path: Path) -> None:
    driver = Lead(qtbot)
    driver.start(projects.make(tmp_path), annotator="Lea")
    driver.go()
    for about in FIGURES:
        driver.show(about.id)
        assert driver.insights.figure.missing
        assert driver.shown("insights-empty") == driver.insights.figure.missing
    driver.press("Ctrl+Shift+P")
    assert driver.message() == "There is nothing to save yet."
    assert driver.find_dialog("save-figure-dialog") is None
    driver.quit()


def test_closing_while_it_counts_leaves_nothing_behind(qtbot: QtBot, path: Path) -> None:
    driver = Lead(qtbot)
    driver.start(path, annotator="Lea")
    driver.press("Ctrl+3")
    driver.quit()


def test_each_annotator_has_one_colour_in_all_figures(tmp_path: Path) -> None:
    team_project(tmp_path / "team.stet")
    session = Session.open(tmp_path / "team.stet")
    try:
        found = count_insights(session)
    finally:
        session.close()
    drawn = {about.id: found.figure(about.id) for about in FIGURES}
    hues = [hues_of(drawn["days"], "annotator", {}), hues_of(drawn["labels"], "annotator", {"gold": "#777777"})]
    assert len(set(hues[0].values())) == 3
    for name, hue in hues[0].items():
        assert {by.get(name, hue) for by in hues} == {hue}


def test_what_review_did_opens_in_review(qtbot: QtBot, path: Path) -> None:
    driver = Lead(qtbot)
    driver.start(path, annotator="Lea")
    reviewing = Reviewer(driver.session)
    (sheet,) = reviewing.sheets()
    group = next(found for found in sheet.groups if found.labels == ("PLACE_CIRCUMSTANCE",))
    for found in sheet.groups:
        reviewing.take(found, {"label": found.sources[0]})
    driver.go()
    for figure, cells in (("overturn", ("ben", "kept")), ("labels", ("PLACE_CIRCUMSTANCE", "gold"))):
        driver.show(figure)
        rows = driver.insights.figure.rows
        driver.insights.choose_row(next(n for n, row in enumerate(rows) if row.cells[:2] == cells))
        driver.press("Return", "Return")
        if driver.target() is driver.insights.behind.list:
            at = next(n for n, words in enumerate(driver.behind()) if "Far East" in words)
            driver.insights.behind.list.setCurrentIndex(driver.insights.behind.places.index(at))
            driver.press("Return")
        spaces = driver.window.desk.spaces
        assert spaces.current == "review"
        driver.wait(lambda made=spaces.made["review"]: made.book.is_loaded)
        driver.settle()
        assert spaces.made["review"].entry.group.key == group.key
        driver.press("Ctrl+3")
    driver.quit()
