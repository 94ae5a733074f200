#!/usr/bin/env bash
# Installs what the PyTorch peers need, by package name, on Debian or Ubuntu. Says each thing in one line.
#
# Why these packages: python3-torch links whatever provides libblas.so.3. The reference BLAS is several times slower,
# and the pthread build of OpenBLAS keeps a second thread pool beside PyTorch's OpenMP one, so both are replaced by the
# OpenMP build. tcmalloc is preloaded by the scripts; it takes the cost out of PyTorch's allocation per operation.
set -euo pipefail

packages=(python3-torch python3-numpy libopenblas0-openmp libtcmalloc-minimal4)

if ! command -v apt-get >/dev/null; then
    echo "setup: apt-get is not on this machine. Install these by hand: ${packages[*]}" >&2
    exit 2
fi

as_root=()
if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: installing packages needs root, and there is no sudo. Run this script as root." >&2
        exit 2
    fi
    as_root=(sudo)
fi

missing=()
for package in "${packages[@]}"; do
    version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$package" 2>/dev/null || true)
    if [[ $version == installed\ * ]]; then
        echo "setup: $package ${version#installed } is there"
    else
        missing+=("$package")
    fi
done

if ((${#missing[@]} > 0)); then
    echo "setup: refreshing the package lists"
    "${as_root[@]}" apt-get update -qq
    echo "setup: installing ${missing[*]} (about 1 GB with what they need; no recommended packages)"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    for package in "${missing[@]}"; do
        echo "setup: $package $(dpkg-query -W -f '${Version}' "$package") installed"
    done
fi

# Both builds of OpenBLAS register themselves with the same priority, so the choice is made here and said.
for library in libblas.so.3 liblapack.so.3; do
    name="$library-$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch 2>/dev/null || echo "$(uname -m)-linux-gnu")"
    choice=$(update-alternatives --list "$name" | grep openblas-openmp || true)
    if [[ -z $choice ]]; then
        echo "setup: no OpenMP build of OpenBLAS among the alternatives of $name; see update-alternatives --list $name" >&2
        exit 2
    fi
    "${as_root[@]}" update-alternatives --quiet --set "$name" "$choice"
    echo "setup: $library is $choice"
done
