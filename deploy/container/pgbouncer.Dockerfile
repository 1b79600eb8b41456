# PgBouncer as Debian ships it; the files of deploy/pgbouncer/ are mounted. From the project's root:
#   docker build --file deploy/container/pgbouncer.Dockerfile --tag vacancy-pgbouncer:local .
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pgbouncer postgresql-client-common postgresql-client \
    && rm -rf /var/lib/apt/lists/* /etc/pgbouncer/*
COPY deploy/pgbouncer/ /etc/pgbouncer/
USER postgres
EXPOSE 6432
STOPSIGNAL SIGINT
# Its own console is asked through the socket: a pooler that accepts connections may still have nobody behind it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["pg_isready", "--quiet", "--host", "127.0.0.1", "--port", "6432"]
CMD ["pgbouncer", "/etc/pgbouncer/pgbouncer-500.ini"]
