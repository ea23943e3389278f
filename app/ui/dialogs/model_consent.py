"""The dialog before a language model is asked: where it is, what it would be sent, and what that takes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import WrongUse
from app.core.wording import advice, sentence
from app.settings import Settings
from app.suggesters.language_model.address import parsed_address
from app.suggesters.language_model.model_cost import ModelCost
from app.suggesters.language_model.model_options import ModelOptions
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import LineEdit, SpinBox
from app.ui.widgets.labels import plain

_SENT = (
    "For each paragraph that a reference speaks of: the paragraph, matching sentences of the references, the labels "
    "with their definitions, and some corrected marks from released gold. No names of documents, people or files."
)
_BELIEVED = "What it answers is checked: a quote that the text doesn’t have is dropped and counted."


class ModelConsent(FormDialog):
    """Asks for the address and the model, and says what would be sent. A host beyond this machine is confirmed
    once, by a second press of the button.
    """

    agreed = Signal(object)  # ModelOptions

    def __init__(self, cost: ModelCost, settings: Settings, parent: QWidget | None = None) -> None:
        """Show the cost; the fields begin with what the settings say, and are kept there."""
        super().__init__("model-consent", "Ask a language model", accept="Ask", parent=parent)
        self._cost = cost
        self._settings = settings
        self._confirmed = ""
        self._address = LineEdit(str(settings["model_address"]))
        self._address.setObjectName("model-address")
        self._address.setPlaceholderText("http://127.0.0.1:8080/v1")
        self.field("Address", self._address, "The key, if it wants one: STET_MODEL_KEY, or the system’s keyring.")
        self._name = LineEdit(str(settings["model_name"]))
        self._name.setObjectName("model-name")
        self.field("Model", self._name)
        self._most = SpinBox()
        self._most.setObjectName("model-tokens")
        self._most.setRange(1_000, 100_000_000)
        self._most.setGroupSeparatorShown(True)
        self._most.setValue(int(settings["model_tokens"]))
        self.field("Most tokens in this run", self._most)
        self.body.addWidget(plain(f"{sentence(cost.words())}", name="model-cost", wrap=True))
        self.body.addWidget(plain(f"Sent: {_SENT}", tone="faint", wrap=True))
        self.body.addWidget(plain(_BELIEVED, tone="faint", wrap=True))
        self._address.textChanged.connect(self._on_address)
        self.body.addStretch(1)
        self.resize(500, 0)  # as high as it must be

    def submit(self) -> bool:
        """Emit the options, once everything is given, within the cap and agreed to."""
        name = self._name.text().strip()
        try:
            address = parsed_address(self._address.text())
            self._cost.require(self._most.value())
        except WrongUse as error:
            self.complain(advice(error))
            return False
        if not name:
            self.complain("Give the name of the model.")
            return False
        hosts = set(str(self._settings["model_hosts"]).split())
        if not address.is_loopback and address.host not in hosts:
            if self._confirmed != address.host:
                self._confirmed = address.host
                self.accept_button.setText(f"Send to {address.host}")
                self.complain(f"The texts would leave this machine for {address.host}. Press again if they may.")
                return False
            hosts.add(address.host)
        self._settings.change(
            {
                "model_address": self._address.text().strip(),
                "model_name": name,
                "model_tokens": self._most.value(),
                "model_hosts": " ".join(sorted(hosts)),
            }
        )
        seconds = float(int(self._settings["model_seconds"]))
        options = ModelOptions(address.url, name, tuple(sorted(hosts)), self._most.value(), answer_s=seconds)
        self.agreed.emit(options)
        return True

    def _on_address(self, _text: str) -> None:
        self._confirmed = ""  # what was said of another host doesn't hold for this one
        self.complain("")
        self.accept_button.setText("Ask")
