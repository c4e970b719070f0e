# syntax=docker/dockerfile:1
# Two stages: the first installs the lock, the second carries only what runs, as a user that owns nothing but /data.

FROM python:3.13-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt /tmp/requirements.txt
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=marketplace.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static
RUN groupadd --system --gid 10001 ocop \
 && useradd --system --uid 10001 --gid ocop --home-dir /data --shell /usr/sbin/nologin ocop \
 && install -d -o ocop -g ocop /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The values of this step live in this step only; the container refuses to start without real ones.
RUN export SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
      FIELD_ENCRYPTION_KEYS="$(python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')" \
      ALLOWED_HOSTS=build SITE_URL=https://build EMAIL_URL=smtp://build DATA_DIR=/tmp/build \
 && python -m compileall -q marketplace catalogue checkout cms search \
 && python manage.py compile_messages \
 && python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build
USER ocop
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "marketplace.wsgi:application"]
