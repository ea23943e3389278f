"""The options that say which language model to ask, and what it may take."""

import functools
from collections.abc import Callable

import click

from app.suggesters.language_model.model_options import ANSWER_S, MOST_TOKENS, ModelOptions

_OPTIONS = (
    click.option(
        "--model-address",
        metavar="URL",
        default="",
        envvar="STET_MODEL_ADDRESS",
        help="For --with model: where a server speaks OpenAI's chat completions, such as http://127.0.0.1:8080/v1; the "
        "key, if it wants one, is in STET_MODEL_KEY or the system's keyring.",
    ),
    click.option(
        "--model", "model_name", metavar="NAME", default="", envvar="STET_MODEL", help="The model to ask there."
    ),
    click.option(
        "--send-to",
        "hosts",
        multiple=True,
        metavar="HOST",
        help="Texts may leave this machine for that host. Can be repeated.",
    ),
    click.option(
        "--most-tokens",
        type=click.IntRange(min=1),
        default=MOST_TOKENS,
        show_default=True,
        metavar="N",
        help="The most tokens that one run may take; what could take more is refused before anything is sent.",
    ),
    click.option(
        "--answer-within",
        type=click.FloatRange(min=1, max=86_400),
        default=ANSWER_S,
        show_default=True,
        metavar="SECONDS",
        help="How long an answer may take. One that is late is left out and counted; a first one, or two in a row, end "
        "the run.",
    ),
    click.option(
        "--prices",
        type=(click.FloatRange(min=0), click.FloatRange(min=0)),
        default=(0.0, 0.0),
        metavar="SENT BACK",
        help="The prices of a million tokens sent and of a million that come back, to show what a run costs.",
    ),
)


def model_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets them as one argument, `model`."""

    @functools.wraps(command)
    def wrapped(
        *,
        model_address: str,
        model_name: str,
        hosts: tuple[str, ...],
        most_tokens: int,
        answer_within: float,
        prices: tuple[float, float],
        **rest: object,
    ) -> None:
        options = ModelOptions(model_address, model_name, hosts, most_tokens, *prices, answer_s=answer_within)
        command(model=options, **rest)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
