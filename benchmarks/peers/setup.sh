#!/usr/bin/env bash
# Installs what the peers need, by package name, on Debian or Ubuntu. Says each thing in one line.
# The versions below are those that benchmarks/README.md tells of; another one is used as well, and named.
#
# Why these packages: python3-torch links whatever provides libblas.so.3. The reference BLAS is several times slower,
# and the pthread build of OpenBLAS keeps a second thread pool beside PyTorch's OpenMP one, so both are replaced by the
# OpenMP build. tcmalloc is preloaded by the scripts; it takes the cost out of PyTorch's allocation per operation.
set -euo pipefail

packages=(python3-torch python3-numpy libopenblas0-openmp libtcmalloc-minimal4)
# Peers that can do without each other: what cannot be installed is named, and the others go on.
optional=(python3-sklearn python3-scipy python3-mpi4py openmpi-bin python3-liblinear)
declare -A measured=(
    [python3-torch]=1.13.1+dfsg-4 [python3-numpy]=1:1.24.2-1+deb12u1 [libopenblas0-openmp]=0.3.21+ds-4 [libtcmalloc-minimal4]=2.10-1
    [python3-sklearn]=1.2.1+dfsg-1 [python3-scipy]=1.10.1-2 [python3-mpi4py]=3.1.4-2+b2 [openmpi-bin]=4.1.4-3+b1
    [python3-liblinear]=2.3.0+dfsg-5
)

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

version_of() { dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null | sed -n 's/^installed //p' || true; }

# said PACKAGE WORD: one line, with the version that was measured when this is another.
said() {
    local version note=
    version=$(version_of "$1")
    [[ $version == "${measured[$1]}" ]] || note=" (measured with ${measured[$1]})"
    echo "setup: $1 $version $2$note"
}

missing=()
missing_optional=()
for package in "${packages[@]}" "${optional[@]}"; do
    if [[ -n $(version_of "$package") ]]; then
        said "$package" 'is there'
    elif [[ " ${optional[*]} " == *" $package "* ]]; then
        missing_optional+=("$package")
    else
        missing+=("$package")
    fi
done

if ((${#missing[@]} + ${#missing_optional[@]} > 0)); then
    echo "setup: refreshing the package lists"
    "${as_root[@]}" apt-get update -qq
fi
if ((${#missing[@]} > 0)); then
    echo "setup: installing ${missing[*]} (about 1 GB with what they need; no recommended packages)"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    for package in "${missing[@]}"; do
        said "$package" installed
    done
fi
for package in "${missing_optional[@]}"; do
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1; then
        said "$package" installed
    else
        echo "setup: $package could not be installed; its peer will be named as not measured" >&2
    fi
done

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
