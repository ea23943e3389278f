"""Words are counted, or estimated where none are set apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.word_count import count_words


@pytest.mark.parametrize(("text", "words"), [("", 0), (" \n\t", 0), ("one", 1), ("one\u00a0two\u2028three  four\n", 4)])
def test_words_are_split_at_white_space(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text("a.' \n\r\t\v\f\x1b\x1c\x1d\x1e\x1f\x7f", max_size=30))
def test_words_of_ascii_are_those_that_split_finds(text: str) -> None:
    assert count_words(text) == len(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("没有空格", 4),
        ("2025年3月17日，通话。", 8),
        ("カナ and kana", 4),
        ("한글 둘", 2),
        ("中。、文", 2),
        ("ｶﾀｶﾅ ﾊﾟﾝ", 6),
        ("か\u3099人々", 3),
        ("ㄅㄆㄇ", 3),
    ],
)
def test_a_character_of_a_script_without_spaces_counts_as_a_word(text: str, words: int) -> None:
    assert count_words(text) == words


# Counted by hand.
SENTENCES = {
    "ฉันไปโรงเรียนทุกวันและเรียนภาษาไทยกับเพื่อนของฉัน": 13,
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ": 15,
    "แมวของฉันนอนอยู่บนโต๊ะในห้องครัว": 9,
    "ຂ້ອຍໄປໂຮງຮຽນທຸກມື້ ແລະຮຽນພາສາລາວກັບໝູ່ຂອງຂ້ອຍ": 13,
    "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ": 6,
    "ខ្ញុំទៅសាលារៀនរាល់ថ្ងៃ និងរៀនភាសាខ្មែរជាមួយមិត្តរបស់ខ្ញុំ": 13,
    "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងសិទ្ធិ": 9,
    "ကျွန်တော် နေ့တိုင်း ကျောင်းသွားပြီး မြန်မာစာ လေ့လာတယ်": 9,
    "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း": 9,
    "ང་ཉིན་ལྟར་སློབ་གྲྭར་འགྲོ་བཞིན་ཡོད།": 6,
    "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌།": 10,
}


@pytest.mark.parametrize(("text", "words"), SENTENCES.items())
def test_words_that_run_together_are_estimated(text: str, words: int) -> None:
    assert words / 1.5 <= count_words(text) <= words * 1.5


def test_estimates_are_right_on_the_whole() -> None:
    assert sum(map(count_words, SENTENCES)) == pytest.approx(sum(SENTENCES.values()), rel=0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ฉันไปโรงเรียนทุกวันและเรียนภาษาไทยกับเพื่อนของฉัน", 12),
        ("ดี ดี ดี", 3),
        ("ใช้ Python ๓", 3),
        ("ใช้Python", 2),
        ("ดี.", 1),
        ("ភាសា\u200bខ្មែរ", 2),  # words set apart by spaces without width
        ("་", 0),
        ("ꦲꦏ꧀ꦱꦫꦗꦮ", 2),
        ("ᨲ᩠ᩅᩫᨾᩮᩬᩥᨦ", 2),
    ],
)
def test_four_characters_of_these_scripts_make_a_word(text: str, words: int) -> None:
    assert count_words(text) == words
