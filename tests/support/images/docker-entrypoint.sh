#!/bin/sh
# As that of postgres:18, as far as the compose files rely on it: the first start makes the
# cluster and the database, by a server that only answers on its socket.
set -eu
if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -m 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    password=$(mktemp)
    echo "$POSTGRES_PASSWORD" > "$password"
    initdb --username=postgres --pwfile="$password" --auth=trust
    rm "$password"
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    pg_ctl --wait start \
        -o "-c listen_addresses= -c unix_socket_directories=/run/postgresql"
    if [ -n "${POSTGRES_DB-}" ]; then
        createdb --host=/run/postgresql --username=postgres "$POSTGRES_DB"
    fi
    pg_ctl --wait --mode=fast stop
fi
exec "$@"
