#!/usr/bin/env bash
# Prepares a real browser for the tests: Debian's Chromium with its driver, and axe-core (MPL-2.0), which looks for what people with a
# screen reader, a keyboard or weak eyes stumble over; axe-core is that of the wheel `axe-playwright-python`. Needs python3 with pip, and
# apt as root where there is no Chromium yet; downloads about 100 MB once. Usage: tests/browser.sh target/browser, then
# MAILLAGE_BROWSER=…/target/browser cargo test. Starts nothing: the tests start the browser themselves, on a port the system chooses. Where
# it cannot be installed it says why and ends with 1; what is half there is done again the next time.
set -euo pipefail
directory="${1:?where to put it, such as target/browser}"
version=0.1.8
checksum=84494fec757e4710dc751c8d7a636e457f4532f08f85c86dc9070133fbff53bc

cannot() {
    printf 'No browser: %s\n' "$*" >&2
    exit 1
}

mkdir -p "$directory"
cd "$directory"

if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    command -v apt-get >/dev/null || cannot "chromium and chromedriver are missing, and there is no apt-get to install them."
    [[ "$(id -u)" == 0 ]] || cannot "chromium and chromedriver are missing: apt-get install chromium chromium-driver"
    export DEBIAN_FRONTEND=noninteractive
    timeout --kill-after=5 120 apt-get update --quiet=2 || cannot "apt-get update failed."
    timeout --kill-after=5 600 apt-get install --quiet=2 --yes --no-install-recommends chromium chromium-driver fonts-dejavu-core ||
        cannot "the packages chromium and chromium-driver cannot be installed."
fi

if ! sha256sum --check --status <<<"$checksum  axe.min.js" 2>/dev/null; then
    python3 -m pip --version >/dev/null 2>&1 || cannot "python3 with pip is missing."
    rm -rf wheel ./*.whl
    timeout --kill-after=5 240 python3 -m pip download --quiet --disable-pip-version-check --retries 2 \
        --no-deps --only-binary :all: --dest . "axe-playwright-python==$version" ||
        cannot "the package axe-playwright-python cannot be downloaded."
    python3 -m zipfile -e axe_playwright_python-"$version"-*.whl wheel || cannot "axe-playwright-python cannot be unpacked."
    mv wheel/axe_playwright_python/axe.min.js axe.min.js
    rm -rf wheel ./*.whl
    sha256sum --check --status <<<"$checksum  axe.min.js" || cannot "axe.min.js is not the one that was expected."
fi
