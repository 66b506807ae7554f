#!/bin/sh
# Makes the service's user, who is no superuser, so that row-level security holds for it, and its database. The password is quoted by psql.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
\getenv password CARTEIRA_DATABASE_PASSWORD
CREATE ROLE carteira LOGIN PASSWORD :'password';
CREATE DATABASE carteira OWNER carteira;
SQL
