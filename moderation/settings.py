"""What the operator sets, read once from the environment into one frozen object; docs/settings.md explains each.

A wrong value ends the start with one line that names the variable and what it should be.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_BUNDLES = Path(__file__).resolve().parent.parent / "classifiers" / "bundles"


class SettingsError(Exception):
    """A variable of the environment is missing or wrong; the message names it and tells what to do."""


_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,188}")
_SMTP_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""How the mail server is spoken to, and the port that is usual for it."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. ``security`` is ``starttls``, ``tls`` or ``none``; ``greets_as`` names this machine to it."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    greets_as: str = "localhost"


@dataclass(frozen=True, slots=True)
class Settings:
    """``database_url`` and ``redis_url`` are ``None`` where the embedded servers are to be used.

    Without ``smtp`` nothing is sent by e-mail.
    """

    database_url: str | None
    redis_url: str | None
    secret_keys: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int = 8000
    var: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    callback_allow: str = ""
    metrics_token: str = ""
    starter_bundle: Path = _BUNDLES / "starter.alochona"
    undo_seconds: int = 20
    rate_limit: int = 200
    log_level: str = "INFO"
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    web_threads: int = 8
    smtp: Smtp | None = None

    @property
    def over_https(self) -> bool:
        return self.base_url.startswith("https://")

    def with_servers(self, database_url: str, redis_url: str) -> "Settings":
        return replace(self, database_url=database_url, redis_url=redis_url)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives.

    Raises:
        SettingsError: a value cannot be used, or ``ALOCHONA_SECRET_KEY`` is missing beside a ``DATABASE_URL``.
    """
    host = environment.get("HOST") or "127.0.0.1"
    port = _number(environment, "PORT", 8000, 1, 65_535)
    var = Path(environment.get("ALOCHONA_VAR") or "var").resolve()
    database_url = environment.get("DATABASE_URL") or None
    starter = environment.get("ALOCHONA_STARTER_BUNDLE")
    base_url = _base_url(environment.get("ALOCHONA_BASE_URL") or f"http://{host}:{port}")
    return Settings(
        database_url=_sqlalchemy_url(database_url) if database_url else None,
        redis_url=environment.get("REDIS_URL") or None,
        secret_keys=_secret_keys(environment, var, embedded=database_url is None),
        host=host,
        port=port,
        var=var,
        base_url=base_url,
        callback_allow=environment.get("ALOCHONA_CALLBACK_ALLOW", ""),
        metrics_token=environment.get("ALOCHONA_METRICS_TOKEN", ""),
        starter_bundle=Path(starter) if starter else _BUNDLES / "starter.alochona",
        undo_seconds=_number(environment, "ALOCHONA_UNDO_SECONDS", 20, 0, 3600),
        rate_limit=_number(environment, "ALOCHONA_RATE_LIMIT", 200, 1, 100_000),
        log_level=_log_level(environment.get("ALOCHONA_LOG_LEVEL") or "INFO"),
        trusted_hosts=_listed(environment.get("ALOCHONA_TRUSTED_HOSTS", "")),
        trusted_proxies=_number(environment, "ALOCHONA_TRUSTED_PROXIES", 0, 0, 10),
        web_threads=_number(environment, "ALOCHONA_WEB_THREADS", 8, 2, 256),
        smtp=_smtp(environment, urlsplit(base_url).hostname or "localhost"),
    )


def _smtp(environment: Mapping[str, str], greets_as: str) -> Smtp | None:
    host = environment.get("ALOCHONA_SMTP_HOST", "").strip()
    security = environment.get("ALOCHONA_SMTP_SECURITY") or "starttls"
    sender = environment.get("ALOCHONA_SMTP_FROM", "").strip()
    user, password = environment.get("ALOCHONA_SMTP_USER", ""), environment.get("ALOCHONA_SMTP_PASSWORD", "")
    if security not in _SMTP_PORTS:
        raise SettingsError(f"ALOCHONA_SMTP_SECURITY is {security!r}: give starttls, tls or none.")
    port = _number(environment, "ALOCHONA_SMTP_PORT", _SMTP_PORTS[security], 1, 65_535)
    if not host:
        return None
    if not _ADDRESS.fullmatch(sender):
        raise SettingsError(
            f"ALOCHONA_SMTP_FROM is {sender!r}: give the address that mail comes from, like desk@example.org."
        )
    if bool(user) != bool(password):
        raise SettingsError("ALOCHONA_SMTP_USER and ALOCHONA_SMTP_PASSWORD go together: give both, or neither.")
    if user and security == "none":
        raise SettingsError("ALOCHONA_SMTP_SECURITY is none: the password would cross the network for all to read.")
    return Smtp(host, port, security, sender, user, password, greets_as)


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    written = environment.get(name) or str(default)
    if not written.isascii() or not written.isdigit() or not least <= int(written) <= most:
        raise SettingsError(f"{name} is {written!r}: give a whole number from {least} to {most}.")
    return int(written)


def _log_level(written: str) -> str:
    if written.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingsError(f"ALOCHONA_LOG_LEVEL is {written!r}: give DEBUG, INFO, WARNING or ERROR.")
    return written.upper()


def _base_url(written: str) -> str:
    if not written.startswith(("http://", "https://")):
        raise SettingsError(f"ALOCHONA_BASE_URL is {written!r}: give the address that browsers use, with http(s)://.")
    return written.rstrip("/")


def _listed(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.split(",") if part.strip())


def _sqlalchemy_url(url: str) -> str:
    """Hosting providers hand out ``postgres://``; SQLAlchemy wants the driver named."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise SettingsError("DATABASE_URL must begin with postgresql://; other databases are not supported.")
    return f"postgresql+psycopg://{rest}"


def _secret_keys(environment: Mapping[str, str], var: Path, *, embedded: bool) -> tuple[str, ...]:
    given = _listed(environment.get("ALOCHONA_SECRET_KEY", ""))
    if any(len(key) < 32 for key in given):
        raise SettingsError(
            "ALOCHONA_SECRET_KEY is too short: give at least 32 random characters, for example from "
            "python -c 'import secrets; print(secrets.token_urlsafe(32))'."
        )
    if given:
        return given
    if not embedded:
        raise SettingsError(
            "ALOCHONA_SECRET_KEY is missing: beside a DATABASE_URL it must be set, the same on every machine, since "
            "the secrets stored in the database are encrypted with it."
        )
    return (_kept_secret_key(var / "secret_key"),)


def _kept_secret_key(path: Path) -> str:
    """The installation's own key for the embedded way, made at the first start and readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(
            f"{path.parent} cannot be written ({error.strerror}): set ALOCHONA_VAR to a folder."
        ) from error
    return path.read_text().strip()
