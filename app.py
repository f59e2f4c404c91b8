"""WSGI entry: ``granian --interface wsgi app:app``."""

from moderation.logs import configure
from moderation.runtime import build_runtime
from moderation.settings import read_settings
from moderation.web.factory import create_app

settings = read_settings()
configure(settings.log_level)
app = create_app(build_runtime(settings))
