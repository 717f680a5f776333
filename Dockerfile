# The tag is of a Python and a Debian; whoever wants the very same image each time gives a digest:
# docker build --build-arg PYTHON=python:3.11-slim-bookworm@sha256:...
ARG PYTHON=python:3.11-slim-bookworm
ARG POSTGRES=postgres:18

# The gateway's virtualenv, without what only installs or debugs.
FROM ${PYTHON} AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python -m venv --without-pip /opt/pgwallet
COPY pyproject.toml LICENSE README.md ./
COPY console console
COPY db db
COPY gateway gateway
COPY pgwallet pgwallet
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/pgwallet install . \
    && find /opt/pgwallet -name '*.so' -exec strip --strip-unneeded {} +

# All that `make test` needs: it runs in this one without a network.
FROM ${PYTHON} AS test
# hadolint ignore=DL3008,DL3009
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl make postgresql-15 \
    && useradd --uid 10001 --create-home pgwallet \
    && install -d -o pgwallet /src /opt/cache /opt/wheels
USER 10001
WORKDIR /src
ENV PGWALLET_CACHE=/opt/cache
COPY --chown=10001 pyproject.toml LICENSE README.md Makefile ./
COPY --chown=10001 console console
COPY --chown=10001 db db
COPY --chown=10001 gateway gateway
COPY --chown=10001 pgwallet pgwallet
RUN --mount=type=cache,target=/home/pgwallet/.cache/pip,uid=10001 \
    pip wheel --wheel-dir /opt/wheels '.[dev]' 'hatchling>=1.27,<2' editables pip \
    && rm /opt/wheels/pgwallet-*
ENV PIP_FIND_LINKS=/opt/wheels \
    PIP_NO_INDEX=1
RUN make .venv/ready
COPY --chown=10001 . .
RUN .venv/bin/python -m tests.support.thirdparty
CMD ["make", "test"]

# The proxy of docker-compose.cluster.yml: PostgreSQL with PL/Proxy.
FROM ${POSTGRES} AS proxy
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends "postgresql-$PG_MAJOR-plproxy" \
    && rm -rf /var/lib/apt/lists/*

FROM ${PYTHON}
RUN useradd --system --uid 10001 --no-create-home pgwallet
COPY --from=build /opt/pgwallet /opt/pgwallet
ENV PATH=/opt/pgwallet/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PGWALLET_HOST=0.0.0.0 \
    PGWALLET_PORT=8080
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{os.environ[\"PGWALLET_PORT\"]}/health')"]
CMD ["pgwallet", "serve"]
