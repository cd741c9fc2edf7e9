#!/usr/bin/env bash
# Prepares a real OSRM road router for the tests, with a tiny real map (Monaco, © OpenStreetMap contributors, ODbL). The binaries
# are those of the wheel `osrm-bindings` (BSD-2-Clause); the map is in its source archive. Needs python3 with pip, tar and Linux
# x86-64; downloads about 60 MB once. Usage: tests/osrm.sh target/osrm, then MAILLAGE_OSRM=…/target/osrm cargo test.
# Starts nothing: the tests start the router themselves, on a port the system chooses. Where it cannot be installed it says why
# and ends with 1; what is half there is done again the next time.
set -euo pipefail
directory="${1:?where to put it, such as target/osrm}"
version=26.10.0
download_seconds=240 # for each of two downloads

cannot() {
    printf 'No road router: %s\n' "$*" >&2
    exit 1
}

mkdir -p "$directory"
cd "$directory"
[[ -f prepared ]] && exit 0

[[ "$(uname -sm)" == "Linux x86_64" ]] || cannot "its binaries are for Linux on x86-64, this is $(uname -sm)."
python3 -m pip --version >/dev/null 2>&1 || cannot "python3 with pip is missing."
command -v tar >/dev/null || cannot "tar is missing."

download() {
    timeout --kill-after=5 "$download_seconds" python3 -m pip download --quiet --disable-pip-version-check --retries 1 \
        --no-deps --dest . "$@" "osrm-bindings==$version"
}

if [[ ! -x osrm/bin/osrm-routed ]]; then
    download --only-binary :all: --python-version 3.12 --platform manylinux_2_28_x86_64 ||
        cannot "the package osrm-bindings cannot be downloaded."
    rm -rf wheel osrm
    python3 -m zipfile -e osrm_bindings-"$version"-*.whl wheel || cannot "the package osrm-bindings cannot be unpacked."
    chmod +x wheel/osrm/bin/*
    mv wheel/osrm osrm
    rm -rf wheel osrm_bindings-"$version"-*.whl
fi
if [[ ! -f monaco.osm.pbf ]]; then
    download --no-binary osrm-bindings || cannot "the source archive with the map cannot be downloaded."
    tar xzf "osrm_bindings-$version.tar.gz" --strip-components=3 "osrm_bindings-$version/test/data/monaco.osm.pbf" ||
        cannot "the map is not in the source archive."
    rm -f "osrm_bindings-$version.tar.gz"
fi
if ! {
    osrm/bin/osrm-extract -p osrm/share/profiles/car.lua --data_version "monaco-$version" monaco.osm.pbf &&
        osrm/bin/osrm-partition monaco.osrm &&
        osrm/bin/osrm-customize monaco.osrm
} >prepare.log 2>&1; then
    tail -n 20 prepare.log >&2
    cannot "the map cannot be prepared; the end of $directory/prepare.log is above."
fi
: >prepared
