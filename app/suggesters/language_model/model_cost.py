"""What asking a model will cost at most, counted before anything is sent."""

from typing import NamedTuple

from app.core.errors import WrongUse
from app.core.wording import counted

MILLION = 1_000_000


class ModelCost(NamedTuple):
    """Calls, tokens sent and the most tokens that can come back; `price` in the currency of the prices given."""

    documents: int = 0
    calls: int = 0
    kept: int = 0
    sent_tokens: int = 0
    answer_tokens: int = 0
    price: float = 0.0

    @property
    def tokens(self) -> int:
        """All tokens at most."""
        return self.sent_tokens + self.answer_tokens

    def words(self) -> str:
        """Return it in words."""
        kept = f" ({counted(self.kept, 'answer')} kept from before)" if self.kept else ""
        price = f", {self.price:,.4f} at most" if self.price else ""
        return (
            f"{counted(self.calls, 'call')}{kept} about {counted(self.documents, 'document')}: about "
            f"{self.sent_tokens:,} tokens sent, at most {self.answer_tokens:,} back{price}"
        )

    def require(self, most_tokens: int) -> None:
        """Raise WrongUse if it is more than the cap."""
        if self.tokens > most_tokens:
            what = f"this could take {self.tokens:,} tokens, and the cap is {most_tokens:,}"
            hint = "choose fewer documents, or raise --most-tokens"
            raise WrongUse(what, hint=hint, in_window="choose fewer documents, or raise the cap in the settings")
