"""The dialogs in which a project gets a hub: one that is made, or one that awaits the person."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLineEdit, QWidget

from app.core.errors import StetError
from app.core.wording import advice, undirected
from app.hub.address import parsed_hub_address
from app.hub.invitation import SUFFIX, read_invitation
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField
from app.ui.widgets.fields import ComboBox, FileDialog, LineEdit
from app.ui.widgets.labels import button, plain

_PASSWORD_NOTE = "Left empty, it is taken from the keyring, from ~/.pgpass or from PGPASSWORD."


class HubPlan(NamedTuple):
    """The hub to make: the address of the database, the password for it ("" to look elsewhere), and its name.

    `is_kept` says that the password goes into the keyring.
    """

    address: str
    password: str
    name: str
    is_kept: bool = False

    def with_password(self, password: str, is_kept: bool) -> Self:
        """Return it with another password."""
        return self._replace(password=password, is_kept=is_kept)


class JoinPlan(NamedTuple):
    """The hub to join: the invitation's line or file, the password ("" to look elsewhere), and the project file.

    `is_kept` says that the password goes into the keyring.
    """

    invitation: str
    password: str
    path: Path
    is_kept: bool = False

    def with_password(self, password: str, is_kept: bool) -> Self:
        """Return it with another password."""
        return self._replace(password=password, is_kept=is_kept)


class NewMember(NamedTuple):
    """Whom to invite, as what, with which password for the role that is made."""

    name: str
    role: str
    password: str


class HubCreateDialog(FormDialog):
    """Asks in which database the hub of the project is to be."""

    answered = Signal(object)  # HubPlan

    def __init__(self, project: str, parent: QWidget | None = None) -> None:
        super().__init__("hub-create-dialog", "Work live in a team", accept="Make the hub", parent=parent)
        self.setMinimumWidth(560)
        lead = (
            "A hub is a place in a PostgreSQL server where everyone’s projects exchange their work. All of this "
            "project is sent there; you lead it and invite the others."
        )
        self.body.addWidget(plain(lead, wrap=True))
        self._address = LineEdit()
        self._address.setObjectName("hub-address")
        self._address.setPlaceholderText("postgresql://lead@db.example.org/annotation")
        self.field(
            "Address of the database", self._address, "From the administrator of the server; without a password."
        )
        self._password = _password("hub-password")
        self.field("Password", self._password, _PASSWORD_NOTE)
        self._keep = _keep("hub-keep")
        self.body.addWidget(self._keep)
        self._name = LineEdit(project)
        self._name.setObjectName("hub-name")
        self.field("Name of the hub", self._name)

    def submit(self) -> bool:
        """Emit the plan if the address is one."""
        try:
            parsed_hub_address(self._address.text())
        except StetError as error:
            self.complain(advice(error))
            return False
        address, name = self._address.text().strip(), self._name.text().strip()
        self.answered.emit(HubPlan(address, self._password.text(), name, self._keep.isChecked()))
        return True


class HubJoinDialog(FormDialog):
    """Asks for an invitation, and where the project is to be."""

    answered = Signal(object)  # JoinPlan

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__("hub-join-dialog", "Join a hub", accept="Join", parent=parent)
        self.setMinimumWidth(560)
        self._folder = folder
        self._invitation = LineEdit()
        self._invitation.setObjectName("hub-invitation")
        self._invitation.setPlaceholderText("stet-hub:…")
        self.field("Invitation: its line, or its file", self._invitation, "From whoever leads the hub.")
        browse = button("Choose the file…", name="hub-invitation-browse")
        browse.clicked.connect(self._on_browse)
        self.body.addWidget(browse)
        self._who = plain("", tone="faint", wrap=True, name="hub-invited")
        self.body.addWidget(self._who)
        self._password = _password("hub-join-password")
        self.field("Password", self._password, f"They gave it to you in another way. {_PASSWORD_NOTE}")
        self._keep = _keep("hub-join-keep")
        self.body.addWidget(self._keep)
        self._path = PathField("hub-project", "Project file", kinds="Stet projects (*.stet)", suffix="stet")
        self.field("Project file", self._path, "Made with what there is to work on; yours, and whole on its own.")
        self._invitation.textChanged.connect(self._on_text)

    def _on_browse(self, _checked: bool) -> None:
        dialog = FileDialog(self, "Invitation", str(self._folder), f"Invitations (*{SUFFIX})")
        dialog.setObjectName("hub-invitation-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._invitation.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_text(self, text: str) -> None:
        try:
            found = read_invitation(text)
        except StetError:
            self._who.setText("")
            return
        pin = ""
        if found.fingerprint:
            half = len(found.fingerprint) // 2 + 1  # in two lines: there is no blank in it
            lines = f"{found.fingerprint[:half]}\n{found.fingerprint[half:]}"
            pin = f"\nThe server’s certificate, to be compared with what they see, SHA-256:\n{lines}"
        self._who.setText(undirected(f"{found.project} awaits {found.name} as {found.role}.") + pin)
        self.adjustSize()
        if not self._path.line.text():
            self._path.line.setText(str(self._folder / f"{found.project}-{found.name}.stet".replace("/", "-")))

    def submit(self) -> bool:
        """Emit the plan if the invitation can be read and a file is named."""
        try:
            read_invitation(self._invitation.text())
        except StetError as error:
            self.complain(advice(error))
            return False
        path = Path(self._path.line.text().strip()).expanduser()
        if path.suffix != ".stet":
            self.complain("Give a file for the project; its name ends in .stet.")
            return False
        plan = JoinPlan(self._invitation.text(), self._password.text(), path, self._keep.isChecked())
        self.answered.emit(plan)
        return True


class HubPasswordDialog(FormDialog):
    """Asks for the password that a hub's server wants."""

    def __init__(self, why: str, go_on: Callable[[str, bool], None], parent: QWidget | None = None) -> None:
        """`why` is what the server said; `go_on` gets the password, and whether it goes into the keyring."""
        super().__init__("hub-password-dialog", "Password for the hub", accept="Go on", parent=parent)
        self.setMinimumWidth(460)
        self.body.addWidget(plain(why, wrap=True, name="hub-password-why"))
        self._password = _password("hub-own-password")
        self.field("Password", self._password, "Used as long as Stet runs; it is never in the project or a log.")
        self._go_on = go_on
        self._keep = _keep("hub-own-keep")
        self.body.addWidget(self._keep)
        self.finished.connect(self._on_finished)

    def submit(self) -> bool:
        """Require a password."""
        if not self._password.text():
            self.complain("Give the password.")
            return False
        return True

    def _on_finished(self, result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            self._go_on(self._password.text(), self._keep.isChecked())


class HubInviteDialog(FormDialog):
    """Asks whom to invite."""

    answered = Signal(object)  # NewMember

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("hub-invite-dialog", "Invite somebody to the hub", accept="Invite", parent=parent)
        self.setMinimumWidth(460)
        self._name = LineEdit()
        self._name.setObjectName("hub-member-name")
        self.field("Name", self._name, "Under which their marks are stored.")
        self._role = ComboBox()
        self._role.setObjectName("hub-member-role")
        for role, title in (
            ("annotator", "Annotator: takes documents and marks them"),
            ("reviewer", "Reviewer: sees everyone’s work and decides"),
            ("lead", "Lead: also adds documents and schemes"),
        ):
            self._role.addItem(title, role)
        self.field("Role", self._role)
        self._password = _password("hub-member-password")
        note = "For a role that is made in the server. It isn’t in the invitation: give it to them in another way."
        self.field("Password", self._password, note)

    def submit(self) -> bool:
        """Emit whom to invite."""
        if not self._name.text().strip():
            self.complain("Give a name.")
            return False
        self.answered.emit(NewMember(self._name.text().strip(), self._role.currentData(), self._password.text()))
        return True


def _keep(name: str) -> QCheckBox:
    box = QCheckBox("Keep the password in the system’s keyring")
    box.setObjectName(name)
    box.setChecked(True)
    return box


def _password(name: str) -> LineEdit:
    field = LineEdit()
    field.setObjectName(name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field
