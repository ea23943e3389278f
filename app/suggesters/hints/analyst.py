"""Runs rules on texts: parses each text once, keeps what was read of it, and keeps the best of hints that overlap."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from app.core.document import sha256
from app.nlp.parser import Parser
from app.suggesters.hints.best_hints import best
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.rule import HintRule

_MOST_KEPT = 300_000  # code points of texts that are kept read; about 270 bytes each


class Analyst:
    """Compares texts with their references by rules, in this process.

    Texts are kept by their digests: a reference that many documents share is parsed once.
    """

    def __init__(self, parser: Parser, *, most_kept: int = _MOST_KEPT) -> None:
        """Use a loaded pipeline; `most_kept` bounds the code points of texts that are kept read."""
        self.parser = parser
        self._most_kept = most_kept
        self._kept: OrderedDict[str, ReadText] = OrderedDict()
        self._size = 0

    def forget(self) -> None:
        """Drop what was read of texts."""
        self._kept.clear()
        self._size = 0

    @property
    def name(self) -> str:
        """The name of the pipeline."""
        return self.parser.name

    @property
    def version(self) -> str:
        """The version of the pipeline."""
        return self.parser.version

    @property
    def language(self) -> str:
        """The code of the pipeline's language."""
        return self.parser.language

    def read(self, texts: Sequence[str], between: Callable[[], None] = lambda: None) -> list[ReadText]:
        """Return the readings of texts, in order. `between` is called between pieces and may raise to stop."""
        digests = [sha256(text) for text in texts]
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._kept}
        found = dict(zip(missing, map(ReadText, self.parser.parse(list(missing.values()), between)), strict=True))
        readings = [found.get(digest) or self._kept[digest] for digest in digests]
        for digest in digests:
            self._keep(digest, found)
        return readings

    def _keep(self, digest: str, found: dict[str, ReadText]) -> None:
        if digest not in self._kept:
            self._kept[digest] = found[digest]
            self._size += len(found[digest].text)
        self._kept.move_to_end(digest)
        while self._size > self._most_kept and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest.text)

    def hints(
        self,
        rules: Iterable[HintRule],
        text: str,
        references: Sequence[str],
        between: Callable[[], None] = lambda: None,
    ) -> list[tuple[HintRule, Hint]]:
        """Return the hints of rules for a text, each with its rule, in order of the text; see `best`."""
        ours, *theirs = self.read([text, *references], between)
        comparison = Comparison(ours, theirs)
        found: list[tuple[HintRule, Hint]] = []
        for rule in rules:
            between()
            found.extend((rule, hint) for hint in rule.hints(comparison))
        return best(found)
