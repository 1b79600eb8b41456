#!/bin/sh
# Make what compose.yaml reads and no repository may hold: secrets/ with a file for each secret, and .env.
# What is there already is never changed, so it can be run again. Usage: sh secrets.sh hotel.example [EMAIL_URL]
# VACANCY_COMPOSE_HOME is another directory for them than this one.
# The directory is entered by its owner alone; the files in it are readable, because each container has a user of its own.
set -eu

host=${1:?"say which host name the site has: sh secrets.sh hotel.example"}
email_url=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
home=${VACANCY_COMPOSE_HOME:-$here}
case $host in
*[!A-Za-z0-9.-]* | .* | -*) echo "secrets.sh: $host is no host name." >&2; exit 1 ;;
esac
umask 077
mkdir -p "$home/secrets"
cd "$home/secrets"

random() { # so many characters that need no quoting anywhere
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom 2>/dev/null | head -c "$1"
}

keep() { # the standard input becomes the file, if there is none
    [ -s "$1" ] && return 0
    cat >"$1.partial"
    chmod 444 "$1.partial"
    mv "$1.partial" "$1"
    echo "made secrets/$1"
}

random 64 | keep secret_key
random 40 | keep database_password
random 40 | keep metrics_token
# 256 bits in hexadecimal; whoever loses it loses every backup that was encrypted with it.
od -An -tx1 -N32 /dev/urandom | tr -d ' \n' | keep backup_key
password=$(cat database_password)
printf 'postgresql://vacancy:%s@pgbouncer:6432/vacancy' "$password" | keep database_url
printf 'postgresql://vacancy:%s@db:5432/vacancy' "$password" | keep database_url_direct
printf '"vacancy" "%s"\n' "$password" | keep pgbouncer_userlist
[ -s valkey_password ] || random 40 | keep valkey_password
cache=$(cat valkey_password)
printf 'redis://:%s@valkey:6379/0' "$cache" | keep redis_url
keep valkey.conf <<CONF
bind * -::*
port 6379
requirepass $cache
dir /data
maxmemory 256mb
maxmemory-policy volatile-lru
appendonly yes
appendfsync everysec
save ""
CONF
if [ -n "$email_url" ]; then
    printf '%s' "$email_url" | keep email_url
elif [ ! -s email_url ]; then
    echo "secrets.sh: write the mail server's address into $home/secrets/email_url: smtp+tls://user:password@mail.example:587" >&2
    missing=1
fi

if [ ! -e "$home/.env" ]; then
    sed "s/hotel\.example/$host/g" "$here/example.env" >"$home/.env"
    echo "made .env"
fi
exit "${missing:-0}"
