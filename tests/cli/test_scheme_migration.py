"""`stet scheme PROJECT migrate`"""

from pathlib import Path

import pytest

from tests.cli.conftest import Stet


def labels(stet: Stet, project: Path) -> list[str]:
    return [row["label"] for row in stet("list", project, "labels", "--json").rows()]


def test_a_label_is_renamed_after_a_look_at_what_would_change(stet: Stet, sample: Path) -> None:
    before = labels(stet, sample)
    assert "PERSON" in before
    wanted = ("scheme", sample, "migrate", "--rename", "entity.PERSON=HUMAN")
    looked = stet(*wanted, "--dry-run")
    assert (looked.code, looked.err) == (0, "")
    assert "entity.PERSON → HUMAN: " in looked.out
    assert "by ana" in looked.out
    assert "news-errors@2 would be in force" in looked.out
    assert labels(stet, sample) == before
    done = stet(*wanted, "--as", "lead")
    assert "news-errors@2 is in force" in done.out
    assert 'id = "HUMAN"' in stet("scheme", sample).out
    assert ("HUMAN" in labels(stet, sample), "PERSON" in labels(stet, sample)) == (True, False)
    assert "Change labels" in stet("log", sample).out
    assert stet("check", sample).code == 0


def test_labels_are_merged_and_deleted(stet: Stet, sample: Path) -> None:
    done = stet(*("scheme", sample, "migrate", "--merge", "entity.NORP=GPE", "--delete", "entity.PERSON"))
    assert done.code == 0, done.err
    assert not {"NORP", "PERSON"} & set(labels(stet, sample))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("migrate",), "migrate needs --rename, --merge or --delete"),
        (("show", "--delete", "error.TIME"), "show changes no label"),
        (("migrate", "file.toml", "--delete", "error.TIME"), "takes no file"),
        (("migrate", "--rename", "error.TIME"), "LAYER.OLD=NEW"),
        (("migrate", "--delete", "error.TIME=X"), "LAYER.LABEL"),
        (("migrate", "--rename", "error.TIME=PREDICATE"), "use --merge"),
        (("migrate", "--merge", "error.TIME=NOTHING"), "use --rename"),
        (("migrate", "--rename", "error.NOTHING=X"), "has no label"),
    ],
)
def test_wrong_use_is_told(stet: Stet, sample: Path, arguments: tuple[str, ...], why: str) -> None:
    ran = stet("scheme", sample, *arguments)
    assert ran.code == 2
    assert why in " ".join(ran.err.split())
