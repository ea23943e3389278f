"""Where in a text the targets of an annotation are."""

from collections.abc import Iterable

from app.core.errors import FormatError
from app.exchange.formats.w3c.targets import GivenTarget
from app.exchange.offset_units import Ruler, Unit
from app.exchange.report import Report
from app.exchange.text_selectors import Quote, is_quoted, quote_places

Ranges = list[tuple[int, int]]
_MOST_PIECES = 1_000
_LONG = 8  # characters of words that are hardly in a text by chance


class TargetPlaces:
    """Finds targets in one text, whose positions count a unit; `name` is for the report. Unless `trusts_positions`, a
    position counts only where the quoted words are.
    """

    def __init__(self, text: str, unit: Unit, report: Report, name: str, *, trusts_positions: bool = True) -> None:
        self.text = text
        self._ruler = Ruler(text, unit)
        self._bytes: Ruler | None = None
        self._report = report
        self._name = name
        self._trusts_positions = trusts_positions

    def of(self, targets: Iterable[GivenTarget]) -> tuple[Ranges, str | None]:
        """Return the ranges of targets in code points, and the words that they quote where those aren't there. Raises
        FormatError for targets that the text doesn't have.
        """
        found: Ranges = []
        words: str | None = None
        given = list(targets)
        for each in given:
            ranges, quoted = self._of(each)
            found += ranges
            words = quoted if len(given) == 1 else None
        ranges = sorted(set(found))
        if len(ranges) > _MOST_PIECES:
            raise FormatError(f"it has more than {_MOST_PIECES:,} places", hint="give positions, or more of a quote")
        return ranges, words

    def _of(self, given: GivenTarget) -> tuple[Ranges, str | None]:
        if not given.positions and not given.quotes:
            kinds = ", ".join(dict.fromkeys(given.selectors))
            what = f"there is no position and no quote of the text, only: {kinds[:80]}"
            raise FormatError(what, hint="add a TextQuoteSelector or a TextPositionSelector")
        if not given.positions:
            return self._quoted(given.quotes[0]), None
        try:
            ranges = [self._range(each.start, each.end, is_bytes=each.is_bytes) for each in given.positions]
        except ValueError as error:
            if not given.quotes:
                raise FormatError(str(error), hint="fix the offsets, or name their unit with --offsets") from error
            return self._quoted(given.quotes[0], is_moved=True), None
        ranges = list(dict.fromkeys(ranges))
        if len(ranges) > 1 or not given.quotes:
            return ranges, None
        return self._checked(ranges[0], given.quotes[0])

    def _checked(self, pair: tuple[int, int], quote: Quote) -> tuple[Ranges, str | None]:
        """Return a range, or where its quote is, if that is elsewhere."""
        if is_quoted(self.text[slice(*pair)], quote.exact):
            return [pair], None
        if not self._trusts_positions:
            return self._quoted(quote, is_moved=True), None
        found = quote_places(self.text, quote)
        has_context = bool(quote.prefix or quote.suffix)
        is_only = found.times == 1 and len(quote.exact) >= _LONG
        if len(found.places) == 1 and (is_only or (found.is_alike and has_context)):
            self._note_moved(quote)
            return found.places, None
        # Whoever adds the mark moves it to its words if they are near, or keeps it with them, and says so.
        return [pair], quote.exact

    def _range(self, start: int, end: int, *, is_bytes: bool) -> tuple[int, int]:
        if not is_bytes:
            return self._ruler.range(start, end)
        if self._bytes is None:
            self._bytes = Ruler(self.text, Unit.BYTES)
        return self._bytes.range(start, end)

    def _quoted(self, quote: Quote, *, is_moved: bool = False) -> Ranges:
        places = quote_places(self.text, quote).places
        shown = f"“{quote.exact[:40]}”"
        if not places:
            raise FormatError(f"the words {shown} aren't in the text", hint="is it the right text?")
        if len(places) > 1:
            if is_moved:
                hint = "fix the offsets, or add what stands before and behind"
                raise FormatError(f"the words {shown} are in the text {len(places):,} times", hint=hint)
            what = "quotes that are in the text several times, all of which are marked"
            self._report.note("several", what, f"{self._name}: {shown}")
        if is_moved:
            self._note_moved(quote)
        return places

    def _note_moved(self, quote: Quote) -> None:
        what = "marks that weren't at their words, moved to them"
        self._report.note("re-anchored", what, f"{self._name}: “{quote.exact[:40]}”")
