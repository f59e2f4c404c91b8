"""What an empty installation is given at its first start: a demo site with a discussion, and a way in for a person."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from moderation.domain.vocabulary import Mode, Role
from moderation.runtime import Runtime
from moderation.steps import enrolling
from moderation.store import enrolments

DEMO_SITE: Final = "demo"
_FIRST_ADMINISTRATOR: Final = "admin@alochona.example"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo site's secrets, kept beside the embedded database, and where its receiver listens."""

    webhook_secret: str
    callback_secret: str
    receiver_port: int
    posted: bool = False


def read_demo(var: Path) -> Demo | None:
    try:
        return Demo(**json.loads((var / "demo.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_demo(var: Path, demo: Demo) -> None:
    _write_private(var / "demo.json", json.dumps(asdict(demo)))
    _write_private(secret_file(var), demo.callback_secret)


def secret_file(var: Path) -> Path:
    return var / "demo_callback_secret"


def _write_private(path: Path, content: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    temporary.replace(path)


def enrol_demo(runtime: Runtime, port: int) -> Demo | None:
    """Enrols the demo site where no site is enrolled at all; ``None`` where there is one already."""
    with runtime.reading() as connection:
        if enrolments.any_site(connection):
            return None
    enrolled = enrolling.enrol_site(
        runtime.work,
        runtime.vault,
        slug=DEMO_SITE,
        name="খবর (demo)",
        url=f"http://127.0.0.1:{port}/",
        callback_url=f"http://127.0.0.1:{port}/callbacks",
        check_callback=runtime.callback_client.check_url,
        mode=Mode.PUBLISH_FIRST,
        now=runtime.now(),
        by="first run",
    )
    return Demo(enrolled.webhook_secret, enrolled.callback_secret, port)


def free_port(start: int) -> int:
    """A port near ``start`` that nothing listens on."""
    for port in range(start, start + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    return start


def first_link(runtime: Runtime) -> str | None:
    """A one-time link for the first administrator, as long as nobody has set a password."""
    with runtime.reading() as connection:
        if enrolments.any_password(connection):
            return None
    token = enrolling.invite_moderator(
        runtime.work,
        runtime.vault,
        email=_FIRST_ADMINISTRATOR,
        role=Role.ADMINISTRATOR,
        name="Administrator",
        now=runtime.now(),
        by="first run",
    )
    return f"{runtime.settings.base_url}/welcome/{token}"
