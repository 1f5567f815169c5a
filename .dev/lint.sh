# shellcheck shell=bash
# lint: the house rules that a compiler cannot see.

help_lint() {
    cat <<'EOF'
./dev lint

Checks, over the files git would commit, and prints FILE:LINE: REASON:
  - includes run one way: config <- filters <- proxy
  - each third-party library stays behind its few files (the table in .dev/lint.sh)
  - no file of code over 400 lines; no class or file called Manager, Helper or Util
  - no reminders left in the code, no absolute paths of one machine
  - the top level holds what the design allows
  - shell scripts are clean, where shellcheck is installed
Warns, without failing, where a source in config/ or filters/ has no unit test that mirrors it.
EOF
}

# Header (extended regex)   files that may include it (extended regex), among the product's.
LINT_LIBRARIES='
^boost/beast            ^proxy/http/|^proxy/net/boost_impl\.cpp$
^boost/asio             ^proxy/
^openssl/(ssl|tls1)\.h$    ^proxy/net/tls
^yaml-cpp/              ^config/(yaml|settings)
^nghttp2/               ^proxy/http/h2
^wslay/                 ^proxy/http/websocket
^ares\.h$               ^proxy/upstream/resolver
^google/protobuf/       ^filters/body/proto
^expat\.h$              ^filters/body/xml_judge
^(brotli/|zstd\.h)       ^filters/body/coder
^re2/                   ^config/pattern_check|^filters/(detect/expressions|body/json_regexp)
^iconv\.h$               ^filters/body/charset_coder
^utf8proc\.h$           ^config/words
^curl/                  ^proxy/remote/control_request
^CLI/                   ^proxy/(main|command)
'
LINT_TOP='CMakeLists.txt CMakePresets.json README.md LICENSE dev proxy filters config tests bench docker'
LINT_MAX_LINES=400

cmd_lint() {
    (($# == 0)) || usage_error "lint takes no arguments"
    local files code findings=''
    mapfile -t files < <(lint_files)
    mapfile -t code < <(printf '%s\n' "${files[@]}" | grep -E '\.(cpp|hpp|cmake|sh|mjs|js|py)$|^dev$|CMakeLists\.txt$')
    findings="$(
        lint_top_level
        lint_names
        lint_includes
        lint_text
        lint_shell
    )"
    lint_mirrors
    if [[ -n "$findings" ]]; then
        say "$findings"
        die "$(wc -l <<<"$findings") findings"
    fi
    say "  ${GREEN}lint: ${#files[@]} files, nothing found${PLAIN}"
}

# What git knows or would take in, and what is really there.
lint_files() {
    local file
    while IFS= read -r file; do
        [[ -f "$file" ]] && say "$file"
    done < <(git ls-files --cached --others --exclude-standard)
    return 0
}

lint_top_level() {
    local name
    printf '%s\n' "${files[@]%%/*}" | sort -u | while read -r name; do
        [[ "$name" == .* || " $LINT_TOP " == *" $name "* ]] ||
            say "$name:1: the top level does not hold this"
    done
}

lint_names() {
    printf '%s\n' "${files[@]}" |
        grep -iE '(^|[/_.-])(manager|helper|util)s?([_.-]|$)' |
        sed 's|$|:1: a name from the border'"'"'s world, not Manager, Helper or Util|' || true
}

lint_includes() {
    # shellcheck disable=SC2016
    printf '%s\n' "${code[@]}" | grep -E '^(config|filters|proxy)/' |
        LIBRARIES="$LINT_LIBRARIES" xargs -r -d '\n' awk '
        BEGIN {
            rows = split(ENVIRON["LIBRARIES"], row, "\n")
            for (i = 1; i <= rows; i++)
                if (split(row[i], cell, /[ \t]+/) == 2) { header[++count] = cell[1]; home[count] = cell[2] }
        }
        function plain(pattern) { gsub(/[\^$\\]/, "", pattern); gsub(/\|/, " or ", pattern); return pattern }
        function finding(reason) { printf "%s:%d: %s\n", FILENAME, FNR, reason }
        /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
            name = $0
            sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*$/, "", name)
            if (FILENAME ~ /^config\// && name ~ /^(filters|proxy)\//)
                finding("config may not include " name)
            if (FILENAME ~ /^filters\// && name ~ /^proxy\//)
                finding("filters may not include " name)
            if (name ~ /^tests\/|^bench\//)
                finding("the product may not include " name)
            for (i = 1; i <= count; i++)
                if (name ~ header[i] && FILENAME !~ home[i])
                    finding(name " belongs only in " plain(home[i]))
        }'
}

lint_text() {
    printf '%s\n' "${code[@]}" | xargs -r -d '\n' awk -v most="$LINT_MAX_LINES" '
        FNR == most + 1 { printf "%s:%d: longer than %d lines\n", FILENAME, FNR, most }
        /(class|struct)[ \t]+[A-Za-z_]*(Manager|Helper|Util)s?[^A-Za-z_]/ {
            printf "%s:%d: a name from the border'"'"'s world, not Manager, Helper or Util\n", FILENAME, FNR
        }'
    printf '%s\n' "${files[@]}" | grep -vE '^LICENSE$|package-lock\.json$|^tests/fuzz/corpus/' |
        xargs -r -d '\n' grep -nIHE '\b(TOD[O]|FIXM[E]|XX[X])\b' |
        sed -E 's/^([^:]+:[0-9]+):.*/\1: a reminder; do it, or open an issue/' || true
    printf '%s\n' "${files[@]}" | grep -vE '^LICENSE$|package-lock\.json$|^tests/fuzz/corpus/' |
        xargs -r -d '\n' grep -nIHE "(^|[^A-Za-z0-9_.)}*-])/(work|root|home/[a-z]+|Users/[A-Za-z]+)/" |
        sed -E 's/^([^:]+:[0-9]+):.*/\1: a path of one machine/' || true
}

lint_shell() {
    command -v shellcheck >/dev/null || return 0
    local scripts
    mapfile -t scripts < <(printf '%s\n' "${files[@]}" |
        xargs -r -d '\n' grep -lIE -m1 '^#!.*\b(ba)?sh\b|^# shellcheck shell=' || true)
    ((${#scripts[@]} == 0)) || shellcheck --external-sources --format=gcc "${scripts[@]}" || true
}

lint_mirrors() {
    local file mirror
    printf '%s\n' "${files[@]}" | grep -E '^(config|filters)/.*\.cpp$' | while read -r file; do
        # The test folders are flat: a source's name says enough.
        mirror="tests/unit/${file%%/*}/$(basename "${file%.cpp}")_test.cpp"
        [[ -f "$mirror" ]] || warn "  $file:1: no unit test mirrors it ($mirror)"
    done || true
}
