"""Comments of before an upgrade are grouped by a command, for a person and for a script."""

import json

from click.testing import CliRunner
from sqlalchemy import text

from moderation.commands.program import program
from tests.conftest import SECRET_KEY
from tests.factories import World

WAVE = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"


def test_what_was_stored_before_is_grouped_and_told(world: World) -> None:
    site_id = world.make_site()
    for at in range(3):
        world.make_held(site_id, f"c{at}", f"{WAVE} {at}")
    with world.work() as unit:
        unit.connection.execute(text("UPDATE comments SET alike_to = NULL"))
        unit.connection.execute(text("DELETE FROM likeness_bands"))
    settings = world.runtime.settings
    environment = {
        "DATABASE_URL": str(settings.database_url).replace("+psycopg", ""),
        "REDIS_URL": settings.redis_url,
        "ALOCHONA_SECRET_KEY": SECRET_KEY,
        "ALOCHONA_VAR": str(settings.var),
    }
    told = CliRunner().invoke(program, ["group", "--json"], env=environment, catch_exceptions=False)
    assert json.loads(told.stdout) == {"looked_at": 3, "alike": 2}
    told = CliRunner().invoke(program, ["group"], env=environment, catch_exceptions=False)
    assert "1 comments looked at, 0 of them alike" in told.stdout
