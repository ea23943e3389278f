"""The options `--format` and `--option`, which determine how a file is read or written."""

from collections.abc import Callable
from typing import Any

import click


class _FormatArgument(click.Option):
    """An option whose help lists the known formats, including those of other packages.

    They are only looked up when the help is shown, since loading other packages takes time.
    """

    def __init__(self, *args: Any, reads: bool, **options: Any) -> None:  # noqa: ANN401  click's own
        super().__init__(*args, **options)
        self._reads = reads

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        from app.exchange.registry import Registry

        found = super().get_help_record(ctx)
        if found is None:
            return None
        registry = Registry()
        formats = registry.readers() if self._reads else registry.writers()
        return found[0], found[1].replace("FORMATS", ", ".join(item.name for item in formats))


def format_argument(meaning: str, *, reads: bool = False, default: str | None = None) -> Callable[[Any], Any]:
    """Return the option `--format`; FORMATS in `meaning` is replaced with the names of the formats read or written."""
    return click.option(
        "--format",
        cls=_FormatArgument,
        reads=reads,
        default=default,
        show_default=default is not None,
        metavar="NAME",
        help=meaning,
    )


def own_options_argument(of: str) -> Callable[[Any], Any]:
    """Return the option `--option`, for options specific to a format."""
    meaning = f"An option of the format {of}; see: stet formats. Can be repeated."
    return click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help=meaning)
