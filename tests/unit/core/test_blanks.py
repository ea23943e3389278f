"""Corrections read as a person would have written them: with the blanks that are needed, and no others.

`¦` in a text is the place of an anchor, and `[[…]]` what is marked; beside it what the corrections say, in order, and
the text that they make.
"""

import re

import pytest

from app.core.correction import corrected
from app.core.scripts import is_unspaced
from app.core.text_habits import TextHabits
from tests.unit.build import annotation

SCRIPTS = [
    ("他¦去北京了。", ["不"], "他不去北京了。"),
    ("私¦学生です。", ["は"], "私は学生です。"),
    ("ฉัน¦รักแมว", ["ไม่"], "ฉันไม่รักแมว"),
    ("ຂ້ອຍ¦ຮັກແມວ", ["ບໍ່"], "ຂ້ອຍບໍ່ຮັກແມວ"),
    ("ខ្ញុំ¦ស្រលាញ់ឆ្មា", ["មិន"], "ខ្ញុំមិនស្រលាញ់ឆ្មា"),
    ("ကျွန်တော်¦ကြောင်ကိုချစ်တယ်", ["က"], "ကျွန်တော်ကကြောင်ကိုချစ်တယ်"),
    ("བོད་¦ཡིག", ["སྐད་"], "བོད་སྐད་ཡིག"),
    ("ｶﾀ¦ﾅ", ["ｶ"], "ｶﾀｶﾅ"),
    ("ꦲꦏ꧀ꦱ¦ꦫ", ["ꦗ"], "ꦲꦏ꧀ꦱꦗꦫ"),
    ("我在用¦编程。", ["Python"], "我在用Python编程。"),
    ("我用Windows¦系统", ["10"], "我用Windows 10系统"),
    ("我用Python¦编程", ["语言"], "我用Python语言编程"),
    ("他买了¦本书", ["3"], "他买了3本书"),
    ("我喜欢 Windows 系统，¦喜欢 Mac。", ["不"], "我喜欢 Windows 系统，不喜欢 Mac。"),
    ("我喜欢 Windows 系统，也¦。", ["用 Mac"], "我喜欢 Windows 系统，也用 Mac。"),
    ("我喜欢 Windows 系统和¦电脑。", ["Mac"], "我喜欢 Windows 系统和 Mac 电脑。"),
    ("I like ¦Tokyo very much", ["東京"], "I like 東京 Tokyo very much"),
    ("他说：“¦走吧。”", ["我们"], "他说：“我们走吧。”"),
    ("他说¦：走", ["道"], "他说道：走"),
    ("「¦はい」", ["ええ、"], "「ええ、はい」"),
    ("东京¦很大", ["（首都）"], "东京（首都）很大"),
    ("他¦走了", ["，"], "他，走了"),
    ("Hello¦，世界", ["大"], "Hello大，世界"),
    ("好¦", ["😀"], "好😀"),
    ("我 [[不]] 去", [""], "我 去"),
    ("แมว¦ มาก", ["ดี"], "แมวดี มาก"),
    ("나는¦ 갔다", ["학교에"], "나는 학교에 갔다"),
]

WORDS = [
    ("one ¦three", ["two"], "one two three"),
    ("one¦ three", ["two"], "one two three"),
    ("¦two", ["one"], "one two"),
    ("one¦", ["two"], "one two"),
    ("one\n¦three", ["two"], "one\ntwo three"),
    ("one¦\nthree", ["two"], "one two\nthree"),
    ("one\r\n¦\r\nthree", ["two"], "one\r\ntwo\r\nthree"),
    ("\n¦\n", ["x"], "\nx\n"),
    ("info¦mation", ["r"], "information"),
    ("1¦3", ["2"], "123"),
    ("one\u00a0¦three", ["two"], "one\u00a0two three"),
    ("one¦\u00a0three", ["two"], "one two\u00a0three"),
    ("10\u202f000¦ Euro", ["000"], "10\u202f000 000 Euro"),
    ("chapter¦ and", ["5"], "chapter 5 and"),
    ("می¦\u200cروم", ["ن"], "مین\u200cروم"),
    ("हम ¦गए", ["घर"], "हम घर गए"),
    ("हम¦ गए।", ["घर"], "हम घर गए।"),
    ("हम घर¦।", ["गए"], "हम घर गए।"),
]

PUNCTUATION = [
    ("one¦.", ["two"], "one two."),
    ("one,¦ three", ["two"], "one, two three"),
    ("one¦, three", ["two"], "one two, three"),
    ("Hello¦ world", [","], "Hello, world"),
    ("Hello ¦world", [","], "Hello, world"),
    ("one ¦three", [", two,"], "one, two, three"),
    ("He left¦ She stayed", ["."], "He left. She stayed"),
    ("He left¦", ["."], "He left."),
    ("one,¦three", ["two"], "one, two three"),
    ("3.¦4", ["1"], "3.14"),
    ("www.¦example.org", ["sub."], "www.sub.example.org"),
    ("at 10:¦5", ["3"], "at 10:35"),
    ("¿¦quieres?", ["Qué"], "¿Qué quieres?"),
    ("Juan, ¦quieres?", ["¿qué"], "Juan, ¿qué quieres?"),
    ("Juan¦ quieres?", ["¿qué"], "Juan ¿qué quieres?"),
    ("¡¦amigo!", ["Hola,"], "¡Hola, amigo!"),
    ("Hola ¦¿qué tal?", ["Juan"], "Hola Juan ¿qué tal?"),
    ("Τι κάνεις¦\u037e", ["σήμερα"], "Τι κάνεις σήμερα\u037e"),
    ("Τι κάνεις¦", ["\u037e"], "Τι κάνεις\u037e"),
    ("Τι κάνεις¦;", ["σήμερα"], "Τι κάνεις σήμερα;"),
    ("قال¦ ثم", ["،"], "قال، ثم"),
    ("هل ذهبت¦؟", ["أمس"], "هل ذهبت أمس؟"),
    ("قال،¦ ثم", ["نعم"], "قال، نعم ثم"),
    ("ሰላም¦።", ["ነው"], "ሰላም ነው።"),
    ("Բարեւ¦։", ["ձեզ"], "Բարեւ ձեզ։"),
    ("Bonjour¦\u00a0!", ["Marie"], "Bonjour Marie\u00a0!"),
    ("Bonjour\u202f¦!", ["Marie"], "Bonjour Marie\u202f!"),
    ("Bonjour ¦! Ça va ? Oui !", ["Marie"], "Bonjour Marie ! Ça va ? Oui !"),
    ("He went ¦. He , too , left .", ["home"], "He went home . He , too , left ."),
    ("Wait¦", ["…"], "Wait…"),
    ("Wait…¦ what", ["then"], "Wait… then what"),
    ("Wait… ¦what", ["and"], "Wait… and what"),
    ("…¦then he", ["and"], "…and then he"),
    ("wait¦...", ["here"], "wait here..."),
    ("wait¦…", ["here"], "wait here…"),
    ("so¦ and so", ["..."], "so... and so"),
    ("said ¦…and left", ["he"], "said he …and left"),
    ("about 5¦ of", ["%"], "about 5% of"),
    ("about ¦% of", ["5"], "about 5% of"),
    ("about 5%¦ of", ["points"], "about 5% points of"),
    ("um 5\u00a0¦%", ["000"], "um 5 000\u00a0%"),
    ("at 20¦C", ["°"], "at 20°C"),
]

QUOTES = [
    ('He said "¦go"', ["please"], 'He said "please go"'),
    ('He said "go¦"', ["now"], 'He said "go now"'),
    ('He said ¦"go"', ["softly:"], 'He said softly: "go"'),
    ('He said¦ "go"', ["softly"], 'He said softly "go"'),
    ('"go"¦ he said', [","], '"go", he said'),
    ('"go" ¦said', ["he"], '"go" he said'),
    ("He said¦ and left", ['"go"'], 'He said "go" and left'),
    ("He ¦left", ['"really"'], 'He "really" left'),
    ('He said ¦go"', ['"'], 'He said "go"'),
    ('He said "go¦ and left', ['"'], 'He said "go" and left'),
    ("He said “¦go”", ["please"], "He said “please go”"),
    ("He said “go¦”", ["now"], "He said “go now”"),
    ("He said¦ and", ["“go”"], "He said “go” and"),
    ("Er sagte „¦geh“ laut", ["bitte"], "Er sagte „bitte geh“ laut"),
    ("Er sagte „geh¦“ laut", ["jetzt"], "Er sagte „geh jetzt“ laut"),
    ("Er sagte¦ laut", ["„geh“"], "Er sagte „geh“ laut"),
    ("Er sagte »¦geh« laut", ["bitte"], "Er sagte »bitte geh« laut"),
    ("Er sagte »geh¦« laut", ["jetzt"], "Er sagte »geh jetzt« laut"),
    ("Il dit «¦va» fort", ["donc"], "Il dit «donc va» fort"),
    ("Il dit «va¦» fort", ["donc"], "Il dit «va donc» fort"),
    ("Il dit «\u00a0¦va\u00a0» fort", ["donc"], "Il dit «\u00a0donc va\u00a0» fort"),
    ("Il dit «¦\u00a0va\u00a0» fort", ["donc"], "Il dit «\u00a0donc va\u00a0» fort"),
    ("Il dit «\u00a0va¦\u00a0» fort", ["donc"], "Il dit «\u00a0va donc\u00a0» fort"),
    ("Il dit «\u00a0va\u00a0¦» fort", ["donc"], "Il dit «\u00a0va donc\u00a0» fort"),
    ("Il dit « va ¦» fort", ["donc"], "Il dit « va donc » fort"),
    ("Il dit «\u202fva\u202f»¦ fort", ["très"], "Il dit «\u202fva\u202f» très fort"),
    ("say 'go¦'", ["now"], "say 'go now'"),
    ("say '¦go'", ["please"], "say 'please go'"),
]

APOSTROPHES = [
    ("John¦ car", ["’s"], "John’s car"),
    ("John ¦car", ["'s"], "John's car"),
    ("John’s¦ car", ["old"], "John’s old car"),
    ("l’¦homme", ["autre"], "l’autre homme"),
    ("¦homme", ["l’"], "l’homme"),
    ("vers ¦homme", ["l'"], "vers l'homme"),
    ("vers ¦homme", ["jusqu’"], "vers jusqu’homme"),
    ("the dogs’¦ tails", ["long"], "the dogs’ long tails"),
    ("the ¦tails", ["dogs’"], "the dogs’ tails"),
    ("I do¦ know", ["n’t"], "I don’t know"),
    ("they¦ here", ["'re"], "they're here"),
]

BRACKETS = [
    ("word ¦(x)", ["big"], "word big (x)"),
    ("word (¦x)", ["big"], "word (big x)"),
    ("word (x¦)", ["big"], "word (x big)"),
    ("word (x)¦ is", ["big"], "word (x) big is"),
    ("word¦ is", ["(sic)"], "word (sic) is"),
    ("word ¦is", ["(sic)"], "word (sic) is"),
    ("word¦.", ["[sic]"], "word [sic]."),
    ("word ¦x) is", ["("], "word (x) is"),
    ("word (x¦ is", [")"], "word (x) is"),
    ("word¦ x) is", ["("], "word (x) is"),
]

DASHES = [
    ("well-¦", ["known"], "well-known"),
    ("well¦ known", ["-known,"], "well-known, known"),
    ("web¦ page", ["-based"], "web-based page"),
    ("the ¦war years", ["post-"], "the post-war years"),
    ("yes – ¦no", ["maybe"], "yes – maybe no"),
    ("yes –¦ no", ["maybe"], "yes – maybe no"),
    ("yes ¦– no", ["maybe"], "yes maybe – no"),
    ("yes¦ – no", ["maybe"], "yes maybe – no"),
    ("yes—¦no", ["maybe"], "yes—maybe no"),
    ("yes¦—no", ["maybe"], "yes maybe—no"),
    ("yes¦ no", ["–"], "yes – no"),
    ("Juan ¦—mi hermano— vino", ["Ruiz"], "Juan Ruiz —mi hermano— vino"),
    ("Juan¦ vino", ["—mi hermano—"], "Juan —mi hermano— vino"),
    ("Haus-¦ Hof", ["und"], "Haus- und Hof"),
    ("gut¦", ["– aber teuer"], "gut – aber teuer"),
    ("and/¦", ["or"], "and/or"),
    ("and¦ not", ["/or"], "and/or not"),
    ("km¦h", ["/"], "km/h"),
    ("a ¦- 5", ["b"], "a b - 5"),
    ("is ¦-5", ["about"], "is about -5"),
]

MONEY = [
    ("costs ¦5", ["$"], "costs $5"),
    ("costs $¦ now", ["5"], "costs $5 now"),
    ("costs ¦$5", ["about"], "costs about $5"),
    ("costs¦ $ 5", ["about"], "costs about $ 5"),
    ("costs $ ¦", ["5"], "costs $ 5"),
    ("kostet 5¦", ["€"], "kostet 5€"),
    ("kostet ¦ €", ["5"], "kostet 5 €"),
    ("kostet 5\u00a0¦€", ["000"], "kostet 5 000\u00a0€"),
    ("kostet 5 €¦ mehr", ["viel"], "kostet 5 € viel mehr"),
    ("kostet 5€¦ mehr", ["viel"], "kostet 5€ viel mehr"),
    ("¦$5", ["US"], "US$5"),
]

SIGNS = [
    ("hello¦ you", ["😀"], "hello 😀 you"),
    ("hello ¦you", ["😀"], "hello 😀 you"),
    ("Great!¦", ["🎉"], "Great! 🎉"),
    ("hi 😀¦😀", ["😀"], "hi 😀😀😀"),
    ("hi 👩\u200d👩\u200d👧¦", ["there"], "hi 👩\u200d👩\u200d👧 there"),
    ("hi ❤\ufe0f¦ you", ["to"], "hi ❤\ufe0f to you"),
    ("hi 👍🏽¦", ["there"], "hi 👍🏽 there"),
    ("see¦ now", ["#tag"], "see #tag now"),
    ("§¦", ["5"], "§ 5"),
]

TYPED = [
    ("one ¦three", ["two "], "one two three"),
    ("one¦ three", [" two"], "one two three"),
    ("one ¦three", [" two "], "one two three"),
    ("one¦two", [" "], "one two"),
]

DELETIONS = [
    ("one [[two]] three", [""], "one three"),
    ("[[one]] two", [""], "two"),
    ("one [[two]]", [""], "one"),
    ("one [[two]].", [""], "one."),
    ("one [[two]], three", [""], "one, three"),
    ("(one [[two]])", [""], "(one)"),
    ("([[one]] two)", [""], "(two)"),
    ('say "[[one]] two"', [""], 'say "two"'),
    ('say "one [[two]]" now', [""], 'say "one" now'),
    ("sag „[[eins]] zwei“", [""], "sag „zwei“"),
    ("sag „eins [[zwei]]“", [""], "sag „eins“"),
    ("¿[[Pues]] qué?", [""], "¿qué?"),
    ("Τι [[λες]];", [""], "Τι;"),
    ("قال [[نعم]]، ثم", [""], "قال، ثم"),
    ("हम [[घर]]।", [""], "हम।"),
    ("un [[deux]]\u00a0!", [""], "un\u00a0!"),
    ("«\u00a0[[un]] deux\u00a0»", [""], "«\u00a0deux\u00a0»"),
    ("«\u00a0un [[deux]]\u00a0»", [""], "«\u00a0un\u00a0»"),
    ("one [[two]]… three", [""], "one… three"),
    ("one [[two]]\nthree", [""], "one\nthree"),
    ("one\n[[two]] three", [""], "one\nthree"),
    ("one[[two]] three", [""], "one three"),
    ("one [[two ]]three", [""], "one three"),
    ("one[[ two]] three", [""], "one three"),
    ("one[[ two ]]three", [""], "one three"),
    ("one [[two]]\tthree", [""], "one\tthree"),
    ("one\n[[two\n]]three", [""], "one\nthree"),
    ("costs [[about]] $5", [""], "costs $5"),
    ("costs [[$]]5", [""], "costs 5"),
    ("good [[very]] 😀", [""], "good 😀"),
    ("他[[不]]去", [""], "他去"),
    ("yes [[maybe]] – no", [""], "yes – no"),
    ("well[[-]]known", [""], "wellknown"),
    ("a  [[ ]]b", [""], "a  b"),
]

REPLACEMENTS = [
    ("the US [[senator]] spoke", ["president"], "the US president spoke"),
    ("the US [[senator ]]spoke", ["president"], "the US president spoke"),
    ("the US[[ senator]] spoke", ["president"], "the US president spoke"),
    ("said[[ ,]] then", [","], "said, then"),
    ("said[[ ;]] then", [","], "said, then"),
    ("one[[  ]]two", [" "], "one two"),
    ("one[[ ]]three", ["two"], "one two three"),
    ("well[[ ]]known", ["-"], "well-known"),
    ("yes[[ ]]sir", [","], "yes, sir"),
    ("one [[and]] two", [","], "one, two"),
    ("one[[,]] two", ["and"], "one and two"),
    ("John [[has]] car", ["’s"], "John’s car"),
    ("walk[[s]] on", ["ed"], "walked on"),
    ("well[[-]]known", [" "], "well known"),
    ("good[[/]]bad", ["or"], "good or bad"),
    ("Bo[[.\n]]Next", ["!"], "Bo!\nNext"),
    ("他[[不]]去", ["没"], "他没去"),
    ("他[[不]]去", ["don't"], "他don't去"),
]

NEIGHBOURS = [
    ("[[a]] [[b]] c", ["", ""], "c"),
    ("a [[b]] [[c]]", ["", ""], "a"),
    ("a ¦[[b]] c", ["X", ""], "a X c"),
    ("a [[b]]¦ c", ["", "X"], "a X c"),
    ("[[a]][[ b]] c", ["", " x"], " x c"),
]

MIXED_BAG = [
    ("the cat[[,]]dog", ["and"], "the cat and dog"),
    ("the cat [[–]]dog", ["and"], "the cat and dog"),
    ("他[[，]]去", ["就"], "他就去"),
    ("$¦5", ["1"], "$15"),
    ("5¦%", ["0"], "50%"),
    ("3¦.14", ["1"], "31.14"),
    ("one.¦Two", ["X"], "one. X Two"),
    ("U.¦S. troops", ["N."], "U.N.S. troops"),
    ("**¦bold** x", ["very"], "**very bold** x"),
    ("**bold¦** x", ["very"], "**bold very** x"),
    ("foo_¦bar", ["x"], "foo_xbar"),
    ('say "¦" now', ["go"], 'say "go" now'),
    ("(¦)", ["x"], "(x)"),
    (")¦(", ["x"], ") x ("),
    ("ذهب ¦علي", ["و"], "ذهب وعلي"),
    ("ذهب¦ علي", ["و"], "ذهب وعلي"),
    ("don¦t", ["’"], "don’t"),
    ("20¦ heute", ["°C"], "20°C heute"),
    ("5¦ weit", ["km"], "5 km weit"),
    ("one [[two]]—three", [""], "one—three"),
    ("yes—[[maybe]] no", [""], "yes—no"),
    ("l’[[autre]] homme", [""], "l’homme"),
    ("5\u00a0[[Millionen]] €", [""], "5\u00a0€"),
    ("\n    [[two]] three", [""], "\n    three"),
    ("One. [[Two. ]]Three.", [""], "One. Three."),
    ("one[[,]] two", [""], "one two"),
    ('say [["]]go"', [""], 'say go"'),
    ("a\t[[b]]\tc", [""], "a\t\tc"),
    ("增长了¦%", ["5"], "增长了5%"),
    ('他说"¦走"', ["快"], '他说"快走"'),
    ('เขาพูดว่า "¦ไป"', ["จะ"], 'เขาพูดว่า "จะไป"'),
    ("ราคา ¦ บาท", ["100"], "ราคา 100 บาท"),
    ("これは¦です", ["Python"], "これはPythonです"),
    ("•¦ item", ["new"], "• new item"),
    ("L'intel·¦ligència", ["x"], "L'intel·x ligència"),
    ("he said ¦", ["“go"], "he said “go"),
    ("word¦word", ["-"], "word-word"),
    ("word¦ next", [" –"], "word – next"),
    ("あの¦人", ["有名な"], "あの有名な人"),
    ("Ελλάδα¦ είναι", ["·"], "Ελλάδα· είναι"),
    ("price 5 ¦€ more", ["000"], "price 5 000 € more"),
    ("שלום ¦בית", ["ה"], "שלום הבית"),
    ("בית־¦ספר", ["גן"], "בית־גן ספר"),
    ("我喜欢¦", ["iPhone 15"], "我喜欢iPhone 15"),
    ("¦手机", ["iPhone"], "iPhone手机"),
    ("用¦，好", ["Mac"], "用Mac，好"),
    ("the [[cat ]][[dog]] ran", ["", "fox"], "the fox ran"),
    ("one [[two]] [[three]] four", ["2", ""], "one 2 four"),
    ("[[one]] ¦two", ["", "X"], "X two"),
    ("ab¦[[cd]] e", ["x", ""], "ab x e"),
]

LEFT_OVER = [
    ("He went to the ¦.", ["store"], "He went to the store."),
    ("He went to the¦ .", ["store"], "He went to the store."),
    ("He went to the ¦, then", ["store"], "He went to the store, then"),
    ("Hello ¦!", ["John"], "Hello John!"),
    ("He said ¦.", ['"yes"'], 'He said "yes".'),
    ("(¦ is here)", ["He"], "(He is here)"),
    ("( ¦is here)", ["He"], "(He is here)"),
    ("“ ¦is here”", ["He"], "“He is here”"),
    ("one  ¦three", ["two"], "one two three"),
    ("one¦  three", ["two"], "one two three"),
    ("one ¦ three", ["two"], "one two three"),
    ("Haus¦ und Hof", ["-"], "Haus- und Hof"),
    ("Haus und ¦hof", ["-"], "Haus und -hof"),
    ("a ¦ b", ["–"], "a – b"),
    ("R¦ D", ["&"], "R & D"),
    ("我用 Python。他说“好”¦走", ["就"], "我用 Python。他说“好”就走"),
    ("แมว¦(cat)", ["ดำ"], "แมวดำ(cat)"),
    ("Hello,¦ friends of Tokyo", ["世界"], "Hello, 世界 friends of Tokyo"),
    ("wait ¦... no", ["now"], "wait now ... no"),
    ("the end ¦…", ["is"], "the end is …"),
    ("(He left¦ )", ["early"], "(He left early )"),
]


def put_right(marked: str, words: list[str]) -> str:
    """Correct a text in the notation of this module."""
    pieces: list[str] = []
    ranges: list[tuple[int, int]] = []
    at = length = 0
    for found in re.finditer(r"\[\[(.*?)\]\]|¦", marked, re.DOTALL):
        before, inside = marked[at : found.start()], found.group(1) or ""
        pieces += [before, inside]
        ranges.append((length + len(before), length + len(before) + len(inside)))
        length, at = ranges[-1][1], found.end()
    text = "".join([*pieces, marked[at:]])
    marks = [annotation(text, pair, correction=said) for pair, said in zip(ranges, words, strict=True)]
    result = corrected(text, marks)
    assert not result.clashes
    assert sorted(part.text for part in result.applied) == sorted(words), "the corrections are kept as they were given"
    return result.text


def check(rows: list[tuple[str, list[str], str]]) -> None:
    wrong = [
        (marked, words, wanted, found)
        for marked, words, wanted in rows
        if (found := put_right(marked, words)) != wanted
    ]
    assert wrong == []


def test_scripts_without_blanks_get_none() -> None:
    check(SCRIPTS)


def test_words_are_set_off_from_words() -> None:
    check(WORDS)


def test_punctuation_keeps_to_its_word() -> None:
    check(PUNCTUATION)


def test_quotes_hold_what_is_in_them() -> None:
    check(QUOTES)


def test_apostrophes_join() -> None:
    check(APOSTROPHES)


def test_brackets_hold_what_is_in_them() -> None:
    check(BRACKETS)


def test_dashes_stand_as_they_stood() -> None:
    check(DASHES)


def test_signs_of_money_stay_with_their_number() -> None:
    check(MONEY)


def test_emoji_and_signs_stand_apart() -> None:
    check(SIGNS)


def test_typed_blanks_are_not_doubled() -> None:
    check(TYPED)


def test_a_deletion_takes_the_blank_that_is_too_many() -> None:
    check(DELETIONS)


def test_white_space_at_the_ends_of_a_mark_stays_if_needed() -> None:
    check(REPLACEMENTS)


def test_neighbours_do_not_take_the_same_blank() -> None:
    check(NEIGHBOURS)


def test_words_take_the_blank_that_was_left_for_them() -> None:
    check(LEFT_OVER)


def test_what_else_people_write() -> None:
    check(MIXED_BAG)


@pytest.mark.parametrize("char", "ไລ་မខꦲᨠ漢かカｶ。，（ａ")
def test_scripts_without_blanks_are_known(char: str) -> None:
    assert is_unspaced(char)


@pytest.mark.parametrize("char", "aé한€฿៛ن“…‘न1 \n")
def test_other_characters_are_of_scripts_with_blanks(char: str) -> None:
    assert not is_unspaced(char)


@pytest.mark.parametrize(
    ("text", "closely"),
    [("用Python编程", True), ("用 Python 编程", False), ("用电脑", True), ("Tokyo is nice", False), ("", False)],
)
def test_a_text_shows_how_it_mixes_scripts(text: str, closely: bool) -> None:
    assert TextHabits(text).mixes_closely is closely


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Ça va ? Oui ! Bien ; merci.", (False, True)),
        ("He , too , left .", (True, False)),
        ("He left .", (False, False)),  # once may be an accident
        ("He, too, left. And she? No!", (False, False)),
    ],
)
def test_a_text_shows_how_it_sets_punctuation(text: str, apart: tuple[bool, bool]) -> None:
    habits = TextHabits(text)
    assert (habits.sets_apart(","), habits.sets_apart("!")) == apart
    assert not habits.sets_apart("»")
