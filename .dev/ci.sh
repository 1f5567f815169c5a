# shellcheck shell=bash
# ci: all that must hold before a change is accepted.

help_ci() {
    cat <<'EOF'
./dev ci

Runs, in this order, and goes on when a stage fails so that one run tells everything:
  lint       the house rules
  test       the test command as the README gives it
  sanitize   unit and flow tests in the Clang 16 build with ASan and UBSan
  fuzz       each fuzz target for 10 s
At most 40 minutes on two cores. Ends with "N passed, N failed, N skipped" over all stages, where a
fuzz target counts as one case, and so does a stage that fails without a case that fails.
EOF
}

CI_LOG="$BUILD/ci"

cmd_ci() {
    (($# == 0)) || usage_error "ci takes no arguments"
    local start=$SECONDS
    mkdir -p "$CI_LOG"
    stage lint ./dev lint
    stage test bash -c "$(readme_test_command)"
    stage sanitize ./dev test unit flow --sanitize
    stage fuzz ci_fuzz
    title "ci took $(elapsed $((SECONDS - start)))"
    printf '%s' "$STAGES"
    closing_line
}

STAGES=''

# A stage's own closing line is added to ours and not shown, so that only one such line appears.
stage() { # NAME COMMAND…
    local name="$1" start=$SECONDS status=0 log="$CI_LOG/$1.log" colour="$GREEN" word=held
    local pattern='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
    local passed=0 failed=0 skipped=0
    shift
    title "== $name: $*"
    ("$@") </dev/null 2>&1 | tee "$log" | { grep --line-buffered -Ev "$pattern" || true; } || status=$?
    if [[ "$(grep -E "$pattern" "$log" | tail -n 1)" =~ $pattern ]]; then
        passed="${BASH_REMATCH[1]}" failed="${BASH_REMATCH[2]}" skipped="${BASH_REMATCH[3]}"
    fi
    if ((status != 0 && failed == 0)); then failed=1; fi
    if ((failed > 0)); then colour="$RED" word=FAILED; fi
    TALLY_PASSED=$((TALLY_PASSED + passed))
    TALLY_FAILED=$((TALLY_FAILED + failed))
    TALLY_SKIPPED=$((TALLY_SKIPPED + skipped))
    STAGES+="  ${colour}$name $word${PLAIN} in $(elapsed $((SECONDS - start)))"$'\n'
}

ci_fuzz() {
    fuzz 10
    say "$FUZZ_PASSED passed, $FUZZ_FAILED failed, 0 skipped"
    ((FUZZ_FAILED == 0))
}

# What the README tells people to type is what gets tested.
readme_test_command() {
    local command=''
    if [[ -f README.md ]]; then
        command="$(awk '
            /^```/ { fenced = !fenced; next }
            fenced && /^(\$ )?\.\/dev test([ \t]*(#.*)?)$/ { print "./dev test"; exit }
        ' README.md)"
        [[ -n "$command" ]] || warn "  README.md shows no fenced ./dev test"
    fi
    say "${command:-./dev test}"
}
