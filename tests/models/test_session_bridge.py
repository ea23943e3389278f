"""What a session publishes reaches the window, whichever thread publishes it, as long as the project is open."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from app.session.events import Event, Topic
from app.session.session import Session
from app.ui.models.session_bridge import SessionBridge
from tests.conftest import scheme_source


@pytest.mark.parametrize("is_closed", [False, True])
def test_events_of_a_job_reach_the_window_while_it_is_open(qtbot: QtBot, tmp_path: Path, is_closed: bool) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"))
    owner = QObject()
    bridge = SessionBridge(session, owner)
    heard: list[Event] = []
    bridge.changed.connect(heard.append)
    thread = threading.Thread(target=session.publish, args=[Event(Topic.DOCUMENTS)])
    thread.start()
    thread.join()
    assert heard == [], "it waits for the window's thread"
    if is_closed:
        bridge.close()
    QCoreApplication.processEvents()
    assert [event.topic for event in heard] == ([] if is_closed else [Topic.DOCUMENTS])
    bridge.close()
    session.close()
    owner.deleteLater()
