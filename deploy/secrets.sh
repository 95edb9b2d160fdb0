#!/usr/bin/env bash
# Makes the secrets that compose.yaml mounts, each in a file of its own under deploy/secrets, which
# git ignores. A secret that is there stays as it is: to rotate one, see "Rotate secrets" in
# README.md.
set -euo pipefail
cd "$(dirname "$0")"

# Other users of this machine cannot enter the directory. The files themselves are readable, because
# compose mounts them as they are, and each container runs as a user of its own.
umask 022
mkdir -p secrets
chmod 0700 secrets

for name in postgres_password store_password grafana_password; do
    file="secrets/${name}"
    if [[ -s ${file} ]]; then
        echo "${file} is there"
        continue
    fi
    # 192 random bits in hexadecimal: nothing that a URL or a shell would have to quote.
    secret="$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
    printf '%s' "${secret}" >"${file}"
    chmod 0444 "${file}"
    echo "${file} made"
done
