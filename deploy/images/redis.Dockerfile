# The broker: Valkey of Debian, which speaks Redis' protocol.
ARG DEBIAN=docker.io/library/debian:trixie-slim

FROM ${DEBIAN}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends valkey-server \
 && apt-get clean && rm -rf /var/cache/apt /var/lib/apt/lists/* /var/log/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin treffpunkt \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data /run/secrets
COPY deploy/images/redis.conf /etc/redis.conf
USER 10001:10001
CMD ["valkey-server", "/etc/redis.conf"]
