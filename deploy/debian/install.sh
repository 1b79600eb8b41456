#!/bin/sh
# Install Vacancy on Debian without containers: packages, user, directories, environment, settings, database, units,
# nginx. Run it again after anything was changed: what is there is kept, what is missing is made. As root, from the
# project's directory:
#
#   sh deploy/debian/install.sh --host hotel.example --email-url 'smtp+tls://user:password@mail.example:587'
#
#   --host NAME            the site's host name
#   --email-url URL        the mail server; asked for once, then kept in /etc/vacancy/secrets/
#   --from ADDRESS         who sends the mails (stay@NAME)
#   --database-url URL     a PostgreSQL elsewhere; without, a local one is used and its role and database are made
#   --redis-url URL        a Valkey or Redis elsewhere
#   --timers               systemd's timers make the backups, not the site's own scheduler
#   --no-packages          install no Debian packages
#   --venv DIRECTORY       use this Python environment instead of building one from requirements/base.txt
#   --no-start             start nothing and do not touch the database
#   --root DIRECTORY       put everything below this directory, as the user who runs it: for trying out (docs/deployment.md)
set -eu

say() { printf '%s\n' "$*"; }
refuse() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

host='' email_url='' from='' database_url='' redis_url='' timers='' packages=1 venv='' start=1 root=''
while [ $# -gt 0 ]; do
    case $1 in
    --timers) timers=1; shift; continue ;;
    --no-packages) packages=''; shift; continue ;;
    --no-start) start=''; shift; continue ;;
    esac
    [ $# -ge 2 ] || refuse "$1 is no option, or has no value; the head of this file lists them."
    case $1 in
    --host) host=$2 ;;
    --email-url) email_url=$2 ;;
    --from) from=$2 ;;
    --database-url) database_url=$2 ;;
    --redis-url) redis_url=$2 ;;
    --venv) venv=$2 ;;
    --root) root=${2%/} ;;
    *) refuse "$1 is no option; the head of this file lists them." ;;
    esac
    shift 2
done
source=$(cd "$(dirname "$0")/../.." && pwd)
app=$root/opt/vacancy etc=$root/etc/vacancy data=$root/var/lib/vacancy backups=$root/var/backups/vacancy
if [ -z "$host" ] && [ -r "$etc/vacancy.env" ]; then
    host=$(sed -n 's/^ALLOWED_HOSTS=//p' "$etc/vacancy.env")
fi
case $host in
'') refuse "say which host name the site has: --host hotel.example" ;;
*[!A-Za-z0-9.-]* | .* | -*) refuse "$host is no host name." ;;
esac
if [ -z "$root" ]; then
    [ "$(id -u)" = 0 ] || refuse "run it as root, or with --root to try it out."
    user=vacancy group=vacancy
else
    user=$(id -un) group=$(id -gn)
    packages=''
fi

own() { [ -n "$root" ] || chown "$1" "$2"; }
directory() { # mode owner:group path
    mkdir -p "$3"
    own "$2" "$3"
    chmod "$1" "$3"
}
random() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom 2>/dev/null | head -c "$1"; }
keep() { # the standard input becomes a secret, if there is none
    [ -s "$etc/secrets/$1" ] && return 0
    (umask 077 && cat >"$etc/secrets/$1.partial")
    own "root:$group" "$etc/secrets/$1.partial"
    chmod 640 "$etc/secrets/$1.partial"
    mv "$etc/secrets/$1.partial" "$etc/secrets/$1"
    say "made $etc/secrets/$1"
}

# --- packages ---------------------------------------------------------------------------------------------------------
if [ -n "$packages" ]; then
    cache_server=redis-server
    if apt-cache show valkey-server >/dev/null 2>&1; then cache_server=valkey-server; fi
    wanted="python3 python3-venv nginx openssl"
    [ -n "$database_url" ] || wanted="$wanted postgresql"
    [ -n "$redis_url" ] || wanted="$wanted $cache_server"
    # shellcheck disable=SC2086 - a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $wanted
fi

# --- user and directories ---------------------------------------------------------------------------------------------
if [ -z "$root" ] && ! id -u vacancy >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /var/lib/vacancy --shell /usr/sbin/nologin vacancy
    say "made the user vacancy"
fi
web_group=$group
if [ -z "$root" ] && getent group www-data >/dev/null; then web_group=www-data; fi
directory 755 root:root "$app"
directory 750 "root:$group" "$etc"
directory 750 "root:$group" "$etc/secrets"
directory 751 "$user:$group" "$data"
# nginx reads pictures: new directories inherit its group.
directory 2750 "$user:$web_group" "$data/media"
directory 700 "$user:$group" "$data/private"
directory 755 root:root "$data/acme"
directory 750 "$user:$group" "$backups"
# PostgreSQL's user writes the archive of its log here; ours reads and prunes it. The stream is the other way round.
if [ -z "$root" ] && id -u postgres >/dev/null 2>&1; then
    directory 2770 "postgres:$group" "$backups/wal"
    directory 2750 "$user:postgres" "$backups/stream"
    chmod 751 "$backups"
else
    directory 2770 "$user:$group" "$backups/wal"
    directory 2750 "$user:$group" "$backups/stream"
fi

# --- the program --------------------------------------------------------------------------------------------------------
if [ "$source" != "$app" ]; then
    # What is no longer part of it must not stay, except what was made here: environment and collected files.
    find "$app" -mindepth 1 -maxdepth 1 ! -name venv ! -name staticfiles ! -name .requirements -exec rm -rf {} +
    (cd "$source" && tar --create --exclude='./.git' --exclude='./.venv' --exclude='./venv' --exclude='./.run' \
        --exclude='./tests' --exclude='./benchmarks' --exclude='./staticfiles' --exclude='__pycache__' \
        --exclude='./deploy/compose/secrets' --exclude='./.*_cache' --exclude='./.hypothesis' --file=- .) |
        tar --extract --no-same-owner --directory "$app" --file=-
    chmod -R u=rwX,go=rX "$app/config" "$app/deploy" "$app/manage.py"
fi
if [ -n "$venv" ]; then
    [ -x "$venv/bin/python" ] || refuse "$venv has no bin/python."
    [ -L "$app/venv" ] || rm -rf "$app/venv"
    ln -sfn "$venv" "$app/venv"
else
    fingerprint=$(cksum <"$app/requirements/base.txt")
    if [ "$(cat "$app/.requirements" 2>/dev/null || true)" != "$fingerprint" ]; then
        say "installing the pinned packages of requirements/base.txt"
        [ -x "$app/venv/bin/python" ] || python3 -m venv "$app/venv"
        "$app/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --only-binary :all: --requirement "$app/requirements/base.txt"
        printf '%s' "$fingerprint" >"$app/.requirements"
    fi
fi

# --- secrets and settings -----------------------------------------------------------------------------------------------
random 64 | keep secret_key
random 40 | keep metrics_token
# Who loses it loses every backup that was encrypted with it: keep a copy elsewhere.
random 48 | keep backup_key
printf '%s' "${database_url:-postgresql://vacancy@//var/run/postgresql/vacancy}" | keep database_url
printf '%s' "${redis_url:-redis://127.0.0.1:6379/0}" | keep redis_url
if [ -n "$email_url" ]; then printf '%s' "$email_url" | keep email_url; fi
[ -s "$etc/secrets/email_url" ] ||
    refuse "say which mail server there is: --email-url smtp+tls://user:password@mail.example:587"
if [ ! -e "$etc/vacancy.env" ]; then
    umask 027
    cat >"$etc/vacancy.env.partial" <<ENV
# Vacancy's settings: all of them are in /opt/vacancy/docs/settings.md. Read by systemd and by vacancy-manage.
DJANGO_SETTINGS_MODULE=config.settings.production
ALLOWED_HOSTS=$host
SITE_URL=https://$host
DEFAULT_FROM_EMAIL=${from:-stay@$host}
SECRET_KEY_FILE=$etc/secrets/secret_key
METRICS_TOKEN_FILE=$etc/secrets/metrics_token
DATABASE_URL_FILE=$etc/secrets/database_url
REDIS_URL_FILE=$etc/secrets/redis_url
EMAIL_URL_FILE=$etc/secrets/email_url
MEDIA_ROOT=$data/media
PRIVATE_ROOT=$data/private
STATIC_ROOT=$app/staticfiles
BACKUP_ROOT=$backups
BACKUP_KEY_FILE=$etc/secrets/backup_key
NUM_PROXIES=1
SERVE_MEDIA=false
ENV
    umask 022
    mv "$etc/vacancy.env.partial" "$etc/vacancy.env"
    say "made $etc/vacancy.env"
fi
own "root:$group" "$etc/vacancy.env"
chmod 640 "$etc/vacancy.env"
if [ -n "$timers" ] && ! grep -q '^BACKUP_SCHEDULED=' "$etc/vacancy.env"; then
    echo 'BACKUP_SCHEDULED=false' >>"$etc/vacancy.env"
fi
# What is missing or misspelt is said here, not by a service at night.
(
    set -a && . "$etc/vacancy.env" && set +a
    cd "$app" && ./venv/bin/python -m config.variables --check
)
# Collecting compresses every file, so it is only done when one has changed.
collected=$({ cat "$app/requirements/base.txt"; find "$app/static" "$app"/*/static -type f -exec cksum {} + 2>/dev/null | sort; } | cksum)
if [ "$(cat "$app/staticfiles/.collected" 2>/dev/null || true)" != "$collected" ]; then
    (
        set -a && . "$etc/vacancy.env" && set +a
        cd "$app" && ./venv/bin/python manage.py collectstatic --noinput --verbosity 0
    )
    printf '%s' "$collected" >"$app/staticfiles/.collected"
    chmod -R u=rwX,go=rX "$app/staticfiles"
fi

# --- database -----------------------------------------------------------------------------------------------------------
if [ -n "$start" ] && [ -z "$root" ] && grep -q '//var/run/postgresql' "$etc/secrets/database_url"; then
    as_postgres() { # one statement, as the server's own user
        (cd / && setpriv --reuid postgres --regid postgres --init-groups \
            psql --no-psqlrc --quiet --tuples-only --command "$1")
    }
    # The role may make databases, since restores and their rehearsals go into a new one, and copy the server: base
    # backups and the receiver of its log do.
    [ -n "$(as_postgres "SELECT 1 FROM pg_roles WHERE rolname = 'vacancy'")" ] ||
        as_postgres 'CREATE ROLE vacancy LOGIN CREATEDB REPLICATION'
    [ -n "$(as_postgres "SELECT 1 FROM pg_database WHERE datname = 'vacancy'")" ] ||
        as_postgres 'CREATE DATABASE vacancy OWNER vacancy'
fi

# --- units --------------------------------------------------------------------------------------------------------------
units=$root/etc/systemd/system
mkdir -p "$units/vacancy-.service.d"
for file in "$app"/deploy/debian/systemd/*.service "$app"/deploy/debian/systemd/*.timer "$app"/deploy/debian/systemd/*.target; do
    install -m 644 "$file" "$units/"
done
install -m 644 "$app/deploy/debian/systemd/vacancy-.service.d/hardening.conf" "$units/vacancy-.service.d/"
if [ -n "$root" ]; then
    for file in "$units"/vacancy* "$units/vacancy-.service.d/hardening.conf" "$app/deploy/debian/wait-ready" \
        "$app/deploy/debian/vacancy-manage"; do
        [ ! -f "$file" ] || sed -i -E "s#(^|[^A-Za-z0-9/])/(opt|etc|var/lib|var/backups)/vacancy#\\1$root/\\2/vacancy#g" "$file"
    done
fi
mkdir -p "$root/usr/local/bin"
ln -sfn /opt/vacancy/deploy/debian/vacancy-manage "$root/usr/local/bin/vacancy-manage"

# --- nginx --------------------------------------------------------------------------------------------------------------
if [ -d "$root/etc/nginx" ]; then
    mkdir -p "$etc/tls" "$root/etc/nginx/sites-available" "$root/etc/nginx/sites-enabled"
    if [ ! -e "$etc/tls/fullchain.pem" ]; then
        # So that nginx starts at all; browsers warn until the authority's own is there (docs/deployment.md).
        (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$host" \
            -addext "subjectAltName=DNS:$host" -keyout "$etc/tls/privkey.pem" -out "$etc/tls/fullchain.pem" 2>/dev/null)
        say "made a certificate for the time being: $etc/tls/"
    fi
    sed "s/hotel\.example/$host/g" "$app/deploy/nginx/vacancy.conf" >"$root/etc/nginx/sites-available/vacancy"
    ln -sfn /etc/nginx/sites-available/vacancy "$root/etc/nginx/sites-enabled/vacancy"
else
    say "nginx is not installed: the site for it is deploy/nginx/vacancy.conf."
fi

# --- start --------------------------------------------------------------------------------------------------------------
if [ -n "$start" ]; then
    systemctl daemon-reload
    "$app/deploy/debian/vacancy-manage" upgrade
    systemctl enable --now vacancy.target vacancy-web@8000.service vacancy-web@8001.service vacancy-dispatcher.service \
        vacancy-beat.service vacancy-worker-email.service vacancy-worker-processing.service vacancy-worker-scheduled.service
    if [ -n "$timers" ]; then
        systemctl enable --now vacancy-backup-daily.timer vacancy-backup-weekly.timer vacancy-backup-monthly.timer \
            vacancy-monitor.timer vacancy-drill.timer
    fi
    # One web process after the other, so that a new version answers before the last old one has gone.
    for port in 8000 8001; do systemctl restart "vacancy-web@$port.service"; done
    systemctl restart vacancy-dispatcher.service vacancy-beat.service vacancy-worker-email.service \
        vacancy-worker-processing.service vacancy-worker-scheduled.service
    if [ -d "$root/etc/nginx" ]; then
        nginx -t -q
        systemctl reload nginx.service
    fi
    say "Vacancy runs: https://$host/"
else
    say "installed; nothing was started."
fi
