"""Servers that speak the protocol in their own way, and models that answer like small ones do: as seen with llama.cpp's
server, vLLM, Ollama and providers.
"""

import json
from pathlib import Path

import pytest

from app.core.errors import StetError
from app.suggesters.language_model.answer import Unfounded
from app.suggesters.language_model.answer_cache import AnswerCache
from app.suggesters.language_model.chat_server import AnswerLate, QuestionTooLong
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.suggester import ModelSuggester
from tests.unit.suggesters.build import MemoryCorpus
from tests.unit.suggesters.language_model.scripted_server import Asked, errors, serving
from tests.unit.suggesters.language_model.test_model_suggester import RIGHT, asked_of

INVENTED = {"quote": "2022-03-17 14:11:52.143", "label": "LANGUAGE", "correction": "2022", "evidence": "2022"}
TOLD = (
    "The bridge will close for two {} in May.",
    "The old mill was sold for six {}.",
    "Nine {} were found in the lake.",
)
LLAMA_TOO_LONG = (
    '{"error":{"code":400,"message":"request (1755 tokens) exceeds the available context size (1024 tokens), try '
    'increasing it","type":"exceed_context_size_error","n_prompt_tokens":1755,"n_ctx":1024}}'
)
VLLM_TOO_LONG = (
    '{"error":{"message":"This model\'s maximum context length is 2048 tokens. However, you requested 700 output '
    'tokens and your prompt contains 1755 input tokens. Please reduce max_tokens.","type":"BadRequestError"}}'
)


def three_questions() -> MemoryCorpus:
    """Return a document of three paragraphs, each of which a sentence of its reference tells otherwise."""
    text, reference = ("\n".join(sentence.format(unit) for sentence in TOLD) for unit in ("years", "months"))
    return MemoryCorpus({"d": text, "r": reference}, references={"d": ["r"]})


@pytest.fixture
def options(tmp_path: Path) -> ModelOptions:
    return ModelOptions(model="tiny", cache=tmp_path / "answers", answer_s=20.0)


def test_what_came_before_an_answer_was_cut_off_holds(options: ModelOptions) -> None:
    """A small model says the same until it may say no more: the first of it is an answer."""
    begun = errors(RIGHT, *[INVENTED] * 4)
    with serving(begun[: begun.rindex("{") + 20]) as server:
        server.finish_reason = "length"
        (found,), suggester = asked_of(server, options)
    assert (found.quote, found.correction) == ("two years", "two months")
    assert suggester.tally.dropped == {Unfounded.CUT_OFF: 1, Unfounded.NO_QUOTE: 3}


def test_an_answer_that_was_cut_off_is_not_asked_for_again(options: ModelOptions) -> None:
    """With the same seed the model would say the same, and its tokens cost again."""
    with serving('{"errors": [') as server:
        server.finish_reason = "length"
        _, first = asked_of(server, options)
        count = len(server.asked)
        _, second = asked_of(server, options)
    assert len(server.asked) == count
    assert first.tally.dropped == second.tally.dropped == {Unfounded.CUT_OFF: count}


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps([RIGHT | {"reason": "so"}]),
        "<think>\nThe text says {two years}.\n</think>\n\n" + errors(RIGHT),
        "Here is the list:\n" + errors(RIGHT) + "\nI hope that this helps.",
        json.dumps(
            {"errors": [RIGHT | {"reason": None}, {"quote": "two years"}, "none", {"quote": 7, "label": "TIME"}]}
        ),
        errors(RIGHT)[:-2] + ', {"quote": "\\ud800", "label": "TIME"}]}',
        errors(RIGHT)[:-2] + "," + "[" * 100_000,
    ],
    ids=["a bare list", "thoughts", "prose", "null and nonsense", "half a character", "deep"],
)
def test_what_is_right_in_an_odd_answer_is_found(options: ModelOptions, answer: str) -> None:
    with serving(answer, errors()) as server:
        (found,), _ = asked_of(server, options)
    assert (found.quote, found.correction) == ("two years", "two months")


def test_what_is_no_error_in_a_list_is_counted(options: ModelOptions) -> None:
    with serving(json.dumps({"errors": [{"quote": 7, "label": "TIME"}, {"quote": "x"}, None]}), errors()) as server:
        _, suggester = asked_of(server, options)
    assert suggester.tally.dropped == {Unfounded.NO_ERROR: 3}


@pytest.mark.parametrize(
    "choice",
    [
        {"message": {"content": [{"type": "text", "text": errors(RIGHT)}]}},
        {"message": {"content": errors(RIGHT), "reasoning_content": "hm"}, "logprobs": None},
    ],
    ids=["in parts", "with reasoning beside"],
)
def test_other_forms_of_a_completion_are_read(options: ModelOptions, choice: dict[str, object]) -> None:
    usage = {"prompt_tokens": None, "completion_tokens": None, "prompt_tokens_details": {"cached_tokens": 0}}
    with serving(json.dumps({"choices": [choice], "model": None, "usage": usage}).encode()) as server:
        found, suggester = asked_of(server, options)
    assert [s.quote for s in found] == ["two years"]
    assert suggester.tally.sent_tokens > 100, "a server that doesn't count is counted by estimate"


@pytest.mark.parametrize(
    ("refused", "gone", "instead"),
    [
        ("max_tokens", "max_tokens", "max_completion_tokens"),
        ("temperature", "temperature", None),
        ("seed", "seed", None),
    ],
)
def test_a_word_that_a_server_refuses_goes_alone(
    options: ModelOptions, refused: str, gone: str, instead: str | None
) -> None:
    """Each server knows other words; the schema stays where it is known."""

    def choosy(asked: Asked) -> str | tuple[int, str]:
        said = json.dumps({"error": {"message": f"Unsupported parameter: '{refused}'", "param": refused}})
        return (400, said) if refused in asked.body else errors(RIGHT)

    with serving(choosy) as server:
        found, _ = asked_of(server, options)
        last = server.asked[-1].body
        first_answered = len([asked for asked in server.asked if refused in asked.body])
    assert [s.quote for s in found] == ["two years"]
    assert first_answered == 1, "what was refused once isn't sent again"
    assert gone not in last
    assert instead is None or last[instead] == server.asked[0].body["max_tokens"]
    assert last["response_format"]["type"] == "json_schema"


def test_a_server_that_refuses_everything_is_given_up(options: ModelOptions) -> None:
    with serving((400, "seed, temperature, max_tokens, max_completion_tokens and stream are unknown")) as server:
        with pytest.raises(StetError, match="HTTP 400"):
            asked_of(server, options)
        assert len(server.asked) < 10


@pytest.mark.parametrize("said", [LLAMA_TOO_LONG, VLLM_TOO_LONG], ids=["llama.cpp", "vLLM"])
def test_a_context_that_is_too_small_is_named_at_once(options: ModelOptions, said: str) -> None:
    """It is no question of form: asking otherwise would hide what is wrong."""
    with serving((400, said)) as server:
        with pytest.raises(QuestionTooLong, match=r"too long for the model \([^{}]*\); .*larger context"):
            asked_of(server, options)
        assert len(server.asked) == 1


def test_a_server_that_still_loads_its_model_says_so(options: ModelOptions) -> None:
    loading = '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}'
    with serving((503, loading)) as server, pytest.raises(StetError, match="Loading model.*try again when it has"):
        asked_of(server, options)


def test_one_late_answer_is_left_out_and_counted(options: ModelOptions) -> None:
    """A slow answer doesn't take away what others found; a server that hangs is given up after two."""
    where = three_questions()
    brief = options._replace(answer_s=0.4)
    with serving(errors()) as server:

        def hang(asked: Asked) -> str:
            server.release.wait(30)
            return errors()

        server._answers = [errors(RIGHT), hang, errors()]
        found, suggester = asked_of(server, brief, where)
        assert [s.quote for s in found] == ["two years"]
        assert suggester.tally.dropped == {Unfounded.TOO_SLOW: 1}
        server.asked.clear()
        server._answers = [errors(), hang]
        with pytest.raises(AnswerLate, match="didn't answer within 0.4 seconds.*--answer-within"):
            asked_of(server, brief._replace(model="other"), where)
        assert len(server.asked) == 3


def test_progress_counts_questions(options: ModelOptions) -> None:
    """A small model thinks for minutes about a document; each of its questions is a step."""
    where = three_questions()
    seen: list[tuple[int, int | None]] = []
    with serving(errors()) as server:
        suggester = ModelSuggester(options._replace(address=server.address))
        for _ in suggester.suggest(
            where, ["d"], progress=lambda done, total, what: seen.append((done, total)), cancel=None
        ):
            pass
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_damaged_kept_answer_is_asked_for_anew(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    assert AnswerCache(tmp_path).get("a") is None
