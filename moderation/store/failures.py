"""How the database fails when it is down, overloaded or restarting: what may well succeed a little later."""

from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PASSING_FAILURES: Final = (OperationalError, InterfaceError, PoolTimeoutError)
