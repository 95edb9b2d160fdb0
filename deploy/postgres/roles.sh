#!/usr/bin/env bash
# Runs once, when the database is new: the projector's user, its database, and the role of analysts.
# The projector owns what it writes and is no superuser.
set -euo pipefail

psql --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set ON_ERROR_STOP=1 \
    --set "password=$(cat "${STORE_PASSWORD_FILE:-/run/secrets/store_password}")" <<'SQL'
CREATE ROLE clearfold LOGIN PASSWORD :'password';
CREATE ROLE clearfold_reader NOLOGIN;
CREATE DATABASE clearfold OWNER clearfold;
REVOKE ALL ON DATABASE clearfold FROM PUBLIC;
GRANT CONNECT ON DATABASE clearfold TO clearfold_reader;
SQL
