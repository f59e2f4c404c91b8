"""The commands as an operator calls them: the whole program, on a real database."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import structlog
from click.testing import CliRunner, Result

from moderation.commands.groups import LazyGroup
from moderation.commands.program import program
from moderation.settings import Settings
from moderation.store import audit_log
from moderation.store.unit_of_work import Work
from moderation.vault import Vault
from tests.conftest import SECRET_KEY
from tests.gold import gold_file, small_desk

Run = Callable[..., Result]
SITE = ("enrol", "site", "khobor", "--name", "খবর", "--url", "https://khobor.example")


@pytest.fixture
def run(settings: Settings) -> Iterator[Run]:
    """Calls the program and expects this exit code; logging is put back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    environment = {
        "DATABASE_URL": str(settings.database_url).replace("+psycopg", ""),
        "REDIS_URL": settings.redis_url,
        "ALOCHONA_SECRET_KEY": SECRET_KEY,
        "ALOCHONA_VAR": str(settings.var),
        "ALOCHONA_STARTER_BUNDLE": str(settings.starter_bundle),
        "ALOCHONA_BASE_URL": "https://alochona.example",
    }

    def call(*arguments: str, code: int = 0, **overrides: str) -> Result:
        result = CliRunner().invoke(program, [*arguments], env={**environment, **overrides})
        assert result.exit_code == code, result.output
        return result

    yield call
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def answer(result: Result) -> Any:
    return json.loads(result.stdout)


def commands_of(group: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(group, LazyGroup):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands_of(command, f"{path} {name}".strip())


def test_every_command_can_be_imported_and_explains_itself() -> None:
    found = dict(commands_of(program))
    assert {"enrol site", "enrol moderator", "enrol key", "secrets rotate", "retrain", "bundles rollback"} <= set(found)
    assert all(command.help for command in found.values())


def test_only_retraining_loads_the_training_libraries() -> None:
    script = (
        "import sys\n"
        "from moderation.commands.program import program\n"
        "for name in ('enrol', 'migrate', 'policy', 'status', 'bundles', 'gold'): program.get_command(None, name)\n"
        "print([name for name in ('sklearn', 'matplotlib', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_site_is_enrolled_with_all_that_it_needs(run: Run) -> None:
    made = answer(run(*SITE, "--json"))
    assert set(made) == {"site", "webhook_secret", "callback_secret", "api_key"}
    assert made["site"] == "khobor"
    assert made["webhook_secret"].startswith("whsec_")
    assert made["webhook_secret"] != made["callback_secret"]


def test_bad_input_is_one_clear_line_and_exit_code_two(run: Run) -> None:
    run(*SITE)
    for arguments in (
        SITE,
        ("enrol", "site", "No Good", "--name", "x", "--url", "https://x.example"),
        ("enrol", "site", "x", "--name", "x", "--url", "https://x.example", "--callback", "http://10.0.0.1/"),
        ("enrol", "moderator", "nobody", "--role", "editor"),
        ("enrol", "moderator", "a@b.example", "--site", "unknown"),
        ("enrol", "key", "unknown"),
        ("secrets", "rotate", "unknown", "--purpose", "webhook"),
        ("bundles", "promote", "unknown"),
        ("bundles", "rollback"),
        ("gold", "show", "unknown"),
        ("policy", "set", "khobor"),
        ("callbacks", "replay", "unknown"),
        ("retrain",),
    ):
        result = run(*arguments, code=2)
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""


def test_wrong_settings_are_one_clear_line_too(run: Run) -> None:
    assert "PORT" in run("status", code=2, PORT="eighty").stderr
    assert "ALOCHONA_SECRET_KEY" in run("status", code=2, ALOCHONA_SECRET_KEY="").stderr


def test_a_database_that_does_not_answer_is_said_without_its_password(run: Run) -> None:
    result = run("status", code=1, DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/none")
    assert "DATABASE_URL" in result.stderr
    assert "hunter2" not in result.stderr


def test_an_invitation_is_a_link_that_holds_a_token_of_which_only_the_digest_is_kept(run: Run, work: Work) -> None:
    run(*SITE)
    made = answer(run("enrol", "moderator", "a@b.example", "--site", "khobor", "--role", "editor", "--json"))
    base, _, token = made["link"].rpartition("/")
    assert base == "https://alochona.example/welcome"
    with work() as unit:
        kept = unit.connection.exec_driver_sql("SELECT digest FROM invitations").scalar_one()
    assert bytes(kept) == Vault.token_digest(token)


def test_revoking_the_other_keys_leaves_the_new_one_alone(run: Run, work: Work) -> None:
    run(*SITE)
    made = answer(run("enrol", "key", "khobor", "--revoke-others", "--json"))
    with work() as unit:
        valid = unit.connection.exec_driver_sql("SELECT digest FROM api_keys WHERE revoked_at IS NULL").scalars().all()
    assert [bytes(digest) for digest in valid] == [Vault.token_digest(made["api_key"])]


def test_migrating_brings_the_starter_once_and_overrules_nobody(run: Run, tmp_path: Path) -> None:
    assert answer(run("migrate", "--json"))["starter"] is not None
    assert answer(run("migrate", "--json"))["starter"] is None
    made = answer(run("retrain", str(desk(tmp_path)), "--promote", "--force", "--json"))
    assert answer(run("migrate", "--json"))["starter"] is None
    live = [one["name"] for one in answer(run("bundles", "list", "--json")) if one["live"]]
    assert live == [made["bundle"]]


def test_a_broken_starter_does_not_stop_the_start_and_is_told(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.alochona"
    broken.write_bytes(b"nonsense")
    made = answer(run("migrate", "--json", ALOCHONA_STARTER_BUNDLE=str(broken)))
    assert made["migrated"]
    assert made["problem"]
    assert answer(run("status", "--json"))["bundle"] is None


def desk(folder: Path) -> Path:
    path = folder / "desk.csv"
    rows = [f"চমৎকার লেখা {number} সুজলং,0\nকটিমর কুলাঙ্গার {number},1" for number in range(60)]
    path.write_text("\n".join(["text,toxicity", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_promotion_can_be_taken_back(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("retrain", str(desk(tmp_path)), "--promote", "--force")
    assert answer(run("bundles", "rollback", "--json"))["origin"] == "starter"
    assert "none to go back to" in run("bundles", "rollback", code=2).stderr


def test_from_a_gold_set_to_a_promoted_bundle_and_back(run: Run, tmp_path: Path) -> None:
    run("migrate")
    desk = str(small_desk(tmp_path))
    refused = run("retrain", desk, "--promote", code=1)
    assert "there is no gold set" in refused.stderr
    frozen = answer(run("gold", "import", str(gold_file(tmp_path)), "--json"))
    assert (frozen["rows"], frozen["harmful"], frozen["good"], frozen["is_enough"]) == (50, 25, 25, True)
    made = answer(run("retrain", desk, "--promote", "--json"))
    assert made["promoted"]
    assert made["gate"]["allowed"]
    assert made["gate"]["reasons"] == []
    assert Path(made["report"]).name == "report.html"
    (listed,) = answer(run("gold", "list", "--json"))
    assert listed["digest"] == frozen["digest"]
    assert "25" in run("gold", "show", "desk-gold").stdout
    assert answer(run("bundles", "rollback", "--json"))["origin"] == "starter"
    assert answer(run("bundles", "promote", made["bundle"], "--json"))["live"]
    assert answer(run("gold", "retire", "desk-gold", "--json"))["retired_at"]


def test_a_retraining_tells_a_person_what_the_gate_found(run: Run, tmp_path: Path) -> None:
    run("migrate")
    shown = run("retrain", str(small_desk(tmp_path))).stdout
    assert "The gate refuses it." in shown
    assert "banglacheck" in shown
    assert "It is stored, and not live." in shown


def test_a_policy_goes_out_and_in_as_the_same_document(run: Run, tmp_path: Path) -> None:
    run(*SITE)
    shown = answer(run("policy", "show", "khobor", "--json"))["policy"]
    shown["thresholds"]["threat"]["hold"] = 0.35
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(shown), encoding="utf-8")
    answered = answer(run("policy", "set", "khobor", str(path), "--mode", "publish_first", "--json"))
    assert answered["policy"] == shown
    assert (answered["version"], answered["mode"]) == (1, "publish_first")


def test_everything_can_be_held_for_a_time_and_let_go_again(run: Run) -> None:
    run(*SITE)
    assert answer(run("policy", "hold-everything", "khobor", "--minutes", "5", "--json"))["hold_everything_until"]
    assert answer(run("policy", "hold-everything", "khobor", "--off", "--json"))["hold_everything_until"] is None


def test_names_from_the_database_cannot_steer_the_terminal(run: Run, work: Work) -> None:
    run(*SITE)
    with work() as unit:
        unit.connection.exec_driver_sql("UPDATE sites SET mode = 'hold_first', slug = 'a[red]' || chr(27) || '[2J'")
    shown = run("status").stdout
    assert "\x1b" not in shown
    assert "[red]" in shown


def test_a_replay_stands_in_the_record_of_what_operators_did(run: Run, work: Work) -> None:
    run(*SITE)
    run("callbacks", "replay", "khobor")
    with work() as unit:
        entry = audit_log.latest(unit.connection, 1)[0]
    assert (entry.actor, entry.act, entry.subject) == ("operator", "callbacks.replayed", "khobor")
    assert entry.details == {"count": 0}


def test_replaying_where_nothing_is_parked_sends_nothing(run: Run) -> None:
    run(*SITE)
    assert answer(run("callbacks", "replay", "khobor", "--json")) == {"site": "khobor", "replayed": 0}
    assert answer(run("callbacks", "list", "--json")) == []


def test_a_site_moves_its_callbacks_and_ends_what_it_was_known_by(run: Run) -> None:
    run("migrate")
    made = answer(run(*SITE, "--json"))
    run("sites", "callback", "khobor", "https://10.0.0.5/x", code=2)
    run("sites", "callback", "khobor", "https://93.184.215.14/moderation")
    assert answer(run("sites", "list", "--json"))[0]["callbacks"] == ["https://93.184.215.14/moderation"]
    run("sites", "rotate", "khobor", "--purpose", "webhook")
    known = answer(run("sites", "show", "khobor", "--json"))["credentials"]
    assert [one["what"] for one in known] == ["webhook secret", "callback secret", "webhook secret", "key"]
    assert known[-1]["hint"] == made["api_key"][-4:]
    assert "whsec_" not in run("sites", "show", "khobor").stdout
    run("sites", "end-secret", "khobor", str(known[2]["id"]))
    run("sites", "end-secret", "khobor", str(known[0]["id"]), code=2)
    run("sites", "revoke-key", "khobor", str(known[-1]["id"]))
    assert [one["what"] for one in answer(run("sites", "show", "khobor", "--json"))["credentials"]] == [
        "webhook secret",
        "callback secret",
    ]
