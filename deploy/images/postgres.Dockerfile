# PostgreSQL of Debian, under a user without rights; its superuser is reached by password, or from inside the container.
ARG DEBIAN=docker.io/library/debian:trixie-slim

FROM ${DEBIAN}
# The user comes first, so that Debian's package takes it instead of making one with another number. Without the
# policy file the package would make a cluster of its own while the image is built.
RUN useradd --uid 10001 --user-group --home-dir /var/lib/postgresql --shell /bin/sh postgres \
 && install --directory /etc/postgresql-common \
 && echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-17 \
 && apt-get clean && rm -rf /var/cache/apt /var/lib/apt/lists/* /var/log/* \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data /run/secrets
COPY --chmod=0755 deploy/images/start-postgres /usr/local/bin/start-postgres
ENV PATH=/usr/lib/postgresql/17/bin:$PATH
USER 10001:10001
# The fast shutdown: open transactions are rolled back and the server ends at once. SIGTERM would wait for everybody.
STOPSIGNAL SIGINT
CMD ["start-postgres"]
