#!/usr/bin/env bash
# Prepares a real OSRM road router for the tests, with a tiny real map (Monaco, © OpenStreetMap contributors, ODbL). The binaries
# are those of the wheel `osrm-bindings` (BSD-2-Clause); the map is in its source archive. Needs python3 with pip, tar and Linux
# x86-64; downloads about 60 MB once. Usage: tests/osrm.sh target/osrm, then MAILLAGE_OSRM=…/target/osrm cargo test.
# Starts nothing: the tests start the router themselves, on a port the system chooses.
set -euo pipefail
directory="${1:?where to put it, such as target/osrm}"
version=26.10.0

mkdir -p "$directory"
cd "$directory"
if [[ ! -x osrm/bin/osrm-routed ]]; then
    python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 \
        --platform manylinux_2_28_x86_64 --dest . "osrm-bindings==$version"
    rm -rf wheel osrm
    python3 -m zipfile -e osrm_bindings-"$version"-*.whl wheel
    chmod +x wheel/osrm/bin/*
    mv wheel/osrm osrm
    rm -rf wheel osrm_bindings-"$version"-*.whl
fi
if [[ ! -f monaco.osm.pbf ]]; then
    python3 -m pip download --quiet --no-deps --no-binary osrm-bindings --dest . "osrm-bindings==$version"
    tar xzf "osrm_bindings-$version.tar.gz" --strip-components=3 "osrm_bindings-$version/test/data/monaco.osm.pbf"
    rm -f "osrm_bindings-$version.tar.gz"
fi
if [[ ! -f prepared ]]; then
    {
        osrm/bin/osrm-extract -p osrm/share/profiles/car.lua --data_version "monaco-$version" monaco.osm.pbf
        osrm/bin/osrm-partition monaco.osrm
        osrm/bin/osrm-customize monaco.osrm
    } >prepare.log 2>&1 || { tail -n 20 prepare.log >&2; exit 1; }
    : >prepared
fi
