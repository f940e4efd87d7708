# The steps of .ci/run: a function each, run in a shell of its own under `set -euo pipefail`, and
# the two lists of them.

every_change=(
    format prose lint readme_inspect readme_tests recordings features oldest_compiler without_std aarch64 i686
    testkit examples session tokio blocking tools mutants_tool benches peers documentation instructions package fuzz
)
long=(s390x miri self_test live mutants fuzz_an_hour)

SKIPPED=77
SKIPPED_HARDWARE=78

export CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-line-tables-only}

# Ends the step: what it checks cannot be checked here.
skip() {
    echo "SKIPPED: $*"
    exit "$SKIPPED"
}

# Ends the step: the machine lacks something that no package brings, such as its processor.
skip_hardware() {
    echo "SKIPPED: $*"
    exit "$SKIPPED_HARDWARE"
}

# Installs Debian packages, unless the command $1 is there.
debian() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return
    echo "installing $*"
    # An install that was stopped in its middle leaves a state that refuses the next.
    { dpkg --configure -a && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null \
        || skip "no $command, and $* cannot be installed"
}

# Has rustup install the nightly toolchain with these components. What is there needs no network.
nightly() {
    cargo +nightly --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal || skip "no nightly toolchain, and none can be installed"
    [ $# = 0 ] || rustup component add "$@" --toolchain nightly || skip "the nightly toolchain has not all of $*, and they cannot be installed"
}

# Prints the README's command that begins with $1, as a reader would copy it from a ```sh block.
# None is a failure.
readme() {
    awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' README.md | grep -m1 "^$1" \
        || { echo "README.md has no command '$1' in a \`\`\`sh block" >&2; return 1; }
}

step_format() {
    cargo fmt --all --check
    (cd fuzz && cargo fmt --check)
    (cd benches/peers && cargo fmt --check)
}

step_prose() {
    .ci/prose
}

step_lint() {
    local feature names
    names=$(features)
    cargo clippy --locked -p ami-proto --all-targets --all-features -- -D warnings
    cargo clippy --locked -p ami-proto --all-targets -- -D warnings
    cargo clippy --locked -p ami-proto --all-targets --no-default-features -- -D warnings
    for feature in $names; do
        cargo clippy --locked -p ami-proto --no-default-features --features "$feature" -- -D warnings
    done
    # A workspace of its own; a stable compiler is enough to read it.
    cargo clippy --locked --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings
}

# Lints a member of the workspace and runs its tests, with what its own manifest asks for and no
# other's.
member() {
    cargo clippy --locked -p "$1" --all-targets -- -D warnings
    cargo test --locked -p "$1" "${@:2}"
}

# What takes minutes runs in `readme_tests`.
step_testkit() {
    member ami-testkit --test it -- --skip replay:: --skip properties::
}

step_examples() {
    member ami-examples
}

# A client to be published, or what the clients stand on: linted and tested with its defaults, with
# each of the features that are named behind it, and with all. The documentation too.
published() {
    local name=$1 feature
    for feature in "${@:2}"; do
        cargo clippy --locked -p "$name" --no-default-features --features "$feature" -- -D warnings
    done
    member "$name"
    cargo clippy --locked -p "$name" --all-targets --all-features -- -D warnings
    cargo test --locked -p "$name" --all-features
    RUSTDOCFLAGS='-D warnings' cargo doc --locked -p "$name" --no-deps --all-features
}

step_session() {
    published ami-session md5 freeswitch serde stream
    cargo package --locked -p ami-proto -p ami-session --allow-dirty --no-verify --quiet
}

step_tokio() {
    published ami-tokio freeswitch serde tls tracing
    cargo test --locked -p ami-tokio --bench load
    # Nothing else takes it: it needs a server.
    cargo clippy --locked -p ami-tokio --test soak -- -D warnings
    cargo package --locked -p ami-proto -p ami-session -p ami-tokio --allow-dirty --no-verify --quiet
}

step_blocking() {
    published ami-blocking md5 freeswitch serde
    cargo package --locked -p ami-proto -p ami-session -p ami-blocking --allow-dirty --no-verify --quiet
}

# As the README's first command builds it, then with all subcommands.
step_tools() {
    member ami-tools
    cargo clippy --locked -p ami-tools --all-targets --all-features -- -D warnings
    cargo test --locked -p ami-tools --all-features
}

step_mutants_tool() {
    member ami-mutants
}

# Each runs once, over less than it measures.
step_benches() {
    member ami-benches --benches
}

# Prints the names of the library's features.
features() {
    cargo metadata --locked --no-deps --format-version 1 \
        | python3 -c 'import json, sys
package = next(p for p in json.load(sys.stdin)["packages"] if p["name"] == "ami-proto")
print(*sorted(set(package["features"]) - {"default", "full"}))' | grep .
}

# Goes to a clone in an empty folder: nothing of what lies beside this one may be needed. Removed
# when the step ends.
alone() {
    alone=$(mktemp -d)
    trap "rm -rf '$alone'" EXIT
    git clone -q . "$alone/clone"
    cd "$alone/clone"
    export CARGO_TARGET_DIR=$alone/target
}

step_readme_inspect() {
    local command
    command=$(readme 'cargo run --release -p ami-tools -- inspect')
    alone
    eval "$command" | tail -n 20
    git diff --exit-code Cargo.lock
}

step_readme_tests() {
    local command
    command=$(readme 'cargo test')
    alone
    eval "$command"
    git diff --exit-code Cargo.lock
}

step_recordings() {
    local folder=${AMI_CAPTURES:-../shared}
    # A CI that has none of the recordings checks all that a user can check; the table says so. A
    # folder that was named has to be there.
    [ -n "${AMI_CAPTURES:-}" ] || [ -d "$folder" ] || skip_hardware "no recordings in $folder"
    AMI_CAPTURES=$folder cargo test --locked -p ami-testkit --test it -- --nocapture \
        captures every_recorded the_large_recordings recorded_answers calls_expected calls_compared mirror_lists
}

# The unit tests of default features, of none, and of each feature alone.
step_features() {
    export CARGO_PROFILE_TEST_OPT_LEVEL=0
    local feature names
    names=$(features)
    cargo test --locked -p ami-proto --lib
    cargo test --locked -p ami-proto --lib --no-default-features
    for feature in $names; do
        cargo test --locked -p ami-proto --lib --no-default-features --features "$feature"
    done
}

# The `rust-version` of Cargo.toml, from rustup; where that has no network, from Debian trixie,
# which has this very one.
step_oldest_compiler() {
    local version root
    version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    [ -n "$version" ]
    export CARGO_PROFILE_TEST_OPT_LEVEL=0
    local arguments=(test --locked -p ami-proto --all-features)
    if [ -z "${CI_NO_RUSTUP:-}" ] && rustup toolchain install "$version" --profile minimal --no-self-update; then
        RUSTUP_TOOLCHAIN=$version rustc --version
        RUSTUP_TOOLCHAIN=$version CARGO_TARGET_DIR=target/oldest cargo "${arguments[@]}"
        return
    fi
    debian debootstrap debootstrap
    root=${CI_TRIXIE:-/var/tmp/ami-proto-trixie}
    [ -x "$root/usr/bin/rustc" ] || debootstrap --variant=minbase --include=rustc,cargo,gcc,libc6-dev trixie "$root" \
        || skip "no Rust $version: neither rustup nor debootstrap can fetch it"
    chroot "$root" rustc --version | grep -F "rustc $version" || skip "Debian trixie has another compiler than $version"
    cargo fetch --locked
    mkdir -p "$root/src" "$root/cargo"
    rm -rf "$root/src/ami-proto"
    git clone -q . "$root/src/ami-proto"
    cp -a "${CARGO_HOME:-$HOME/.cargo}/registry" "$root/cargo/"
    chroot "$root" env -C /src/ami-proto CARGO_HOME=/cargo CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=/target \
        CARGO_PROFILE_TEST_OPT_LEVEL=0 cargo "${arguments[@]}"
}

# Sets `cross` to the words of a cargo that builds for the target $1: with rustup's std of it, or
# one built from its source.
cross() {
    if [ -z "${CI_NO_RUSTUP:-}" ] && rustup target add "$1"; then
        cross=(cargo)
        build_std=()
    else
        nightly rust-src
        cross=(cargo +nightly)
        build_std=(-Z "build-std=${2:-std,panic_abort}")
    fi
}

# Builds what promises to do without `std` for two targets that have none.
step_without_std() {
    local cross build_std target
    for target in thumbv7em-none-eabihf wasm32-unknown-unknown; do
        cross "$target" core,alloc
        "${cross[@]}" build --locked -p ami-proto "${build_std[@]}" --target "$target" --no-default-features
        "${cross[@]}" build --locked -p ami-proto "${build_std[@]}" --target "$target" --no-default-features --features simd,serde,conference
    done
}

# Runs the tests of wire, values, kernels and replay for a foreign processor: target, gcc's package,
# its command, and who runs the programs.
foreign() {
    local target=$1 package=$2 gcc=$3 runner=$4 cross build_std name
    debian "$gcc" "$package" "libc6-dev-${5}-cross"
    cross "$target"
    name=${target//-/_}
    name=${name^^}
    export "CARGO_TARGET_${name}_LINKER=$gcc" "CARGO_TARGET_${name}_RUNNER=$runner"
    # Emulated, a compiler's effort pays.
    "${cross[@]}" test --locked "${build_std[@]}" --target "$target" -p ami-proto -p ami-testkit --all-features --lib --test it -- \
        wire:: value kernel framing limits corpus replay:: properties
}

step_aarch64() {
    debian qemu-aarch64 qemu-user
    foreign aarch64-unknown-linux-gnu gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc 'qemu-aarch64 -L /usr/aarch64-linux-gnu' arm64
}

step_i686() {
    # This processor runs them itself.
    foreign i686-unknown-linux-gnu gcc-i686-linux-gnu i686-linux-gnu-gcc '/usr/i686-linux-gnu/lib/ld-linux.so.2 --library-path /usr/i686-linux-gnu/lib' i386
}

step_s390x() {
    debian qemu-s390x qemu-user
    foreign s390x-unknown-linux-gnu gcc-s390x-linux-gnu s390x-linux-gnu-gcc 'qemu-s390x -L /usr/s390x-linux-gnu' s390x
}

# The kernels, which have the crate's `unsafe`, and `OwnedFrame`, which keeps ranges of its bytes.
step_miri() {
    nightly miri rust-src
    MIRIFLAGS='-Zmiri-strict-provenance -Zmiri-disable-isolation' \
        cargo +nightly miri test --locked -p ami-proto --all-features --lib -- wire::kernel wire::owned
}

step_documentation() {
    RUSTDOCFLAGS='-D warnings' cargo doc --locked -p ami-proto --no-deps --all-features
}

step_peers() {
    cargo clippy --locked --manifest-path benches/peers/Cargo.toml --all-targets -- -D warnings
}

step_instructions() {
    debian valgrind valgrind
    grep -qw avx2 /proc/cpuinfo || skip_hardware "the figures are of a processor with AVX2"
    mkdir -p target
    cargo bench --locked -p ami-benches --bench instructions | tee target/instructions.log
    if grep -q '^NOT COMPARED' target/instructions.log; then
        skip "$(grep -m1 '^NOT COMPARED' target/instructions.log)"
    fi
}

step_package() {
    local files needed
    files=$(cargo package --locked -p ami-proto --list --allow-dirty)
    for needed in Cargo.toml README.md LICENSE-MIT LICENSE-APACHE src/lib.rs; do
        grep -qx "$needed" <<<"$files" || { echo "package lacks $needed"; return 1; }
    done
    if grep -E '^(corpus|fuzz|tests|benches|examples|tools|mutants)/' <<<"$files"; then
        echo "package holds what it should not"
        return 1
    fi
    cargo package --locked -p ami-proto --allow-dirty --quiet
}

# Runs each fuzz target for so many seconds, from its seeds, with its words: `fuzz SECONDS SEED`.
fuzz() {
    nightly
    cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked || skip "no cargo-fuzz, and it cannot be installed"
    bash fuzz/seed.sh
    (cd fuzz && cargo +nightly metadata --locked --format-version 1 >/dev/null)
    local targets target
    targets=$(cargo +nightly fuzz list)
    [ -n "$targets" ]
    for target in $targets; do
        cargo +nightly fuzz run "$target" -- -max_total_time="$1" -seed="$2" -timeout=60 -dict="fuzz/dicts/$target.dict" -print_final_stats=1 -verbosity=0
    done
}

# The same inputs each time: whether a change is good is not a matter of luck.
step_fuzz() {
    fuzz "${FUZZ_SECONDS:-10}" 1
}

# An hour in all, with other inputs each time: this one is the search.
step_fuzz_an_hour() {
    fuzz "$((3600 / $(grep -c '^\[\[bin\]\]' fuzz/Cargo.toml)))" "$(date +%s)"
}

step_live() {
    [ "$(id -u)" = 0 ] || skip "a chroot needs root"
    bash tests/live/setup.sh install || skip "no Asterisk can be installed"
    # Before the start: one server may come up and the other not.
    trap 'bash tests/live/setup.sh stop' EXIT
    bash tests/live/setup.sh start
    local address
    address=$(bash tests/live/setup.sh address)
    AMI_LIVE=$address cargo test --locked -p ami-testkit --test it live:: -- --include-ignored --test-threads=1
    AMI_LIVE=$address cargo test --locked -p ami-tokio --test soak -- --nocapture
}

step_self_test() {
    bash .ci/self-test
}

step_mutants() {
    cargo run --release --locked -p ami-mutants -- --seed "${MUTANTS_SEED:-$(date +%Y%m%d)}" --count 200
}
