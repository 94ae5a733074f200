#!/usr/bin/env bash
# Takes the pictures of README.md and docs/ again, after a page has changed: the tests make them, this takes them over. Look at them before you commit.
#   docs/images/renew.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
dotnet build tests/Dashboard.Tests -c Release -v q --nologo
# The first time there are none to compare with, and the test says so.
dotnet test tests/Dashboard.Tests -c Release --no-build --nologo --filter FullyQualifiedName~PictureTests || echo "Some pictures were missing or too large; see above." >&2
cp artifacts/screenshots/docs/{job,cluster,report}-{light,dark}.png docs/images/
ls -l docs/images/*.png
