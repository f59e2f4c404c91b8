"""Tests of what the suite holds: is it large, mixed and sound enough to judge a classifier by?"""

import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from classifiers import LABELS, banglacheck, detect_script
from classifiers.banglacheck import cases
from classifiers.banglacheck.disguising import DISGUISES
from classifiers.banglacheck.files import read_functionalities, read_slots
from classifiers.banglacheck.templates import GROUP_SLOTS, slots_of

FOLDER = Path(banglacheck.__file__).parent
FILES = sorted(FOLDER.glob("*/*.toml"))
SCRIPTS = ("bn", "bn-Latn", "en")
ALL = cases("all")


def test_the_suite_is_as_large_as_it_says() -> None:
    assert len({case.functionality for case in ALL}) >= 25
    assert len(ALL) >= 2_500
    assert {case.expected for case in ALL} == {"stand", "hold"}


def test_every_functionality_has_sixty_cases() -> None:
    assert min(Counter(case.functionality for case in ALL).values()) >= 60


def test_no_template_outweighs_the_others() -> None:
    assert max(Counter(case.template for case in ALL).values()) <= 12


def test_each_half_of_each_functionality_has_four_templates_in_each_script() -> None:
    for each in read_functionalities():
        found = Counter((template.script, template.half) for template in each.templates)
        scripts = ("mixed",) if each.name == "mixed_script" else SCRIPTS
        assert set(found) == {(script, half) for script in scripts for half in ("train", "test")}, each.name
        assert min(found.values()) >= 4, each.name


def test_the_halves_share_no_template_and_no_text() -> None:
    train, test = cases("train"), cases("test")
    assert Counter(train) + Counter(test) == Counter(ALL)
    assert not {case.template for case in train} & {case.template for case in test}
    assert not {case.text for case in train} & {case.text for case in test}


def test_no_sentence_is_in_both_halves() -> None:
    halves: dict[str, set[str]] = {"train": set(), "test": set()}
    for each in read_functionalities():
        for template in each.templates:
            halves[template.half].add(template.text)
    assert not halves["train"] & halves["test"]


def test_no_text_comes_twice() -> None:
    assert [text for text, count in Counter(case.text for case in ALL).items() if count > 1] == []


def test_every_place_is_filled_and_every_mark_taken_out() -> None:
    assert [case.text for case in ALL if set(case.text) & set("{}[]")] == []


def test_the_files_and_the_cases_are_composed() -> None:
    for path in (*FILES, FOLDER / "slots.toml"):
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8")), path.name
    assert [case.text for case in ALL if not unicodedata.is_normalized("NFC", case.text)] == []


def test_every_file_says_that_it_is_test_material() -> None:
    for path in FILES:
        assert path.read_text(encoding="utf-8").startswith("# Test material of BanglaCheck"), path.name


def test_every_file_names_known_labels_lists_and_disguises() -> None:
    slots = read_slots()
    for each in read_functionalities():
        assert each.labels, each.name
        assert set(each.labels) <= set(LABELS), each.name
        assert each.disguise in {"", *DISGUISES}, each.name
        for template in each.templates:
            assert slots_of(template.text) <= set(slots[template.script]), template.name


@pytest.mark.parametrize("script", [*SCRIPTS, "mixed"])
def test_the_abusive_words_are_in_the_text(script: str) -> None:
    marked = [case for case in ALL if case.script == script and case.spans]
    assert marked
    for case in marked:
        assert case.expected == "hold"
        ends = [0, *(at for span in case.spans for at in span), len(case.text)]
        assert ends == sorted(ends), case
        for start, end in case.spans:
            assert case.text[start:end] == case.text[start:end].strip() != "", case


def test_most_of_what_is_held_says_which_words_are_abusive() -> None:
    held = [case for case in ALL if case.expected == "hold"]
    assert sum(bool(case.spans) for case in held) > 0.8 * len(held)


def test_a_disguise_changes_the_abusive_words_only() -> None:
    for case in cases("all"):
        if case.functionality in DISGUISES:
            outside = case.text[: case.spans[0][0]] + case.text[case.spans[-1][1] :]
            assert not set(outside) & set("\u200b\u200c\u00ad\u2060*#_|@$"), case


@pytest.mark.parametrize("script", SCRIPTS)
def test_comments_are_in_the_script_that_the_suite_says(script: str) -> None:
    texts = [case.text for case in ALL if case.script == script]
    assert sum(detect_script(text) == script for text in texts) >= 0.95 * len(texts)


def test_every_group_stands_in_pairs_on_both_sides_of_both_halves() -> None:
    groups = {case.group for case in ALL if case.group}
    assert len(groups) >= 12
    for half in ("train", "test"):
        for expected in ("stand", "hold"):
            found = Counter(case.group for case in ALL if case.group and (case.half, case.expected) == (half, expected))
            assert set(found) == groups
            assert min(found.values()) >= 8


def test_a_template_with_a_place_for_a_group_is_filled_with_different_groups() -> None:
    for each in read_functionalities():
        for template in each.templates:
            found = [case.group for case in ALL if case.template == template.name]
            if slots_of(template.text) & GROUP_SLOTS:
                assert len(found) == len(set(found)) > 1, template.name
            else:
                assert set(found) == {None}, template.name


def test_every_list_is_used() -> None:
    used = {slot for each in read_functionalities() for one in each.templates for slot in slots_of(one.text)}
    assert {name for lists in read_slots().values() for name in lists} == used


def test_reading_the_suite_needs_no_scikit_learn() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['scipy'] = None; "
        "from classifiers.banglacheck import cases; print(len(cases('all')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parents[1], capture_output=True, check=True, text=True
    )
    assert int(found.stdout) == len(ALL)
