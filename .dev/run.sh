# shellcheck shell=bash
# run, demo, bench, soak: the product at work.

help_run() {
    cat <<'EOF'
./dev run [ARGUMENT…]

Builds if needed and starts bordergate with the arguments, for instance:
  ./dev run --help
  ./dev run check config/examples/sidecar.yaml
EOF
}

cmd_run() {
    build release product >&2
    local binary="$BUILD/release/bin/bordergate"
    exec "$binary" "$@"
}

help_demo() {
    cat <<'EOF'
./dev demo [--keep]

Installs what is missing, builds, starts bordergate between AI upstreams in different jurisdictions,
sends real requests through the openai SDK and curl, and shows what became of each.

  --keep   leave everything running, with commands to try by hand
EOF
}

cmd_demo() {
    need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_PEERS[@]}"
    need_sdk
    build release product
    BORDERGATE_BIN="$BUILD/release/bin/bordergate" exec "$(sdk_node)" "$SDK/demo.mjs" "$@"
}

help_bench() {
    cat <<'EOF'
./dev bench [NAME] [ARGUMENT…]

Builds with optimisation and measures bordergate against nginx and HAProxy in one run on this
machine (bench/run): CPU seconds per 100,000 requests, medians and spread. Without NAME: everything of that.

  filters   the transforms by themselves, and Vectorscan on the same texts: MB/s
EOF
}

cmd_bench() {
    need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_PEERS[@]}" "${PACKAGES_BENCH[@]}"
    build release product bench_suite
    if [[ "${1:-}" == filters ]]; then
        "$BUILD/release/bin/bench_filters"
        [[ ! -x "$BUILD/release/bin/bench_vectorscan" ]] || "$BUILD/release/bin/bench_vectorscan"
        return
    fi
    BORDERGATE_BIN="$BUILD/release/bin/bordergate" exec bench/run "$@"
}

help_soak() {
    cat <<'EOF'
./dev soak [SECONDS] [--sanitize]

Runs the proxy under a mixed load (relay and masking over HTTP/1.1 and HTTP/2, reloads, clients that misbehave, an upstream that
dies and comes back) and watches memory, descriptors and the audit log (tests/soak/run). Default: an hour.
Exits with 1 if something grew, or an intent has no outcome.

  --sanitize   the Clang 16 build with AddressSanitizer and UndefinedBehaviorSanitizer: no leak, no error
EOF
}

cmd_soak() {
    local preset=release arguments=()
    while (($#)); do
        case "$1" in
            --sanitize) preset=sanitize ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
    need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_PEERS[@]}"
    build "$preset" product
    if [[ "$preset" == sanitize ]]; then
        export ASAN_OPTIONS="quarantine_size_mb=16:${ASAN_OPTIONS:-}" SOAK_GROWTH_KB=131072
    fi
    BORDERGATE_BIN="$BUILD/$preset/bin/bordergate" exec tests/soak/run "${arguments[@]}"
}
