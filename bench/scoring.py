"""From comment to seven probabilities: ours, scikit-learn's own chain, fastText and an encoder of BERT's size.

``PYTHONPATH=. python bench/scoring.py``. All score the same comments on one core, in turn, in several rounds; what
counts is processor time, so that a busy machine disturbs less, and ratios are medians over the rounds. At the end:
what an explanation takes, how long a bundle loads in a fresh process, and what it adds to the memory.
scikit-learn's chain does what ours does (the same normaliser, the same four blocks of n-grams, seven logistic
regressions) with its own vectorisers. fastText and the encoder take part where their packages are installed
(``pip install fasttext-wheel onnx onnxruntime``). All but ours are fitted to noise or not at all: only time counts.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.encoder import TOKENS, Encoder
from bench.encoder import can_be_had as encoder_can_be_had
from classifiers import LABELS, explain_all, load_bundle
from classifiers.batch_text import normalise_all
from classifiers.commands.options import STARTER
from classifiers.examples import read_any_labelled_file
from classifiers.features import BATCH
from classifiers.skeleton import skeletons

DISCUSSION = Path(__file__).parent.parent / "moderation" / "demo" / "discussion.json"
SINGLES, FEW = 64, 8
OURS = "ours"

_LOADING = f"""
import json, time, numpy, psutil
process = psutil.Process()
before, started = process.memory_info().rss, time.process_time()
from pathlib import Path
from classifiers import load_bundle
load_bundle(Path({str(STARTER)!r})).score(["Apnar lekhata khub bhalo laglo"])
print(json.dumps([1e3 * (time.process_time() - started), (process.memory_info().rss - before) / 2**20]))
"""

Score = Callable[[Sequence[str]], object]


def main() -> None:
    arguments = _arguments()
    comments = _comments(arguments.data)
    length = statistics.mean(map(len, comments))
    print(
        f"{len(comments):,} different comments, {length:.0f} characters on average, one core, {arguments.rounds} rounds"
    )
    with threadpool_limits(limits=1):
        contenders = _contenders(comments)
        _report("in batches of 256", _rounds(contenders, comments, arguments.rounds, alone=False))
        _report("one at a time", _rounds(contenders, comments, arguments.rounds, alone=True))
        _report_explanations(comments, arguments.rounds)
    _report_load(arguments.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, help="a labelled file whose comments are scored; else the demo's discussion"
    )
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def _comments(path: Path | None) -> list[str]:
    """Two thousand at most; the vocabulary of scikit-learn's chain grows with how different they are."""
    if path is not None:
        return [example.text for example in read_any_labelled_file(path)][:2_000]
    return [comment["body"] for comment in json.loads(DISCUSSION.read_text(encoding="utf-8"))["comments"]]


def _contenders(comments: list[str]) -> dict[str, Score]:
    bundle = load_bundle(STARTER)
    chain = _scikit_learn(comments)
    found: dict[str, Score] = {
        OURS: bundle.score,
        "ours, normalisation alone": normalise_all,
        "ours, with nothing normalised": bundle.logits,
        "scikit-learn": lambda texts: chain.predict_proba(normalise_all(texts)),
    }
    if find_spec("fasttext"):
        found["fastText"] = _fasttext(comments)
    else:
        print("fastText: not installed, left out")
    if encoder_can_be_had():
        encoder = Encoder()
        found[f"encoder, int8, {TOKENS} tokens"] = lambda texts: encoder.score(len(texts))
    else:
        print("encoder: onnx and onnxruntime are not installed, left out")
    return found


def _scikit_learn(comments: list[str]) -> Pipeline:
    """Takes normalised texts; ours are its blocks, their weights and their sub-linear counts."""
    sounds = [str.maketrans(table) for table in _sounds()]
    characters = partial(TfidfVectorizer, analyzer="char_wb", sublinear_tf=True, lowercase=False, dtype=np.float32)
    features = FeatureUnion(
        [
            ("characters", characters(ngram_range=(2, 5))),
            (
                "words",
                TfidfVectorizer(
                    tokenizer=str.split, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32
                ),
            ),
            *((f"skeleton {n}", characters(ngram_range=(3, 6), preprocessor=_Heard(sounds[n]))) for n in range(2)),
        ],
        transformer_weights={"words": 0.5, "skeleton 0": 0.5, "skeleton 1": 0.5},
    )
    texts = normalise_all(comments)
    noise = np.random.default_rng(0).random((len(texts), len(LABELS))) < 0.3
    heads = OneVsRestClassifier(LogisticRegression(solver="liblinear"))
    return make_pipeline(features, heads).fit(texts, noise)


class _Heard:
    """A skeleton the way one would write it for scikit-learn: a table, and doubled sounds squeezed."""

    _DOUBLED = re.compile(r"(.)\1+")

    def __init__(self, table: dict[int, str]) -> None:
        self._table = table

    def __call__(self, text: str) -> str:
        return self._DOUBLED.sub(r"\1", text.translate(self._table))


def _sounds() -> list[dict[str, str]]:
    """Of each skeleton the sound of every character; silent ones have none."""
    tables: list[dict[str, str]] = [{}, {}]
    for code in range(0x0A00):
        for table, (heard, _) in zip(tables, skeletons(np.array([code], dtype=np.uint32)), strict=True):
            table[chr(code)] = "".join(map(chr, heard))
    return tables


def _fasttext(comments: list[str]) -> Score:
    """Its own words and characters 2-5, seven independent outputs; it is handed normalised texts too."""
    module = import_module("fasttext")
    module.FastText.eprint = lambda *_: None
    labels = cycle(LABELS)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{next(labels)} {_one_line(text)}\n" for text in normalise_all(comments))
        file.flush()
        options = {"wordNgrams": 2, "minn": 2, "maxn": 5, "loss": "ova", "epoch": 1, "thread": 1, "verbose": 0}
        model = module.train_supervised(file.name, **options)
    return lambda texts: model.predict(list(map(_one_line, normalise_all(texts))), k=len(LABELS))


def _one_line(text: str) -> str:
    return text.encode(errors="replace").decode()


def _rounds(contenders: dict[str, Score], comments: list[str], rounds: int, *, alone: bool) -> dict[str, list[float]]:
    """Comments a second of each contender in each round; the first round only warms up."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, score in contenders.items():
            speed = _speed(score, _share(comments, name, alone=alone), alone=alone)
            if turn:
                found[name].append(speed)
    return found


def _share(comments: list[str], name: str, *, alone: bool) -> list[str]:
    """As many comments as take long enough to be measured and not much longer."""
    wanted = FEW if name.startswith("encoder") else SINGLES if alone else 4 * BATCH
    return list(islice(cycle(comments), wanted))


def _speed(score: Score, texts: list[str], *, alone: bool) -> float:
    size = 1 if alone else BATCH
    started = time.process_time()
    for at in range(0, len(texts), size):
        score(texts[at : at + size])
    return len(texts) / (time.process_time() - started)


def _report(how: str, found: dict[str, list[float]]) -> None:
    print(f"\n{how:42} {'comments per processor second, median':42} ours is so many times as fast")
    for name, speeds in found.items():
        ratio = statistics.median(ours / its for ours, its in zip(found[OURS], speeds, strict=True))
        span = f"{statistics.median(speeds):,.0f} ({min(speeds):,.0f} to {max(speeds):,.0f})"
        print(f"  {name:40} {span:42} {ratio:8.1f}")


def _report_explanations(comments: list[str], rounds: int) -> None:
    bundle = load_bundle(STARTER)
    texts = _share(comments, OURS, alone=True)
    speeds = [_speed(lambda one: explain_all(bundle, one[0]), texts, alone=True) for _ in range(rounds + 1)][1:]
    print(f"\nexplaining all labels of one comment: {1_000 / statistics.median(speeds):.1f} ms")


def _report_load(rounds: int) -> None:
    """In fresh interpreters, each of which has NumPy already: importing the library, loading the starter, one score."""
    found = [
        json.loads(subprocess.run([sys.executable, "-c", _LOADING], capture_output=True, check=True).stdout)
        for _ in range(rounds)
    ]
    milliseconds, megabytes = (statistics.median(column) for column in zip(*found, strict=True))
    print(f"import, load and first score: {milliseconds:.0f} ms of processor time")
    print(f"memory that they add to a process with NumPy: {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
