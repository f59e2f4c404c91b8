"""Who changes a rule of a site."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Keeper:
    """As the audit log names them, and by the name that the rule's history shows."""

    actor: str
    name: str


OPERATOR: Final = Keeper("operator", "operator")
"""Who acts from the command line."""
