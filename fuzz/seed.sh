#!/bin/sh
# Fills fuzz/corpus/<target>/ from the recordings in corpus/, the seeds and the crashes. Usage: fuzz/seed.sh [largest file in bytes, 8192 unless told]
set -eu
cd "$(dirname "$0")"
largest=${1:-8192}
for target in decode chunking kernels filtered differential write_read session_ops server_ops proxy requests http fold; do
    mkdir -p "corpus/$target"
    case $target in
        # Setup::LEN bytes of framing, limits and sizes come first; zeros are the defaults.
        decode | chunking | kernels | filtered) setup=16 ;;
        *) setup=0 ;;
    esac
    find ../corpus \( -name '*.ami' -o -name '*.http' \) -size "-$((largest + 1))c" | while read -r file; do
        name=$(echo "${file#../corpus/}" | tr / _)
        { head -c "$setup" /dev/zero; cat "$file"; } > "corpus/$target/$name"
    done
    for file in "seeds/$target"/* "crashes/$target"/*; do
        if [ -f "$file" ]; then cp "$file" "corpus/$target/"; fi
    done
    echo "corpus/$target: $(find "corpus/$target" -type f | wc -l) files"
done
# Messages of another kind.
mkdir -p corpus/kazoo_json
cp ../corpus/kazoo/*.json corpus/kazoo_json/
for file in seeds/kazoo_json/* crashes/kazoo_json/*; do
    if [ -f "$file" ]; then cp "$file" corpus/kazoo_json/; fi
done
echo "corpus/kazoo_json: $(find corpus/kazoo_json -type f | wc -l) files"
# Eight bytes of sizes and steps come first.
mkdir -p corpus/esl
find ../corpus/freeswitch \( -name '*.esl' -o -name '*.replay' \) | while read -r file; do
    { printf '\013\122\214\361\003\100\167\331'; head -c "$largest" "$file"; } > "corpus/esl/$(basename "$file")"
done
for file in seeds/esl/* crashes/esl/*; do
    if [ -f "$file" ]; then cp "$file" corpus/esl/; fi
done
echo "corpus/esl: $(find corpus/esl -type f | wc -l) files"
# A byte for the command, one for the delimiter, then an answer: the bodies of the recorded ones, as they stand in JSON.
mkdir -p corpus/fs_list
number=0
sed -n 's/\\"/"/g; s/.*"body": "\(.*\)"}$/\1/p' ../corpus/freeswitch/replies/*.jsonl | while read -r body; do
    number=$((number + 1))
    printf '%b\000%b' "\\0$(printf %03o "$((number % 84))")" "$body" > "corpus/fs_list/$number"
done
for file in seeds/fs_list/* crashes/fs_list/*; do
    if [ -f "$file" ]; then cp "$file" corpus/fs_list/; fi
done
echo "corpus/fs_list: $(find corpus/fs_list -type f | wc -l) files"
# Made of their seeds alone; answers and texts of sipXecs as they came besides.
for target in answers sipxecs conference_roundtrip; do
    mkdir -p "corpus/$target"
    for file in "seeds/$target"/* "crashes/$target"/*; do
        if [ -f "$file" ]; then cp "$file" "corpus/$target/"; fi
    done
    if [ "$target" = sipxecs ]; then cp ../corpus/sipxecs/* corpus/sipxecs/; fi
    echo "corpus/$target: $(find "corpus/$target" -type f | wc -l) files"
done
