"""Every machine-readable code that the code can answer with stands in the documents, and they promise no other."""

import ast
import re
from collections.abc import Iterator
from typing import get_args

from moderation.callback_urls import UrlFault
from moderation.domain.errors import ModerationError
from moderation.signing import SignatureFault
from moderation.web.errors import HTTP_CODES
from moderation.web.problem_codes import FIELD_CODES, PROBLEM_CODES
from moderation.web.webhook.reading import _CODES, _OWN_CODES
from tests.guards.repository import ROOT, modules


def _calls(name: str, place: int) -> set[str]:
    """The text literals that stand at this place in calls of this name."""
    return {
        word
        for path in modules("moderation")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
        for word in _words(call.args[place : place + 1])
    }


def _words(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _class_codes() -> set[str]:
    """``code`` of every class that descends from ModerationError, read from the source."""
    root = {"ModerationError"}
    classes = [
        node
        for path in modules("moderation")
        if path.relative_to(ROOT).parts[1] not in {"commands", "embedded", "demo"}  # no request gets there
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    while (
        fresh := {
            node.name for node in classes for base in node.bases if isinstance(base, ast.Name) and base.id in root
        }
        - root
    ):
        root |= fresh
    return {
        word
        for node in classes
        if node.name in root
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and statement.value is not None
        and "code" in _targets(statement)
        for word in _words([statement.value])
    }


def _targets(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_every_problem_has_its_line_under_docs_and_every_line_its_problem() -> None:
    raised = _calls("Problem", 1) | _class_codes() | set(HTTP_CODES.values())
    raised |= set(get_args(SignatureFault)) | set(get_args(UrlFault))
    assert "not_json" in raised
    assert ModerationError.code in raised
    assert {problem.code for problem in PROBLEM_CODES} == raised


def test_a_code_stands_for_one_status_and_says_what_to_do() -> None:
    codes = [problem.code for problem in PROBLEM_CODES]
    assert len(codes) == len(set(codes))
    assert all(problem.advice.endswith(".") for problem in PROBLEM_CODES)
    assert all(re.fullmatch(r"[a-z_]+", code) for code in [*codes, *FIELD_CODES])


def test_every_code_of_a_field_has_its_line_under_docs() -> None:
    assert {*_CODES.values(), *_OWN_CODES, "wrong_type", *_calls("Fault", 1)} == set(FIELD_CODES)


def test_every_reason_of_not_being_ready_is_told_to_the_operator() -> None:
    source = (ROOT / "moderation" / "web" / "health.py").read_text(encoding="utf-8")
    reasons = set(re.findall(r'"code": "(\w+)"|_unready\(\s*"(\w+)"', source))
    codes = {code for pair in reasons for code in pair if code}
    assert len(codes) >= 6
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_every_figure_that_the_documents_name_is_told() -> None:
    source = (ROOT / "moderation" / "web" / "health.py").read_text(encoding="utf-8")
    told = set(re.findall(r'"(alochona_\w+)"', source))
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(alochona_\w+)\{", page))
    assert named
    assert named <= told
