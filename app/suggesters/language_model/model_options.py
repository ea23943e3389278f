"""What a person has set up for a language model."""

from pathlib import Path
from typing import NamedTuple

from app import paths

MOST_TOKENS = 200_000
ANSWER_S = 180


class ModelOptions(NamedTuple):
    """The address and name of a model; prices are per million tokens, in whatever currency.

    `hosts` are those beyond this machine to which texts may be sent; `most_tokens` is the cap of one run; `answer_s`
    is how long an answer may take, in seconds; `cache` is
    the folder of kept answers.
    """

    address: str = ""
    model: str = ""
    hosts: tuple[str, ...] = ()
    most_tokens: int = MOST_TOKENS
    sent_price: float = 0.0
    answer_price: float = 0.0
    answer_s: float = ANSWER_S
    cache: Path | None = None

    @property
    def cache_folder(self) -> Path:
        """The folder of kept answers."""
        return self.cache or paths.state_dir() / "model-answers"
