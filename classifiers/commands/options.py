"""What the commands share: the committed starter's place, errors as one line, progress on standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from classifiers.errors import ClassifierError
from classifiers.progress import Note, Step

STARTER = Path(__file__).parent.parent / "bundles" / "starter.alochona"

bundle_option = click.option(
    "--bundle",
    "bundle_path",
    type=click.Path(path_type=Path),
    default=STARTER,
    help="A bundle's file; the committed starter by default.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """What a person can mend is told in one line, with exit code 2."""
    try:
        yield
    except ClassifierError as error:
        refuse(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        refuse(f"{error.filename or 'input'}: {error.strerror or error}")


def refuse(reason: str) -> NoReturn:
    click.echo(f"error: {' '.join(reason.split())}", err=True)
    sys.exit(2)


def echo_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def progress_bars() -> Iterator[Note]:
    """Gives a function that begins a bar on standard error (a terminal's only) and returns what moves it on."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def begin(what: str, steps: int) -> Step:
            task = progress.add_task(what, total=steps)
            return lambda done: progress.update(task, advance=done)

        yield begin
