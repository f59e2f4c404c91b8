"""The trained bundles: which is live, which scores in its shadow, each one's card, and what another would change."""

from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markupsafe import Markup

from moderation.domain.errors import NotFoundError, NotPermittedError
from moderation.domain.permission import Permission
from moderation.steps import comparing
from moderation.steps.comparing import Compared
from moderation.store import bundles as stored
from moderation.store import drift
from moderation.store.bundles import Listed
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, site_ids
from moderation.web.dashboard.pictures import picture_answer

_PAGE_COMPARES: Final = 2_000
"""Comments that the page compares at most, from stored scores: some hundredths of a second."""
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@dashboard.get("/bundles")
def bundles() -> ResponseReturnValue:
    """All bundles, the newest first, and every promotion."""
    _must_see()
    with runtime().reading() as connection:
        found = stored.listed(connection)
        promotions = stored.promotions(connection)
    return render_template("bundles.html", bundles=found, promotions=promotions[::-1])


@dashboard.get("/bundles/<int:bundle_id>")
def bundle(bundle_id: int) -> ResponseReturnValue:
    """One bundle: its card, its figures, its drift, and which outcomes would change with it in the live one's place."""
    sites = _must_see()
    with runtime().reading() as connection:
        found = stored.listed(connection)
        measured = drift.newest(connection, bundle_id)
    one = next((one for one in found if one.id == bundle_id), None)
    if one is None:
        raise NotFoundError("There is no such bundle.")
    live = next((other for other in found if other.live), None)
    return render_template(
        "bundle.html",
        bundle=one,
        card=Markup(_MARKDOWN.render(one.card)),  # noqa: S704 - rendered with HTML switched off
        metrics=_metrics(one),
        measured=measured,
        compared=_compared(one, live, sites),
        days=comparing.DAYS,
    )


@dashboard.get("/bundles/<int:bundle_id>/drift.svg")
def drift_picture(bundle_id: int) -> ResponseReturnValue:
    """The picture of the bundle's last measurement, its words in the visitor's language."""
    if not site_ids(Permission.SEE_FIGURES):
        raise NotPermittedError("Your role does not see the figures. Ask an administrator.")
    with runtime().reading() as connection:
        picture = drift.picture_of(connection, bundle_id)
    if picture is None:
        raise NotFoundError("There is no such picture. Drift is measured once a day.")
    return picture_answer(picture)


def _must_see() -> list[int]:
    """The sites whose comments the page may quote."""
    sites = site_ids(Permission.SEE_BUNDLES)
    if not sites:
        raise NotPermittedError("Your role does not see the bundles. Ask an administrator.")
    return sites


def _metrics(bundle: Listed) -> list[tuple[str, str, float]]:
    """The figures in a bundle's metrics as (test, label, value), whatever version wrote them."""
    return [
        (test, label, float(value))
        for test, values in bundle.metrics.items()
        if isinstance(values, dict) and test != "reference"
        for label, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def _compared(bundle: Listed, live: Listed | None, sites: list[int]) -> Compared | None:
    if live is None or live.id == bundle.id:
        return None
    now = runtime().now()
    return comparing.compare_stored(runtime().work, live, bundle, site_ids=sites, now=now, most=_PAGE_COMPARES)
