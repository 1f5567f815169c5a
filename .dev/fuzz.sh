# shellcheck shell=bash
# fuzz: libFuzzer on every tests/fuzz/NAME_fuzz.cpp.

help_fuzz() {
    cat <<'EOF'
./dev fuzz [NAME…] [--seconds N]

Builds the fuzz targets (tests/fuzz/NAME_fuzz.cpp) with Clang 16 and runs each for N seconds
(default 60) with AddressSanitizer and UndefinedBehaviorSanitizer. Starts from the inputs in
tests/fuzz/corpus/NAME; new ones are kept in .build/fuzz/corpus/NAME. An input that breaks a target
is kept in .build/fuzz/found/ with the command to replay it.
EOF
}

cmd_fuzz() {
    local seconds=60 names=() name
    while (($#)); do
        case "$1" in
            --seconds) seconds="${2:-}" && shift ;;
            --seconds=*) seconds="${1#*=}" ;;
            -*) usage_error "fuzz does not know '$1'" ;;
            *) names+=("${1%_fuzz}") ;;
        esac
        shift
    done
    [[ "$seconds" =~ ^[1-9][0-9]*$ ]] || usage_error "--seconds needs a number"
    for name in "${names[@]}"; do
        [[ -f "tests/fuzz/${name}_fuzz.cpp" ]] || usage_error "there is no tests/fuzz/${name}_fuzz.cpp"
    done
    fuzz "$seconds" "${names[@]}"
    ((FUZZ_FAILED == 0)) || die "$FUZZ_FAILED fuzz targets failed"
}

FUZZ_PASSED=0 FUZZ_FAILED=0

# fuzz SECONDS NAME…: all targets if none is named; counts in FUZZ_PASSED and FUZZ_FAILED.
fuzz() {
    local seconds="$1" targets target
    shift
    if (($#)); then
        targets=("${@/%/_fuzz}")
        build fuzz "${targets[@]}"
    else
        build fuzz fuzz_suite
        mapfile -t targets <"$BUILD/fuzz/fuzz.list"
    fi
    ((${#targets[@]})) || say "  there are no fuzz targets yet"
    for target in "${targets[@]}"; do
        if fuzz_one "$target" "$seconds"; then
            FUZZ_PASSED=$((FUZZ_PASSED + 1))
        else
            FUZZ_FAILED=$((FUZZ_FAILED + 1))
        fi
    done
}

fuzz_one() { # TARGET SECONDS
    local target="$1" seconds="$2" name="${1%_fuzz}"
    local grown="$BUILD/fuzz/corpus/$name" found="$BUILD/fuzz/found" log="$BUILD/fuzz/$1.log"
    local corpus=("$grown")
    mkdir -p "$grown" "$found"
    [[ ! -d "tests/fuzz/corpus/$name" ]] || corpus+=("tests/fuzz/corpus/$name")
    # shellcheck disable=SC2034  # in_test_environment reads it
    local TEST_LIMIT=$((seconds + 120))
    : >"$log"
    quietly "$log" "$name for $seconds s" in_test_environment fuzz \
        "$BUILD/fuzz/bin/$target" "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=2048 \
        "-artifact_prefix=$found/$name-" "${corpus[@]}" && return 0
    warn "  replay with: .build/fuzz/bin/$target .build/fuzz/found/$name-…"
    return 1
}
