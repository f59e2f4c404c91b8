"""How commands answer: JSON where a script reads, tables and plain lines where a person does."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """The ``--json`` switch, which every command takes whose answer a script may read."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with JSON, for scripts.")(function)


def say_json(answer: object) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, default=str))


def say_pairs(pairs: Sequence[tuple[str, object]]) -> None:
    """Names and values, one a line, the values under each other."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        click.echo(f"{name:<{width}}  {value}")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose cells are data: no markup is read in them, and no control character reaches the terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console().print(table)


def printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
