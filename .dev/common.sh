# shellcheck shell=bash disable=SC2034
# What every subcommand uses: words on the terminal, quiet steps, one build at a time.

BUILD="$ROOT/.build"
JOBS="${BORDERGATE_JOBS:-$(nproc)}"

BOLD='' DIM='' RED='' GREEN='' YELLOW='' PLAIN=''
if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
fi

say() { printf '%s\n' "$*"; }
title() { printf '%s\n' "${BOLD}$*${PLAIN}"; }
warn() { printf '%s\n' "${YELLOW}$*${PLAIN}" >&2; }
die() {
    printf '%s\n' "${RED}dev: $*${PLAIN}" >&2
    exit 1
}
usage_error() {
    printf '%s\n' "${RED}dev: $*${PLAIN}" >&2
    exit 2
}

wants_help() { # COMMAND ARG…
    local command="$1" argument
    shift
    for argument in "$@"; do
        case "$argument" in
            -h | --help) return 0 ;;
        esac
        [[ "$command" == run ]] && return 1
    done
    return 1
}

elapsed() { # SECONDS -> "1 min 05 s"
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# quietly LOG LABEL COMMAND…: one line on the terminal, all output to LOG, whose end is shown if
# the command fails. A long step counts its seconds where someone is watching.
quietly() {
    local log="$1" label="$2" start=$SECONDS ticker='' status=0 before=0
    shift 2
    mkdir -p "$(dirname "$log")"
    [[ ! -f "$log" ]] || before=$(wc -l <"$log")
    printf '\n$ %s\n' "$*" >>"$log"
    if [[ -t 1 ]]; then
        (while sleep 1; do printf '\r  %s … %s' "$label" "$(elapsed $((SECONDS - start)))"; done) &
        ticker=$!
    fi
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    if [[ -n "$ticker" ]]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
        printf '\r\e[K'
    fi
    if ((status == 0)); then
        say "  $label ${DIM}($(elapsed $((SECONDS - start))))${PLAIN}"
    else
        tail -n "+$((before + 1))" "$log" | tail -n 25 | sed 's/^/    /' >&2
        warn "  $label failed; the whole log is in ${log#"$ROOT/"}"
    fi
    return "$status"
}

# Two builds in one folder would trip over each other: the second one waits.
alone() { # COMMAND…
    local lock status=0
    mkdir -p "$BUILD"
    exec {lock}>"$BUILD/lock"
    if ! flock --nonblock "$lock"; then
        say "  waiting for another build in this checkout"
        flock "$lock"
    fi
    "$@" {lock}>&- || status=$?
    exec {lock}>&-
    return "$status"
}
