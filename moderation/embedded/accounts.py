"""Whom PostgreSQL runs as: it refuses root, so under root it gets an account of its own that owns the data folder.

Beside the data folder only the var folder around it changes: its group becomes the account's, which may pass through
it and not read it. Nothing above is touched. Where a folder above is closed, as /root is, the server alone is let past
file permissions: it keeps that one capability of root's, and its own password guards what it can reach.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypedDict

from moderation.embedded.errors import EmbeddedServerError

NAME: Final = "alochona-db"


@dataclass(frozen=True, slots=True)
class Account:
    """Another user of this machine, as whom root runs PostgreSQL; ``passage`` is the command that takes it there."""

    name: str
    uid: int
    gid: int
    passage: tuple[str, ...] = ()


def account_for(folder: Path) -> Account | None:
    """The owner of ``folder``'s data, else an account of our own, which is made; ``None`` where we are not root.

    Raises:
        EmbeddedServerError: the data belongs to somebody else, or no account can be had.
    """
    owner = folder.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise EmbeddedServerError(
                f"The data in {folder} belongs to another user ({_name(owner)}), under whom or under root this was run "
                "before. Run it so again, or set ALOCHONA_VAR to another folder."
            )
        return None
    return _account(_name(owner)) if owner != 0 else _own_account()


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EmbeddedServerError(
            f"The embedded database's folder belongs to the user number {uid}, which this machine does not know. "
            "Give the folder to a user, or set ALOCHONA_VAR to another folder."
        ) from None


def _account(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def _own_account() -> Account:
    try:
        return _account(NAME)
    except KeyError:
        _make_account()
    return _account(NAME)


def _make_account() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and the user {NAME} could not be made for it ({said}). "
            "Make that user, or run this as an ordinary user, or set DATABASE_URL."
        ) from error


def reaching(account: Account, folder: Path, programs: Path) -> Account:
    """``account`` as it must be run to enter ``folder`` and to run what is in ``programs``.

    Raises:
        EmbeddedServerError: it cannot be made to, with the way out.
    """
    if not _enters(account, folder):
        _let_through(account, folder.parent)
    for run_as in (account, *_past_permissions(account)):
        if _enters(run_as, folder) and succeeds(run_as, [str(programs / "postgres"), "--version"]):
            return run_as
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root, and as the user {account.name} it cannot reach {folder} or {programs}, "
        "because a folder above is closed to other users. Put both elsewhere (ALOCHONA_VAR=/srv/alochona and "
        "make run VENV=/opt/alochona-venv), or run this as an ordinary user, or set DATABASE_URL."
    )


def _past_permissions(account: Account) -> Iterator[Account]:
    """The account with one capability kept: to look into any folder, or where that was taken from root, to open any.

    PostgreSQL asks with access(2), which counts capabilities only under the secure bit that is set here.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return
    becoming = [setpriv, f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    for capability in ("dac_read_search", "dac_override"):
        keeping = [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup", "--"]
        yield replace(account, passage=(*becoming, *keeping))


def _let_through(account: Account, var: Path) -> None:
    """The account's group may pass through ``var``, which is ours: made for these servers, and closed to all others."""
    found = var.stat()
    if found.st_uid == 0 and not found.st_mode & 0o070:
        os.chown(var, -1, account.gid)
        var.chmod(found.st_mode & 0o777 | 0o010)


def _enters(account: Account, folder: Path) -> bool:
    return succeeds(account, ["test", "-w", str(folder)])


def succeeds(account: Account, command: list[str]) -> bool:
    try:
        return not subprocess.run(
            [*account.passage, *command], cwd="/", capture_output=True, check=False, **identity(account)
        ).returncode
    except OSError:
        return False


class Identity(TypedDict):
    """What ``subprocess`` is told of another user; nothing where the command itself changes over."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def identity(account: Account | None) -> Identity:
    if account is None or account.passage:
        return Identity(user=None, group=None, extra_groups=None)
    return Identity(user=account.uid, group=account.gid, extra_groups=[])
