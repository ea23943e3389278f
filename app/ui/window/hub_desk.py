"""The commands around a hub: making and joining one, inviting, taking documents, working offline."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import advice, counted
from app.jobs.runner import JobOutcome
from app.services.hub.membership import membership_of
from app.session.session import Session
from app.ui.widgets.notifier import Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.jobs.tasks.hub_queue import QueueRules
    from app.services.hub.hub_sync import Synced
    from app.ui.dialogs.hub_entry import HubPlan, JoinPlan, NewMember
    from app.ui.window.hub_link import HubLink, LinkSign
    from app.ui.window.main_window import MainWindow


class HubDesk(QObject):
    """Runs the commands, and shows the sign of the live link in the status line."""

    joined = Signal(object)  # Path of the project, to be opened

    def __init__(self, window: "MainWindow", projects: Projects) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self.link: HubLink | None = None
        """The link, once a project with a hub was opened: the others need none of its modules."""
        window.scope.bind("team.hub", self.open)
        window.scope.bind("team.join-hub", self.ask_join)
        window.status.hub_wanted.connect(self.open)

    def begin(self, session: Session) -> None:
        """Look after the link of a project that was opened."""
        try:
            if self.link is not None or membership_of(session) is not None:
                self._made_link().begin(session)
        except StetError as error:
            self._window.notifier.complain(error)

    def end(self) -> None:
        """Stop, before the project is closed."""
        if self.link is not None:
            self.link.end()

    def _made_link(self) -> "HubLink":
        from app.ui.window.hub_link import HubLink

        if self.link is None:
            self.link = HubLink(self, self._is_taken)
            self.link.changed.connect(self._on_sign)
            self.link.exchanged.connect(self._on_exchanged)
        return self.link

    def _is_taken(self) -> bool:
        # A modal dialog may have a job of its own, and shows what it was opened with.
        return self._projects.is_busy or QApplication.activeModalWidget() is not None

    def open(self) -> None:
        """Show how the project stands with its hub, or ask for one."""
        session = self._projects.session
        if session is None:
            return
        try:
            membership = membership_of(session)
        except StetError as error:
            self._projects.complain("The hub can’t be shown", error)
            return
        if membership is None:
            self._ask_create(session)
            return
        from app.jobs.tasks.hub import status_at
        from app.ui.dialogs.hub_status import HubStatusDialog

        sign = self._made_link().sign
        dialog = HubStatusDialog(
            partial(status_at, membership),
            sign=sign.text or "read-only",
            why=sign.why,
            is_offline=membership.is_offline,
            is_lead=membership.role == "lead",
            wants_password=sign.wants_password,
            parent=self._window,
        )
        dialog.exchange_wanted.connect(self._exchange_now)
        dialog.offline_wanted.connect(self._set_offline)
        dialog.take_wanted.connect(self._take)
        dialog.invite_wanted.connect(self._ask_invite)
        dialog.leave_wanted.connect(self._leave)
        dialog.password_wanted.connect(self._ask_password)
        dialog.give_back_wanted.connect(self._give_back)
        dialog.rules_wanted.connect(self._ask_rules)
        dialog.open()

    # -- making and joining --------------------------------------------------------------------------------------------

    def _ask_create(self, session: Session) -> None:
        from app.ui.dialogs.hub_entry import HubCreateDialog

        try:
            session.require_writable()
        except StetError as error:
            self._projects.complain("No hub can be made", error)
            return
        dialog = HubCreateDialog(session.path.stem, self._window)
        dialog.answered.connect(self._create)
        dialog.open()

    def _create(self, plan: "HubPlan") -> None:
        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks import hub

            if plan.password:
                hub.hold_password(hub.place_at(plan.address), plan.password)
            made = hub.create(session, plan.address, name=plan.name, progress=report, cancel=token)
            if plan.password and plan.is_kept:
                hub.keep_password(made.address, plan.password)
            return made

        self._projects.run("hub", "Making the hub", work, partial(self._on_created, plan))

    def _on_created(self, plan: "HubPlan", outcome: JobOutcome) -> None:
        if self._asked_again(outcome, lambda password, is_kept: self._create(plan.with_password(password, is_kept))):
            return
        if self._projects.report_failure(outcome, "The hub wasn’t made"):
            return
        if self._projects.session is not None:
            self.begin(self._projects.session)
        self._window.notifier.notify("The hub is made. Invite people: Hub…, Invite….", Tone.DONE)

    def _asked_again(self, outcome: JobOutcome, go_on: Callable[[str, bool], None]) -> bool:
        """Ask for the password if that is what is missing, and return whether it is."""
        from app.hub.connection import HubPasswordWanted

        if not isinstance(outcome.error, HubPasswordWanted):
            return False
        self._show_password(advice(outcome.error), go_on)
        return True

    def _show_password(self, why: str, go_on: Callable[[str, bool], None]) -> None:
        from app.ui.dialogs.hub_entry import HubPasswordDialog

        HubPasswordDialog(why, go_on, self._window).open()

    def ask_join(self) -> None:
        """Ask for an invitation."""
        from app.ui.dialogs.hub_entry import HubJoinDialog

        session = self._projects.session
        folder = session.path.parent if session is not None else Path.home()
        dialog = HubJoinDialog(folder, self._window)
        dialog.answered.connect(self._join)
        dialog.open()

    def _join(self, plan: "JoinPlan") -> None:
        if not self._projects.make_way(plan.path, with_copy=True):
            return

        def work(report: Progress, token: CancelToken) -> Path:
            from app.jobs.tasks import hub

            place = hub.place_of(plan.invitation)
            if plan.password:
                hub.hold_password(place, plan.password)
            hub.join(plan.invitation, plan.path, progress=report, cancel=token)
            if plan.password and plan.is_kept:
                hub.keep_password(place, plan.password)
            return plan.path

        self._projects.run("hub", "Joining the hub", work, partial(self._on_joined, plan))

    def _on_joined(self, plan: "JoinPlan", outcome: JobOutcome) -> None:
        if self._asked_again(outcome, lambda password, is_kept: self._join(plan.with_password(password, is_kept))):
            return
        if not self._projects.report_failure(outcome, "The hub wasn’t joined"):
            self.joined.emit(outcome.value)

    # -- a member's commands -------------------------------------------------------------------------------------------

    def _ask_password(self) -> None:
        self._show_password(self._made_link().sign.why, self._use_password)

    def _use_password(self, password: str, is_kept: bool) -> None:
        from app.jobs.tasks import hub

        session = self._projects.session
        if session is None:
            return
        place = hub.address_of(session)
        hub.hold_password(place, password)
        self._exchange_now()
        if is_kept:
            # The keyring may ask for its own password first, which can take long.
            def work(_report: Progress, _token: CancelToken) -> bool:
                return hub.keep_password(place, password)

            self._projects.run("hub-password", "Keeping the password", work, self._on_kept)

    def _on_kept(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "The password wasn’t kept") and not outcome.value:
            self._window.notifier.notify("There is no keyring that takes the password; it is used until Stet ends.")

    def _ask_invite(self) -> None:
        from app.ui.dialogs.hub_entry import HubInviteDialog

        dialog = HubInviteDialog(self._window)
        dialog.answered.connect(self._invite)
        dialog.open()

    def _invite(self, who: "NewMember") -> None:
        session = self._projects.session
        if session is None:
            return

        def work(_report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  the task's own value
            from app.jobs.tasks.hub import invite

            return invite(session, who.name, role=who.role, new_password=who.password)

        self._projects.run("hub", "Inviting", work, self._on_invited)

    def _on_invited(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        if self._projects.report_failure(outcome, "Nobody was invited"):
            return
        found = outcome.value
        lead = (
            f"Send this line to {found.name}. They choose “Join a hub…”, or: stet hub join LINE PROJECT. The password "
            "isn’t in it: give it to them in another way."
        )
        pin = [f"The server’s certificate, for them to compare: SHA-256 {found.fingerprint}"] if found.root else []
        ReportDialog("Invitation", lead, [found.line(), *pin], self._window).open()

    def _take(self, most: int) -> None:
        session = self._projects.session
        if session is None:
            return
        self.end()

        def work(report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.hub import take

            return take(session, most, progress=report)

        self._projects.run("hub", "Taking documents", work, self._on_taken)

    def _on_taken(self, outcome: JobOutcome) -> None:
        if self._projects.session is not None:
            self.begin(self._projects.session)
        if self._projects.report_failure(outcome, "No documents were taken"):
            return
        taken, _ = outcome.value
        words = f"Took {counted(taken, 'document')}." if taken else "The queue has no document for you."
        self._window.notifier.notify(words, Tone.DONE if taken else Tone.INFO)

    def _give_back(self) -> None:
        session = self._projects.session
        if session is None:
            return
        self.end()

        def work(report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.hub_queue import give_back

            return give_back(session, progress=report)

        self._projects.run("hub", "Giving documents back", work, self._on_given_back)

    def _on_given_back(self, outcome: JobOutcome) -> None:
        if self._projects.session is not None:
            self.begin(self._projects.session)
        if self._projects.report_failure(outcome, "No documents were given back"):
            return
        count = len(outcome.value.documents)
        words = f"Gave back {counted(count, 'document')}. Your marks in them stay."
        self._window.notifier.notify(words if count else "You have taken nothing that isn’t finished.", Tone.INFO)

    def _ask_rules(self, rules: "QueueRules") -> None:
        from app.ui.dialogs.hub_queue import HubQueueDialog

        dialog = HubQueueDialog(rules, self._window)
        dialog.answered.connect(self._set_rules)
        dialog.open()

    def _set_rules(self, rules: "QueueRules") -> None:
        session = self._projects.session
        if session is None:
            return

        def work(_report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  the task's own value
            from app.jobs.tasks.hub_queue import queue_rules

            return queue_rules(session, **rules._asdict())

        self._projects.run("hub", "Setting the queue", work, self._on_rules)

    def _on_rules(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "The queue stays as it was"):
            self._window.notifier.notify(f"The queue: {outcome.value.sentence()}.", Tone.DONE)

    def _exchange_now(self) -> None:
        self._made_link().exchange_now()

    def _set_offline(self, is_offline: bool) -> None:
        try:
            self._made_link().set_offline(is_offline)
        except StetError as error:
            self._window.notifier.complain(error)

    def _leave(self) -> None:
        from app.jobs.tasks.hub import leave

        session = self._projects.session
        if session is None:
            return
        self.end()
        try:
            leave(session)
        except StetError as error:
            self._projects.complain("The hub wasn’t left", error)
            return
        self._window.notifier.notify("Left the hub. The project keeps everything.", Tone.DONE)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _on_sign(self, sign: "LinkSign") -> None:
        self._window.status.show_hub(sign.text, why=sign.why, is_good=sign.is_good)

    def _on_exchanged(self, done: "Synced") -> None:
        from app.ui.window.hub_link import words_of

        words = words_of(done)
        if words:
            self._window.notifier.notify(f"From the hub: {words}.")
        for finding in done.report:
            if finding.kind.startswith("hub-"):
                self._window.notifier.notify(f"From the hub: {finding}.", Tone.WARNING)
                return
