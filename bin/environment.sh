# Sourced by the other programs here: a virtual environment with exactly the locked packages, made once.
#
# Writes progress to standard error, and nothing at all when there is nothing to do.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV="$ROOT/.venv"
UV_VERSION=0.13.9
started=$SECONDS

say() { printf '[%3ds] %s\n' $((SECONDS - started)) "$*" >&2; }
give_up() { printf '%s\n' "$@" >&2; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in "${PARLEY_PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14; do
        if [ -n "$candidate" ] && is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    give_up "Parley needs Python 3.11 or newer, and finds $(python3 --version 2>&1 || echo none)." \
        "On Debian 12 or newer: apt-get install python3 python3-venv"
}

# Debian keeps the venv module in a package of its own.
make_venv() {
    local python=$1
    "$python" -m venv "$VENV" >/dev/null 2>&1 && return
    rm -rf "$VENV"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing python3-venv"
        apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null 2>&1
        "$python" -m venv "$VENV" && return
    fi
    rm -rf "$VENV"
    "$python" -m virtualenv -q "$VENV" 2>/dev/null && return
    give_up "Python's venv module is missing. As root: apt-get install python3-venv" \
        "Without root: $python -m pip install --user --break-system-packages virtualenv, then run this again."
}

# ensure_packages LOCK: install what LOCK says, unless the stamp says that it is there already.
ensure_packages() {
    local lock="$ROOT/$1" stamp="$VENV/.installed" wanted
    wanted="$(sha256sum <"$lock") $UV_VERSION $ROOT"
    if [ -f "$stamp" ] && { [ "$(cat "$stamp")" = "$wanted" ] || is_superset "$1" "$stamp"; }; then return; fi
    # One installer at a time: bin/up and bin/test may start together.
    exec 9>"$ROOT/.venv.lock"
    flock 9
    if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
        local python
        python=$(find_python) || exit 1
        say "making the virtual environment with $("$python" --version)"
        rm -rf "$VENV"
        make_venv "$python"
    fi
    install_locked "$lock"
    printf '%s' "$wanted" >"$stamp"
    exec 9>&-
}

# What the tests need includes what running needs: bin/up must not uninstall the tools that bin/test installed.
is_superset() {
    [ "$1" = requirements.lock ] || return 1
    [ "$(cat "$2")" = "$(sha256sum <"$ROOT/requirements-dev.lock") $UV_VERSION $ROOT" ]
}

install_locked() {
    say "installing $(grep -c '==' "$1") packages from $(basename "$1")"
    install_with_uv "$1" || install_with_pip "$1" ||
        give_up "The packages could not be installed; is the network there?"
    say "packages installed"
}

# uv takes seconds where pip takes a minute. It reads neither pip's configuration nor, unless told, the system's
# certificates: where a company's proxy or mirror needs these, pip may succeed after it.
install_with_uv() {
    [ -x "$VENV/bin/uv" ] ||
        "$VENV/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV_VERSION" >/dev/null 2>&1 || return 1
    VIRTUAL_ENV="$VENV" "$VENV/bin/uv" pip sync -q --system-certs --require-hashes "$1"
}

install_with_pip() {
    say "trying again with pip, which takes longer"
    "$VENV/bin/python" -m ensurepip -q >/dev/null 2>&1 || true
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$1"
}
