# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY db db
COPY gateway gateway
RUN python -m venv /opt/pgwallet && /opt/pgwallet/bin/pip install --no-cache-dir .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home pgwallet
COPY --from=build /opt/pgwallet /opt/pgwallet
ENV PATH=/opt/pgwallet/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PGWALLET_HOST=0.0.0.0
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health')"]
CMD ["pgwallet", "serve"]
