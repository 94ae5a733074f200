#!/bin/sh
# Makes what the silos' HTTP endpoint needs before it may listen on anything but loopback: a certificate and the tokens of three roles.
#   sh infra/make-secrets.sh FOLDER [NAME…]     NAME: further names and addresses that the certificate is for
# What is there already stays as it is. Show a token:  sed -n 's/^read //p' FOLDER/tokens
set -eu
umask 077

folder=${1:?make-secrets: name the folder that the secrets go to}
shift
mkdir -p "$folder"

if [ ! -s "$folder/tokens" ]; then
    for role in read submit operate; do
        printf '%s %s\n' "$role" "$(openssl rand -hex 32)"
    done >"$folder/tokens.new"
    mv "$folder/tokens.new" "$folder/tokens"
    echo "make-secrets: wrote $folder/tokens (roles read, submit, operate)." >&2
fi

if [ ! -s "$folder/grid.pem" ]; then
    names=DNS:localhost,IP:127.0.0.1
    for name in "$@"; do
        case $name in
            *[!0-9.]*) names=$names,DNS:$name ;;
            *) names=$names,IP:$name ;;
        esac
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=orleans-sgd \
        -addext "subjectAltName=$names" -keyout "$folder/key.new" -out "$folder/certificate.new" 2>/dev/null
    cat "$folder/certificate.new" "$folder/key.new" >"$folder/grid.new"
    mv "$folder/certificate.new" "$folder/ca.pem"
    mv "$folder/grid.new" "$folder/grid.pem"
    rm "$folder/key.new"
    echo "make-secrets: wrote $folder/grid.pem for $names, signed by itself; $folder/ca.pem is what clients trust." >&2
fi
