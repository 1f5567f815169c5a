# shellcheck shell=bash
# build, clean: CMake presets and ninja.

help_build() {
    cat <<'EOF'
./dev build [--preset release|sanitize|fuzz] [--all | TARGET…]

Compiles bordergate to .build/PRESET/bin/. Configures first if needed; only what changed is
compiled, and ccache remembers the rest.

  --preset release    GCC 12, optimised and hardened (default)
  --preset sanitize   Clang 16 with AddressSanitizer and UndefinedBehaviorSanitizer
  --preset fuzz       Clang 16 with libFuzzer
  --all               tests and bench programs too
  TARGET              any ninja target, for instance bordergate_filters or unit_filters

BORDERGATE_JOBS=N compiles N files at once (default: one per core).
EOF
}

cmd_build() {
    local preset=release targets=()
    while (($#)); do
        case "$1" in
            --preset) preset="${2:-}" && shift ;;
            --preset=*) preset="${1#*=}" ;;
            --all) targets+=(everything) ;;
            -*) usage_error "build does not know '$1'" ;;
            *) targets+=("$1") ;;
        esac
        shift
    done
    build "$preset" "${targets[@]:-product}"
}

# build PRESET TARGET…: installs what the preset needs, configures, compiles.
build() {
    local preset="$1" start=$SECONDS
    shift
    case "$preset" in
        release) need_packages "${PACKAGES_BUILD[@]}" ;;
        sanitize | fuzz) need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CLANG[@]}" ;;
        *) usage_error "no preset '$preset': release, sanitize or fuzz" ;;
    esac
    alone configure_and_compile "$preset" "$@"
    say "  built $* ${DIM}($preset, $(elapsed $((SECONDS - start))))${PLAIN}"
}

configure_and_compile() { # PRESET TARGET…
    local folder="$BUILD/$1" preset="$1"
    shift
    # Ninja configures again by itself, except for the presets, which it never reads.
    if [[ ! -f "$folder/build.ninja" || CMakePresets.json -nt "$folder/configured" ]]; then
        quietly "$folder.configure.log" "configuring $preset" cmake --preset "$preset" || exit 1
        touch "$folder/configured"
    fi
    local quiet=()
    [[ -t 1 ]] || quiet=(--quiet)
    (
        cd "$folder"
        # Other checkouts of the same sources may use what this one compiled.
        export CCACHE_BASEDIR="$ROOT" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros
        NINJA_STATUS='  [%f/%t] ' ninja -j "$JOBS" "${quiet[@]}" "$@"
    ) || exit 1
}

help_clean() {
    cat <<'EOF'
./dev clean

Removes .build: everything compiled, every log, every report. The next build takes most of it back
from ccache. Installed packages and tests/sdk/node_modules stay.
EOF
}

cmd_clean() {
    (($# == 0)) || usage_error "clean takes no arguments"
    rm -rf "$BUILD"
}
