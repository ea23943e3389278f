"""What is done to a very long text in pieces is what would be done to it as a whole."""

import re
import sys

import pytest

from app.core import long_text, search_folding
from app.core.long_text import pieces_at_blanks
from app.core.search_folding import WORDS, fold
from app.core.word_count import count_words
from app.storage.word_index import index_words

TOKEN = re.compile("[A-Za-z0-9_\x80-\U0010ffff]+")  # of FTS5's tokenizer “ascii”, as the index has it
BLANKS = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace())
TEXT = (
    f"Straße {BLANKS}\u0301é e\u0301 ﬁn\xadal 👨\u200d👩 ฉันไปโรงเรียน 我们 在北京，ab\r\n\r\nשָׁלוֹם a_b don’t ดี.\u3000คน "
)


@pytest.mark.parametrize("size", [1, 2, 3, 17, 100])
def test_pieces_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    def seen(text: str) -> object:
        return count_words(text), fold(text), fold(text, WORDS), TOKEN.findall(index_words(text))

    texts = (TEXT * 7, "one … two! \u00e9t\u00e9 - \t" * 9, "one - two\n" * 90)
    whole = list(map(seen, texts))
    for module in (long_text, search_folding):
        monkeypatch.setattr(module, "AT_ONCE", size)
    for text in texts:
        assert "".join(pieces_at_blanks(text)) == text
        assert len(list(pieces_at_blanks(text))) > 1
    assert list(map(seen, texts)) == whole
