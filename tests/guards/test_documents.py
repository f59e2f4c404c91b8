"""The documents hold together: links lead somewhere, decisions are numbered once and in order."""

import re

from tests.guards.repository import ROOT, documents

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_every_link_within_the_documents_leads_to_a_file() -> None:
    links = [
        (path, target)
        for path in documents()
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert len(links) > 20
    assert [(path.name, target) for path, target in links if not (path.parent / target).exists()] == []


def test_decisions_are_numbered_once_each_and_without_a_gap() -> None:
    numbers = [int(path.name.partition("-")[0]) for path in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


def test_a_decision_begins_with_its_number_and_a_title() -> None:
    for path in DECISIONS:
        number = int(path.name.partition("-")[0])
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. ")
