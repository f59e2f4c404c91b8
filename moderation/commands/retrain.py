"""``retrain``: teaches a bundle from decisions and files, compares it with the live one, and promotes it if asked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from classifiers.training import Note, Step, Tested
from moderation.commands.interrupts import minded_interrupts
from moderation.commands.opening import opened
from moderation.commands.printing import json_option, say_json, say_table
from moderation.steps import retraining
from moderation.steps.retraining import Retrained


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_slugs", multiple=True, help="Learn from this site's decisions only; may be repeated.")
@click.option("--without-decisions", is_flag=True, help="Learn from the files alone.")
@click.option(
    "--without-person",
    "without_people",
    multiple=True,
    metavar="PERSON",
    help="Leave out what this person labelled: an e-mail address here, a name at a site (`site khobor: Rahima`), or a "
    "file's `person`; may be repeated.",
)
@click.option("--promote", is_flag=True, help="Make the new bundle the live one, if the gate lets it through.")
@click.option("--force", is_flag=True, help="With --promote: although the gate refuses; the record says so.")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where reports are kept.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@json_option
def retrain(
    *,
    files: tuple[Path, ...],
    site_slugs: tuple[str, ...],
    without_decisions: bool,
    without_people: tuple[str, ...],
    promote: bool,
    force: bool,
    folder: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Teach a bundle from what people decided, and from labelled FILEs (CSV or JSON lines with a text and labels).

    The gate compares it with the live one on gold sets, fresh random labels and BanglaCheck. The report tells all.
    Exit code 1: it was to be promoted, and was refused.
    """
    if force and not promote:
        raise click.UsageError("--force says how to promote: give --promote too.")
    with opened() as runtime, _bars() as progress:
        made = retraining.retrain(
            runtime.work,
            labelled=files,
            site_slugs=site_slugs,
            with_decisions=not without_decisions,
            without_people=without_people,
            folder=folder or runtime.settings.var / "reports",
            now=runtime.now(),
            promote=promote,
            force=force,
            seed=seed,
            progress=progress,
        )
    _say(made, as_json=as_json)
    if made.refusal is not None:
        raise click.ClickException(made.refusal)


@contextmanager
def _bars() -> Iterator[Note]:
    """A bar for each part of the work, on standard error and on a terminal only, so that the answer can be piped.

    With each step, Ctrl-C is asked for too.
    """
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with (
        minded_interrupts() as interrupts,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
    ):

        def begin(what: str, steps: int) -> Step:
            task = progress.add_task(what, total=steps)

            def step(done: int) -> None:
                interrupts.check()
                progress.update(task, advance=done)

            return step

        yield begin


def _say(made: Retrained, *, as_json: bool) -> None:
    if as_json:
        say_json(_document(made))
        return
    click.echo(f"{made.bundle} ({made.digest[:12]}), taught from {made.base} with {made.examples:,} examples,")
    click.echo(f"{made.decisions:,} decisions among all that were read; {made.held_out:,} held out to measure.")
    if made.left_out:
        click.echo(f"{made.left_out:,} labels were left out with the people who gave them.")
    say_table(
        ("measured on", "measure", "rows", made.live_before, "new", "at worst", "finding"),
        [_row(one) for one in made.verdict.tests if one.is_whole],
    )
    slices = [one for one in made.verdict.tests if not one.is_whole]
    counts = Counter(one.finding for one in slices)
    click.echo(f"{len(slices)} slices: {', '.join(f'{count} {finding}' for finding, count in counts.most_common())}.")
    click.echo(f"The outcome of {made.changes:,} of the newest {made.compared:,} comments would change.")
    click.echo("The gate lets it through." if made.verdict.allowed else f"The gate refuses it. {made.verdict.refusal}")
    click.echo(f"Report: {made.report}")
    click.echo("It is live now." if made.promoted else "It is stored, and not live.")


def _row(one: Tested) -> tuple[object, ...]:
    measure = f"{one.measure} {one.label or ''}"
    if one.difference is None:
        return (one.kind, measure, one.rows, "", "", "", one.finding)
    figures = (f"{one.difference.before:.3f}", f"{one.difference.after:.3f}", f"{one.difference.low:+.3f}")
    return (one.kind, measure, one.rows, *figures, one.finding)


def _document(made: Retrained) -> dict[str, object]:
    return {
        "bundle": made.bundle,
        "digest": made.digest,
        "base": made.base,
        "live_before": made.live_before,
        "examples": made.examples,
        "decisions": made.decisions,
        "left_out": made.left_out,
        "held_out": made.held_out,
        "kept_out": made.measuring,
        "gate": made.verdict.to_dict(),
        "changes": made.changes,
        "compared": made.compared,
        "promoted": made.promoted,
        "refusal": made.refusal,
        "report": str(made.report),
    }
