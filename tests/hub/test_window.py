"""Three windows and one hub: annotators mark while a reviewer looks on, and each sees what the others do."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.hub import credentials
from app.jobs.tasks import hub as tasks
from tests.driver import Driver
from tests.hub.authority import PASSWORD, Authority, TlsServer
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import opened, quotes

Start = Callable[[str], Driver]


@pytest.fixture
def wary(server: TlsServer, authority: Authority, alone: None, monkeypatch: pytest.MonkeyPatch) -> TlsServer:
    """A server that wants passwords, of an authority that the system trusts."""
    server.show(authority.certificate("localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return server


@pytest.fixture
def start(qtbot: QtBot, hub: TeamAtHub) -> Iterator[Start]:
    """Start a window on somebody's project; all are closed at the end."""
    drivers: list[Driver] = []

    def begin(who: str) -> Driver:
        driver = Driver(qtbot)
        drivers.append(driver)
        driver.start(hub.project(who), annotator=who)
        return driver

    yield begin
    for driver in drivers:
        driver.quit()


def _sign(driver: Driver) -> str:
    return driver.window.status.hub.text()


def _until(driver: Driver, condition: Callable[[], bool]) -> None:
    driver.qtbot.waitUntil(condition, timeout=20_000)


def _marked(driver: Driver, document: str, who: str) -> list[str]:
    """Return what a window's own project has of somebody's marks, while it is open."""
    for record in driver.session.reader.records(with_text=False):
        if record.document.name == document:
            return [a.quote for item in record.sets if item.annotator == who for a in item.annotations]
    return []


def _mark(driver: Driver, document: str, words: str) -> None:
    (uid,) = driver.session.reader.documents.find(document)
    driver.workspace.open_document(uid)
    driver.settle()
    driver.focus_text()
    driver.mark(words, "F2", "3")


def _press_in_dialog(driver: Driver, name: str) -> None:
    driver.window.status.hub.click()
    driver.dialog("hub-dialog").findChild(QPushButton, name).click()
    driver.wait(lambda: driver.find_dialog("hub-dialog") is None)


def test_three_windows_work_with_one_hub(hub: TeamAtHub, start: Start) -> None:
    hub.sql("UPDATE hub SET annotators = 2")
    for who in ("ana", "ben"):
        hub.join(who, take=3)
    hub.join("rob", "reviewer")
    ana, ben, rob = (start(who) for who in ("ana", "ben", "rob"))
    for driver in (ana, ben, rob):
        _until(driver, lambda driver=driver: _sign(driver) == "Hub: live")
    _mark(ana, "spun.txt", "Kyiv")
    _until(rob, lambda: _marked(rob, "spun.txt", "ana") == ["Kyiv"])
    _mark(ben, "spun.txt", "Vladimir Puttin")
    _until(rob, lambda: _marked(rob, "spun.txt", "ben") == ["Vladimir Puttin"])
    for driver in (ana, ben):
        driver.press("Ctrl+Return")
    _until(rob, lambda: len(hub.sql("SELECT 1 FROM work WHERE status = 'done'")) == 2)
    assert _marked(ben, "spun.txt", "ana") == []
    # By name: three windows of one process share the key. The document is opened again; what came in stays.
    ana.palette("Undo")
    _until(rob, lambda: len(hub.sql("SELECT 1 FROM work WHERE status = 'open'")) == 1)
    for driver in (ana, ben, rob):
        driver.quit()
    assert quotes(hub.project("rob"), "ana") == {"spun.txt": ["Kyiv"]}


def test_one_works_offline_and_goes_online_again(hub: TeamAtHub, start: Start) -> None:
    hub.join("ana", take=3)
    ana = start("ana")
    _until(ana, lambda: _sign(ana) == "Hub: live")
    _press_in_dialog(ana, "hub-offline")
    _until(ana, lambda: _sign(ana) == "Hub: working offline")
    _mark(ana, "spun.txt", "Kyiv")
    _until(ana, lambda: _sign(ana) == "Hub: working offline, 1 waiting")
    assert hub.sql("SELECT 1 FROM work") == []
    _press_in_dialog(ana, "hub-offline")
    _until(ana, lambda: _sign(ana) == "Hub: live")
    _until(ana, lambda: len(hub.sql("SELECT 1 FROM work")) == 1)


def test_a_server_that_goes_away_is_said_and_comes_back(hub: TeamAtHub, start: Start) -> None:
    hub.move(Postgres())
    hub.join("ana", take=3)
    ana = start("ana")
    _until(ana, lambda: _sign(ana) == "Hub: live")
    hub.server.stop()
    try:
        _mark(ana, "spun.txt", "Kyiv")
        _until(ana, lambda: _sign(ana).startswith("Hub: offline since"))
        assert "1 waiting" in _sign(ana)
        assert "can't be reached" in ana.window.desk.team.hub.link.sign.why
        assert _marked(ana, "spun.txt", "ana") == ["Kyiv"]
    finally:
        hub.server.start()
    _until(ana, lambda: _sign(ana) == "Hub: live")
    _until(ana, lambda: len(hub.sql("SELECT 1 FROM work")) == 1)
    ana.quit()
    hub.server.remove()


def test_a_hub_is_made_and_joined_in_the_window(hub: TeamAtHub, start: Start) -> None:
    with opened(hub.project("lea"), "lea") as session:
        tasks.leave(session)
    lea = start("lea")
    lea.palette("Hub…")
    dialog = lea.dialog("hub-create-dialog")
    lea.fill("hub-address", "postgresql://x:secret@db/x")
    lea.click("hub-create-dialog-accept")
    assert "must not have a password" in dialog.findChild(QLabel, "hub-create-dialog-complaint").text()
    lea.fill("hub-address", hub.server.url(hub.database))
    lea.click("hub-create-dialog-accept")
    _until(lea, lambda: _sign(lea) == "Hub: live")
    _press_in_dialog(lea, "hub-invite")
    invite = lea.dialog("hub-invite-dialog")
    invite.findChild(QLineEdit, "hub-member-name").setText("Eva")
    invite.findChild(QPushButton, "hub-invite-dialog-accept").click()
    line = next(word for word in lea.report().split() if word.startswith("stet-hub:"))
    lea.palette("Join a hub…")
    dialog = lea.dialog("hub-join-dialog")
    lea.field("hub-invitation").setText(line)
    assert dialog.findChild(QLabel, "hub-invited").text() == "lea awaits Eva as annotator."
    lea.field("hub-project-path").setText(str(hub.project("eva")))
    lea.click("hub-join-dialog-accept")
    lea.wait(lambda: lea.window.desk.projects.session is not None and lea.session.path == hub.project("eva"))
    _until(lea, lambda: _sign(lea) == "Hub: live")


def test_the_queue_is_worked_with_in_the_window(hub: TeamAtHub, start: Start) -> None:
    hub.join("ana", take=3)
    ana = start("ana")
    _until(ana, lambda: _sign(ana) == "Hub: live")
    _mark(ana, "spun.txt", "Kyiv")
    _press_in_dialog(ana, "hub-give-back")
    _until(ana, lambda: hub.sql("SELECT 1 FROM seat WHERE state <> 'given back'") == [])
    _until(ana, lambda: _sign(ana) == "Hub: live")
    assert _marked(ana, "spun.txt", "ana") == ["Kyiv"]
    ana.quit()
    lea = start("lea")
    lea.window.status.hub.click()
    queue = lea.dialog("hub-dialog").findChild(QPushButton, "hub-queue")
    _until(lea, queue.isEnabled)
    queue.click()
    dialog = lea.dialog("hub-queue-dialog")
    dialog.findChild(QSpinBox, "hub-annotators").setValue(3)
    order = dialog.findChild(QComboBox, "hub-order")
    order.setCurrentIndex(order.findData("shortest"))
    dialog.findChild(QPushButton, "hub-queue-dialog-accept").click()
    _until(lea, lambda: hub.sql("SELECT annotators, hours, sorting FROM hub") == [(3, 72, "shortest")])


def test_who_is_refused_gives_the_password_and_is_live(hub: TeamAtHub, wary: TlsServer, start: Start) -> None:
    """The sign says since when nothing is exchanged, the dialog why, and there the password is given."""
    address = wary.address(wary.new_database())
    tasks.hold_password(tasks.place_at(address), PASSWORD)
    with opened(hub.project("lea"), "lea") as session:
        tasks.leave(session)
        tasks.create(session, address)
    credentials.forget_password(tasks.place_at(address))
    lea = start("lea")
    _until(lea, lambda: _sign(lea).startswith("Hub: not exchanged since"))
    lea.window.status.hub.click()
    dialog = lea.dialog("hub-dialog")
    assert "wants a password" in dialog.findChild(QLabel, "hub-why").text()
    dialog.findChild(QPushButton, "hub-password").click()
    lea.dialog("hub-password-dialog")
    lea.field("hub-own-password").setText(PASSWORD)
    lea.dialog("hub-password-dialog").findChild(QCheckBox, "hub-own-keep").setChecked(False)
    lea.click("hub-password-dialog-accept")
    _until(lea, lambda: _sign(lea) == "Hub: live")
