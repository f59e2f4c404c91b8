"""Celery entry: ``celery -A worker worker`` and ``celery -A worker beat``."""

from moderation.logs import configure
from moderation.runtime import build_runtime
from moderation.settings import read_settings
from moderation.tasks.factory import create_worker

settings = read_settings()
configure(settings.log_level)
app = create_worker(build_runtime(settings, socket_timeout=15.0))
