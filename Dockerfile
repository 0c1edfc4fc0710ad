# The image of the integration: dependencies are built in one stage and run in another, as user
# "ocean", like Ocean's own images.
FROM python:3.12-slim AS builder

WORKDIR /app
RUN python -m venv /app/.venv
# The lock file alone first: while it does not change, this layer is taken from the cache.
COPY requirements.lock /app/
RUN /app/.venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock

FROM python:3.12-slim

ARG INTEGRATION_VERSION
LABEL INTEGRATION_VERSION=${INTEGRATION_VERSION}
LABEL org.opencontainers.image.title="Ocean Custom"

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/app/.venv/bin:$PATH

RUN groupadd --system appgroup \
    && useradd --system --gid appgroup --create-home --uid 999 ocean \
    && mkdir -p /tmp/ocean/streaming /app/.config \
    && chown -R ocean:appgroup /tmp/ocean /app

WORKDIR /app
COPY --from=builder --chown=ocean:appgroup /app/.venv /app/.venv
COPY --chown=ocean:appgroup . /app
RUN ln -s ../../scripts/ocean-custom /app/.venv/bin/ocean-custom

USER ocean
CMD ["ocean", "sail"]
