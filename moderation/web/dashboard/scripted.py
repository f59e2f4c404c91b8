"""What the pages' scripts are answered: words in the visitor's language as JSON, of what was done and of refusals."""

from flask import Response, request

from moderation.domain.errors import ModerationError
from moderation.web import errors
from moderation.web.answers import json_answer
from moderation.web.dashboard import wording
from moderation.web.dashboard.blueprint import dashboard, language


def by_script() -> bool:
    """Whether a page's script asks, and not its forms."""
    return request.accept_mimetypes.best == "application/json"


def done_by_script(phrase: str, **more: object) -> Response:
    """``told`` is the phrase in the visitor's language."""
    return json_answer({"told": wording.translated(phrase, language()), **more})


@dashboard.errorhandler(ModerationError)
def _refused(error: ModerationError) -> Response:
    """A script gets code and words; a form gets the page of the error."""
    problem = errors.problem_of(error)
    if not by_script():
        return errors.answer(problem)
    told = wording.said(problem.code, problem.template, problem.values, language())
    return json_answer({"code": problem.code, "detail": told}, problem.status, problem.headers)
