"""Tests of classifiers.examples and classifiers.sources."""

import gzip
import json
from pathlib import Path

import pytest

from classifiers import LABELS
from classifiers.examples import read_any_labelled_file, read_labelled_file, read_pool
from classifiers.sources import INFERRED, SOURCES
from classifiers.training import DataError

HEADER = "text,lang,split,labels,source\n"


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return path


def _values(source: str, labels: str) -> dict[str, float]:
    read = SOURCES[source].read(labels).values
    return {label: value for label, value in zip(LABELS, read, strict=True) if value is not None}


def test_a_csv_file_gives_ones_zeros_and_unknowns(tmp_path: Path) -> None:
    (found,) = read_labelled_file(_file(tmp_path, "a.csv", "text,toxicity,spam,weight,group\nভালো,0,,2,রহিম\n"))
    assert found.text == "ভালো"
    assert dict(zip(LABELS, found.values, strict=True)) == dict.fromkeys(LABELS) | {"toxicity": 0.0}
    assert (found.weight, found.group) == (2.0, "রহিম")


def test_a_json_lines_file_gives_the_same(tmp_path: Path) -> None:
    lines = [{"text": "a", "toxicity": 1, "spam": None}, {"text": "b", "threat": 0.0}, {"text": "c", "insult": "1"}]
    found = read_labelled_file(_file(tmp_path, "a.jsonl.gz", "\n\n".join(map(json.dumps, lines))))
    known = [[label for label, value in zip(LABELS, each.values, strict=True) if value is not None] for each in found]
    assert known == [["toxicity"], ["threat"], ["insult"]]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "text,toxicity\nx,2\n", r"line 2: «toxicity» must be 0, 1 or empty, not '2'"),
        ("a.csv", "text,toxicity\nx,1\ny\n", r"line 3: it has more or fewer fields"),
        ("a.csv", "text,toxicity\nx,1,1\n", r"line 2: it has more or fewer fields"),
        ("a.csv", "comment,toxicity\nx,1\n", r"needs a column «text».*it has comment, toxicity"),
        ("a.csv", "", r"it has none"),
        ("a.csv", "text,toxicity,spam\nx,,\n", r"line 2: no label is known"),
        ("a.csv", "text,toxicity,weight\nx,1,-3\n", r"line 2: «weight» must be a number above 0"),
        ("a.csv", 'text,toxicity\n"x"y,1\n', r"line 2: not CSV"),
        ("a.jsonl", '{"text": "x", "spam": 1}\n{"text": "x"', r"line 2: not JSON"),
        ("a.jsonl", "[]\n", r"line 1: not a JSON object"),
        ("a.jsonl", '{"text": 5, "spam": 1}\n', r"line 1: «text» is missing or is not a string"),
        ("a.jsonl", '{"spam": 1}\n', r"line 1: «text» is missing"),
        ("a.jsonl", '{"text": "x", "spam": [1]}\n', r"line 1: «spam» must be 0, 1 or empty"),
        ("a.jsonl", '{"text": "x", "spam": "yes"}\n', r"line 1: «spam» must be 0, 1 or empty, not 'yes'"),
        ("a.txt", "x", r"name the file \.csv or \.jsonl"),
        ("a.csv.gz", "text,toxicity\nx,7\n", r"line 2: «toxicity»"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, name: str, content: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read_labelled_file(_file(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", b"not gzip"),
        ("a.csv", b"text,spam\n\xff,1\n"),
        ("a.csv.gz", gzip.compress(b"text,spam\nx,1\n" * 99, mtime=0)[:-9]),
    ],
)
def test_bytes_that_cannot_be_read_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        read_labelled_file(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_labelled_file(tmp_path / "a.csv")


def test_what_a_source_does_not_annotate_is_unknown() -> None:
    assert _values("vitd", "Direct Violence") == {"toxicity": 1.0, "threat": 1.0, "spam": 0.0}
    assert _values("vitd", "Passive Violence")["threat"] == 0.0
    assert _values("karim-v2", "Geopolitical") == {"toxicity": 1.0}
    assert _values("sms-spam", "spam") == {"spam": 1.0}
    assert _values("bn-youtube-sazzed", "negative") == {}
    assert _values("trac2-iben", "NAG;GEN") == {"identity_attack": 1.0}
    assert _values("olid", "OFF;TIN;IND") == {"toxicity": 1.0, "insult": 1.0, "spam": 0.0}
    assert _values("multilabel-toxic-belal", "hate") == {
        "toxicity": 1.0,
        "profanity": 0.0,
        "threat": 0.0,
        "insult": 0.0,
        "sexually_explicit": 0.0,
        "spam": 0.0,
    }


def test_a_zero_that_only_follows_from_silence_weighs_less() -> None:
    read = SOURCES["bangla-news-comments"].read("Very Negative")
    assert read.values == (0.0,) * 7
    assert read.weights == (1.0, *[INFERRED] * 6)


def test_copies_across_sources_are_one_row_and_contradictions_none(tmp_path: Path) -> None:
    rows = [
        "Khub BHALO!,bn-latn,none,hate=No;type=Not Hate,banglish-hate-srikta",
        "khub bhalo,bn,none,none,bangla-abusive-aiman",
        "একই কথা,bn,none,hate,abirmondal-merged",
        "একই কথা।,bn,none,none,bangla-abusive-aiman",
        "একই-কথা,bn,none,hate,abirmondal-merged",
    ]
    found = read_pool(_file(tmp_path, "training.csv.gz", HEADER + "\n".join(rows) + "\n"))
    assert [row.example.text for row in found] == ["Khub BHALO!"]
    assert found[0].example.values[0] == 0.0


def test_a_label_on_which_two_sources_disagree_becomes_unknown(tmp_path: Path) -> None:
    rows = ["একই কথা,bn,none,toxic;insult,bangla-abusive-aiman", "একই কথা,bn,none,threat,multilabel-toxic-belal"]
    (found,) = read_pool(_file(tmp_path, "training.csv.gz", HEADER + "\n".join(rows) + "\n"))
    assert dict(zip(LABELS, found.example.values, strict=True))["insult"] is None
    assert found.weights[LABELS.index("insult")] == 0.0
    assert found.example.values[0] == 1.0


def test_sources_are_left_out_by_name_and_by_licence(data_folder: Path) -> None:
    path = data_folder / "training.csv.gz"
    assert {row.example.origin for row in read_pool(path, without=["bangla-spam-telegram"])} == {
        "bangla-abusive-aiman",
        "banglish-hate-srikta",
    }
    assert {row.example.origin for row in read_pool(path, without_licences=["none"])} == {"bangla-spam-telegram"}


def test_the_letters_of_a_word_do_not_name_a_licence(data_folder: Path) -> None:
    assert len(read_pool(data_folder / "training.csv.gz", without_licences=["NC"])) == len(
        read_pool(data_folder / "training.csv.gz")
    )


def test_an_unknown_source_is_refused(data_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="unknown source nosuch"):
        read_pool(data_folder / "training.csv.gz", without=["nosuch"])
    with pytest.raises(DataError, match="line 2: unknown source 'nosuch'"):
        read_pool(_file(tmp_path, "training.csv.gz", HEADER + "a,bn,none,hate,nosuch\n"))


def test_a_split_is_taken_from_a_file_of_the_research_data(tmp_path: Path) -> None:
    path = _file(tmp_path, "t.csv", HEADER + "a,bn,dev,Non-Violence,vitd\nb,bn,test,Direct Violence,vitd\n")
    assert [each.text for each in read_any_labelled_file(path, "test")] == ["b"]
    with pytest.raises(DataError, match="no rows of the split 'train'"):
        read_any_labelled_file(path, "train")
