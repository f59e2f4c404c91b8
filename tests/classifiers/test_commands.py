"""Tests of ``python -m classifiers``."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from classifiers import LABELS, Bundle, load_bundle
from classifiers.__main__ import main
from classifiers.check_examples import ORIGINS
from classifiers.commands.train import read_rows
from tests.classifiers.desk import make_data_folder

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, lines: bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input=lines)


@pytest.fixture(scope="session")
def bundle_path(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "small.alochona"
    path.write_bytes(bundle.to_bytes())
    return path


def _refused(result: Result, reason: str) -> None:
    assert result.exit_code == 2, result.output
    assert reason in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["score"]])
def test_everything_explains_itself(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_an_unknown_command_is_refused() -> None:
    assert run("nosuch").exit_code == 2


def test_training_writes_a_bundle_and_its_card_and_says_so_in_json(data_folder: Path, tmp_path: Path) -> None:
    result = run("train", "--data", data_folder, "--out", tmp_path / "new.alochona", "--seed", "1", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    made = load_bundle(tmp_path / "new.alochona")
    assert (told["sha256"], made.name) == (made.digest, "new")
    assert (tmp_path / "new.md").read_text(encoding="utf-8") == made.card
    assert "| bangla-abusive-aiman |" in made.card
    assert "non-commercial" in made.card


def test_nothing_like_a_test_is_trained_on_though_a_letter_differs(tmp_path: Path) -> None:
    folder = make_data_folder(tmp_path, 60)
    rows = read_rows(folder, (), ())
    text = max((row.example.text for row in rows if row.example.origin not in ORIGINS), key=len)
    copy = f"{text[:-1]}ক"
    with gzip.open(folder / "bd-shs-dev.csv.gz", "wt", encoding="utf-8") as file:
        file.write(f"text,lang,split,labels,source\n{copy},bn,dev,hate,bd-shs\n")
    kept = {row.example.text for row in read_rows(folder, (), ())}
    assert text not in kept
    assert len(kept) > 30


def test_training_from_nowhere_is_refused(tmp_path: Path, data_folder: Path) -> None:
    _refused(run("train", "--data", tmp_path, "--out", tmp_path / "x"), "training.csv.gz: No such file")
    _refused(run("train", "--data", data_folder, "--out", tmp_path / "no" / "x"), "no such folder to write to")


def test_evaluating_prints_tables_or_json(bundle_path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,toxicity\nপিটাবো ভাঙবো,1\nভালো খবর,0\n", encoding="utf-8")
    table = run("evaluate", "--bundle", bundle_path, "--data", tmp_path / "a.csv")
    assert "| toxicity | 2 | 1 | 1.000" in table.stdout
    told = run("evaluate", "--bundle", bundle_path, "--data", tmp_path / "a.csv", "--json")
    assert json.loads(told.stdout)["labels"]["toxicity"]["auc"] == 1.0


def test_evaluating_what_cannot_be_read_is_refused(bundle_path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    _refused(run("evaluate", "--bundle", bundle_path, "--data", tmp_path / "a.csv"), "needs a column «text»")
    _refused(run("evaluate", "--bundle", tmp_path / "a.csv", "--data", tmp_path / "a.csv"), "not a bundle")
    _refused(run("evaluate", "--bundle", bundle_path, "--data", tmp_path / "none.csv"), "No such file")


def test_scoring_answers_each_line_in_order(bundle: Bundle, bundle_path: Path) -> None:
    texts = [f"ভালো খবর {number}" for number in range(300)] + ["", "lone \ud800 surrogate"]
    result = run(
        "score", "--bundle", bundle_path, lines="\n".join(json.dumps({"text": text}) for text in texts).encode()
    )
    assert result.exit_code == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(answer["scores"].values()) for answer in answers] == [
        list(each.scores) for each in bundle.score(texts)
    ]
    assert list(answers[0]["scores"]) == list(LABELS)
    assert (answers[0]["script"], answers[0]["bundle"]) == ("bn", "small")


@pytest.mark.parametrize("label", ["toxicity", "all"])
def test_explaining_adds_the_words_and_what_they_add(bundle_path: Path, label: str) -> None:
    text = "ভালো খবর 😀 g\u200dadhata! \ud800"
    lines = json.dumps({"text": text}).encode()
    result = run("score", "--bundle", bundle_path, "--explain", label, lines=lines)
    assert result.exit_code == 0, result.stderr
    explanations = json.loads(result.stdout)["explanations"]
    assert list(explanations) == ([label] if label != "all" else list(LABELS))
    told = explanations["toxicity"]
    assert told["logit"] == pytest.approx(
        told["bias"] + sum(each["contribution"] for each in told["stretches"]), abs=1e-4
    )
    assert [text[each["begin"] : each["end"]] for each in told["stretches"]] == [
        each["text"] for each in told["stretches"]
    ]
    assert max(told["stretches"], key=lambda each: float(each["contribution"]))["text"] == "g\u200dadhata"


def test_explaining_what_is_no_label_is_refused(bundle_path: Path) -> None:
    assert run("score", "--bundle", bundle_path, "--explain", "rudeness", lines=b"").exit_code == 2


def test_scoring_nothing_writes_nothing(bundle_path: Path) -> None:
    result = run("score", "--bundle", bundle_path, lines=b"")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "line 3: not JSON"),
        (b"", "line 3: not JSON"),
        (b"\xff", "line 3: not JSON"),
        (b"[" * 100_000, "line 3: not JSON"),
        (b'"text"', "line 3: needs a JSON object with a «text» key"),
        (b'{"texts": 1}', "line 3: needs a JSON object"),
        (b'{"text": null}', "line 3: «text» must be a string"),
    ],
)
def test_a_bad_line_ends_the_run_after_what_was_before_it(bundle_path: Path, line: bytes, reason: str) -> None:
    result = run(
        "score", "--bundle", bundle_path, lines=b'{"text": "a"}\n{"text": "b"}\n' + line + b'\n{"text": "c"}\n'
    )
    assert len(result.stdout.splitlines()) == 2
    _refused(result, reason)


def test_scoring_from_a_shell_needs_no_scikit_learn_and_uses_the_starter() -> None:
    code = (
        "import sys, runpy; sys.modules['sklearn'] = sys.modules['scipy'] = None; "
        "sys.argv = ['x', 'score']; runpy.run_module('classifiers', run_name='__main__')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        input=b'{"text": "hello"}\n',
        capture_output=True,
        check=False,
        env=dict(os.environ),
    )
    assert (found.returncode, found.stderr) == (0, b"")
    assert json.loads(found.stdout)["bundle"] == "starter"
