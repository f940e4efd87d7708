#!/bin/sh
# Fills fuzz/corpus/TARGET/ for every target, each in its own format: from the recordings in
# corpus/, the seeds and the crashes.
# Usage: fuzz/seed.sh [largest file in bytes, 8192 unless told]
set -eu
cd "$(dirname "$0")"
largest=${1:-8192}

for target in $(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' Cargo.toml); do
    mkdir -p "corpus/$target"
    case $target in
        decode | chunking | kernels | filtered | differential)
            # `Setup::LEN` bytes of framing, limits and sizes come first; zeros are the defaults.
            find ../corpus -name '*.ami' -size "-$((largest + 1))c" | while read -r file; do
                { head -c 18 /dev/zero; cat "$file"; } > "corpus/$target/$(echo "${file#../corpus/}" | tr / _)"
            done
            ;;
        sipxecs)
            cp ../corpus/sipxecs/* "corpus/$target/"
            ;;
        kazoo_json)
            cp ../corpus/kazoo/*.json "corpus/$target/"
            ;;
        esl)
            # Eight bytes of sizes and steps come first.
            find ../corpus/freeswitch \( -name '*.esl' -o -name '*.replay' \) | while read -r file; do
                { printf '\013\122\214\361\003\100\167\331'; head -c "$largest" "$file"; } > "corpus/$target/$(basename "$file")"
            done
            ;;
        fs_list)
            # A byte for the command, one for the delimiter, then an answer: the bodies of the
            # recorded ones, as they stand in JSON.
            number=0
            sed -n 's/\\"/"/g; s/.*"body": "\(.*\)"}$/\1/p' ../corpus/freeswitch/replies/*.jsonl | while read -r body; do
                number=$((number + 1))
                printf '%b\000%b' "\\0$(printf %03o "$((number % 84))")" "$body" > "corpus/$target/$number"
            done
            ;;
    esac
    for file in "seeds/$target"/* "crashes/$target"/*; do
        if [ -f "$file" ]; then cp "$file" "corpus/$target/"; fi
    done
    count=$(find "corpus/$target" -type f | wc -l)
    echo "corpus/$target: $count files"
    [ "$count" -gt 0 ]
done
