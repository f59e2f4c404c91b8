# One image for every role: web, worker, deliverer, beat and the one-off migration. docker-compose.yml gives the commands.

FROM python:3.12-slim AS packages
COPY requirements.txt .
RUN python -m venv /opt/alochona \
    && /opt/alochona/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && /opt/alochona/bin/python -m pip uninstall --yes --quiet pip

FROM python:3.12-slim
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
# For the web role; docker-compose.yml gives the other roles checks of their own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/live', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws", "app:app"]
