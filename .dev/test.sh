# shellcheck shell=bash
# test: builds and runs the suites, and adds up what they say.

help_test() {
    cat <<'EOF'
./dev test [SUITE…] [--sanitize] [--filter TEXT] [--json]

Installs what is missing, builds, and runs the tests. Ends with one line:
  N passed, N failed, N skipped
counting test cases. A suite that crashes counts as a failed case.

Suites (default: all):
  unit            unit tests of config, filters and proxy
  unit/filters    those of one folder (also unit/config, unit/cost, unit/proxy)
  flow            the real binary between real peers
  sdk             the unmodified AI SDKs against the real binary: a matrix of dialects and what each must show

  --sanitize      the Clang 16 build with AddressSanitizer and UndefinedBehaviorSanitizer
  --filter TEXT   only test cases whose name holds TEXT, or Catch2 tags such as '[json]'; of the
                  matrix a part of "dialect cell", such as anthropic, midstream or 'ollama-chat stream'
  --json          with sdk alone: nothing but the matrix, as JSON

BORDERGATE_BIN tells the flow and SDK tests which binary to run; it is set for them.
EOF
}

TALLY_PASSED=0 TALLY_FAILED=0 TALLY_SKIPPED=0
TEST_LIMIT=1200 # seconds a suite's executable may take before it counts as hung

cmd_test() {
    local preset=release filter='' suites=() suite json=''
    while (($#)); do
        case "$1" in
            --sanitize) preset=sanitize ;;
            --filter) [[ -n "${2:-}" ]] || usage_error "--filter needs a text"; filter="$2"; shift ;;
            --filter=*) filter="${1#*=}" ;;
            --json) json=1 ;;
            unit | unit/config | unit/cost | unit/filters | unit/proxy | flow | sdk) suites+=("$1") ;;
            *) usage_error "test does not know '$1'. ./dev test --help" ;;
        esac
        shift
    done
    if [[ -n "$json" ]]; then
        [[ "${suites[*]}" == sdk ]] || usage_error "--json is for: ./dev test sdk --json"
        print_matrix_json "$preset" "$filter"
        return
    fi
    ((${#suites[@]})) || suites=(unit flow sdk)
    for suite in "${suites[@]}"; do test_suite "$suite" "$preset" "$filter"; done
    closing_line
}

# The one line that others read, and the exit code that says the same.
closing_line() {
    local cases=$((TALLY_PASSED + TALLY_FAILED + TALLY_SKIPPED))
    ((cases > 0)) || warn "dev: no test case was run"
    say "$TALLY_PASSED passed, $TALLY_FAILED failed, $TALLY_SKIPPED skipped"
    ((cases > 0)) || exit 2
    ((TALLY_FAILED == 0)) || exit 1
}

test_suite() { # SUITE PRESET FILTER
    local suite="$1" preset="$2" filter="$3" kind name
    title "$suite tests"
    case "$suite" in
        unit) build "$preset" unit_suite ;;
        unit/*) build "$preset" "unit_${suite#*/}" ;;
        flow)
            need_packages "${PACKAGES_PEERS[@]}"
            need_sdk  # some peers are Node programs
            build "$preset" flow_suite
            ;;
        sdk)
            if [[ ! -f "$SDK/run.mjs" ]]; then
                say "  tests/sdk is not there yet"
                return 0
            fi
            need_sdk
            build "$preset" product
            run_sdk_tests "$preset" "$filter"
            return 0
            ;;
    esac
    while read -r kind name; do
        if [[ "$kind" == "$suite" || "unit_${suite#unit/}" == "$name" ]]; then
            run_catch_tests "$preset" "$name" "$filter"
        fi
    done <"$BUILD/$preset/tests.list"
}

in_test_environment() ( # PRESET COMMAND…
    export BORDERGATE_BIN="$BUILD/$1/bin/bordergate"
    export ASAN_OPTIONS="detect_stack_use_after_return=1:${ASAN_OPTIONS:-}"
    export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
    ASAN_SYMBOLIZER_PATH="$(command -v llvm-symbolizer-16 || true)"
    export ASAN_SYMBOLIZER_PATH
    shift
    # A crash is reported by us: what bash would say about it goes nowhere.
    exec {errors}>&2 2>/dev/null
    timeout --foreground --kill-after=10 "$TEST_LIMIT" "$@" 2>&"$errors" {errors}>&- || exit $?
)

# The executables write their own tally (tests/support/catch_main.cpp), which survives a crash.
run_catch_tests() { # PRESET NAME FILTER
    local preset="$1" name="$2" filter="$3" start=$SECONDS status=0 spec=()
    local tally="$BUILD/$preset/$name.tally"
    : >"$tally"
    case "$filter" in
        '') ;;
        '['*) spec=("$filter") ;;
        *) spec=("*$filter*") ;;
    esac
    [[ ! -t 2 ]] || export BORDERGATE_PROGRESS=1
    BORDERGATE_TALLY="$tally" in_test_environment "$preset" \
        "$BUILD/$preset/bin/$name" "${spec[@]}" </dev/null || status=$?

    local passed failed skipped
    read -r passed failed skipped < <(awk '
        { count[$1]++ }
        END {
            failed = count["failed"] + count["start"] - count["passed"] - count["failed"] - count["skipped"]
            print count["passed"] + 0, failed, count["skipped"] + 0
        }' "$tally")
    if ((status != 0 && failed == 0)); then failed=1; fi
    if ((status == 124 || status == 137)); then
        warn "  $name was stopped after $(elapsed "$TEST_LIMIT")"
    elif ((status > 128)); then
        warn "  $name died of signal $((status - 128)) in: $(sed -n 's/^start //p' "$tally" | tail -n 1)"
    fi
    count_result "$name" "$passed" "$failed" "$skipped" "$start"
}

# The matrix, then what only one dialect has. Each ends with "N passed, N failed, N skipped" of its own, which is added and not shown.
run_sdk_tests() { # PRESET FILTER
    [[ -z "$GREEN" ]] || export BORDERGATE_COLOUR=1
    run_sdk_script "$1" matrix "$2"
    run_sdk_script "$1" run "$2"
}

run_sdk_script() { # PRESET NAME FILTER
    local preset="$1" name="$2" filter="$3" start=$SECONDS status=0 report="$BUILD/$1/sdk_$2.txt"
    local passed=0 failed=0 skipped=0
    local pattern='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
    in_test_environment "$preset" "$(sdk_node)" "$SDK/$name.mjs" ${filter:+--filter "$filter"} \
        </dev/null 2>&1 | tee "$report" | { grep -Ev "$pattern" || true; } || status=$?
    if [[ "$(grep -E "$pattern" "$report" | tail -n 1)" =~ $pattern ]]; then
        passed="${BASH_REMATCH[1]}" failed="${BASH_REMATCH[2]}" skipped="${BASH_REMATCH[3]}"
    elif ((status == 0)); then
        warn "  tests/sdk/$name.mjs did not end with its count"
        failed=1
    fi
    if ((status != 0 && failed == 0)); then failed=1; fi
    count_result "sdk $name" "$passed" "$failed" "$skipped" "$start"
}

print_matrix_json() { # PRESET FILTER
    need_sdk >&2
    build "$1" product >&2
    in_test_environment "$1" "$(sdk_node)" "$SDK/matrix.mjs" --json ${2:+--filter "$2"} </dev/null
}

count_result() { # NAME PASSED FAILED SKIPPED START
    local colour="$GREEN"
    (($3 == 0)) || colour="$RED"
    TALLY_PASSED=$((TALLY_PASSED + $2))
    TALLY_FAILED=$((TALLY_FAILED + $3))
    TALLY_SKIPPED=$((TALLY_SKIPPED + $4))
    say "  ${colour}$1: $2 ok, $3 failing, $4 skipped${PLAIN} ${DIM}($(elapsed $((SECONDS - $5))))${PLAIN}"
}
