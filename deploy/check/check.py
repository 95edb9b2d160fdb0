"""What the files of deploy/ must agree on with each other. Run by check.sh; see there.

    check.py schemas SOURCE CRDS TARGET VERSION…   schemas of Kubernetes as kubeconform reads them
    check.py agree QUERIES                         everything below; the panels' queries go to QUERIES

- The metric table of README.md, the alerts and the dashboards use the same names.
- Each alert has a severity, a section in README.md that it links to, and a test.
- A variable of the environment in compose.yaml, the units and the chart is a key of clearfold.toml.
- The version is the same everywhere, and every image is pinned.
"""

import json
import re
import sys
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parent.parent
failures = []


def fail(place, sentence):
    failures.append(f"{place}: {sentence}")


def read(path):
    return (DEPLOY / path).read_text(encoding="utf-8")


# Schemas


def schemas(source, crds, target, versions):
    """kubeconform follows references to files, not to the addresses in this package."""
    for version in versions:
        folder = Path(target) / f"v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        for path in Path(source, f"v{version}-local-strict").glob("*.json"):
            text = path.read_text(encoding="utf-8").replace('"/api/_definitions.json#', '"_definitions.json#')
            schema = json.loads(text)
            schema.pop("$id", None)
            (folder / path.name).write_text(json.dumps(schema), encoding="utf-8")
    kind = "servicemonitors"
    text = Path(crds, f"monitoring.coreos.com_{kind}.yaml").read_text(encoding="utf-8")
    [version] = yaml.safe_load(text)["spec"]["versions"]
    schema = closed(version["schema"]["openAPIV3Schema"])
    schema["properties"]["metadata"] = {"type": "object"}
    (Path(target) / f"{kind[:-1]}-monitoring-v1.json").write_text(json.dumps(schema), encoding="utf-8")


def closed(node):
    """The schema with unknown fields refused, as the other schemas do."""
    if isinstance(node, dict):
        node = {key: closed(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
    elif isinstance(node, list):
        node = [closed(value) for value in node]
    return node


# Metrics, alerts, dashboards


def metric_table():
    """Name to type, as README.md has it between its markers."""
    text = read("README.md")
    found = re.search(r"<!-- metrics -->\n(.*?)<!-- /metrics -->", text, re.DOTALL)
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", found[1] if found else "", re.MULTILINE)
    for name, kind in rows:
        if (kind == "counter") != name.endswith("_total"):
            fail("README.md", f"`{name}` is a {kind}: only counters end with _total")
    return dict(rows)


def check_names(place, query, metrics):
    """Every metric that a query names is in the table, and used as its type is used."""
    for name in re.findall(r"\bclearfold_\w+", query):
        base = re.sub(r"_(bucket|count|sum)$", "", name)
        if name in metrics and metrics[name] != "histogram":
            continue
        if base != name and metrics.get(base) == "histogram":
            continue
        fail(place, f"`{name}` is no series of the metric table")


def dashboards(metrics):
    """The queries of all panels, as (place, query) with the variable's default filled in."""
    queries = []
    seen = {}
    for path in sorted(DEPLOY.glob("grafana/*.json")):
        board = json.loads(path.read_text(encoding="utf-8"))
        place = f"grafana/{path.name}"
        if seen.setdefault(board["uid"], place) != place:
            fail(place, f"has the uid of {seen[board['uid']]}")
        for panel in board["panels"]:
            where = f"{place}, panel \"{panel['title']}\""
            if not panel.get("targets"):
                fail(where, "asks for nothing")
            if not panel.get("description"):
                fail(where, "says nothing about what it shows")
            for target in panel.get("targets", []):
                query = target["expr"].replace("$segment", ".*")
                if "$" in query:
                    fail(where, "uses a variable that only Grafana knows")
                check_names(where, query, metrics)
                queries.append((where, query))
    for name in metrics:
        shown = any(re.search(rf"\b{name}(_bucket|_count|_sum)?\b", query) for _, query in queries)
        if not shown:
            fail("grafana", f"no panel shows `{name}`")
    return queries


def alerts(metrics):
    headings = re.findall(r"^#+ (.*)$", read("README.md"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    tests = yaml.safe_load(read("prometheus/alerts.test.yaml"))["tests"]
    tested = {
        rule["alertname"]
        for test in tests
        for rule in test.get("alert_rule_test", [])
        if rule["exp_alerts"]
    }
    for group in yaml.safe_load(read("prometheus/alerts.yaml"))["groups"]:
        for rule in group["rules"]:
            name = rule["alert"]
            check_names(name, rule["expr"], metrics)
            if rule["labels"].get("severity") not in ("page", "ticket"):
                fail(name, "has no severity, page or ticket")
            if rule["annotations"].get("runbook_url") != f"deploy/README.md#{name.lower()}":
                fail(name, "does not link to its section of README.md")
            if name.lower() not in anchors:
                fail(name, "has no section in README.md")
            if name not in tested:
                fail(name, "fires in no test")


# Configuration and versions


def keys():
    """All keys of clearfold.toml, also those that are only shown in a comment."""
    found, section = {"SEGMENTS"}, ""
    for line in read("clearfold.toml").splitlines():
        if line.startswith("["):
            section = line.strip("[]").upper()
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            found.add(f"{section}__{key[1].upper()}" if section else key[1].upper())
    return found


def environment():
    known = keys()
    paths = ["compose.yaml", "Dockerfile", *DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("helm/clearfold/templates/*")]
    for path in paths:
        path = DEPLOY / path
        if not path.is_file():
            continue
        for name in re.findall(r"CLEARFOLD__(\w+)", path.read_text(encoding="utf-8")):
            if name not in known:
                fail(path.relative_to(DEPLOY), f"CLEARFOLD__{name} is no key of clearfold.toml")


def versions():
    cargo = (DEPLOY.parent / "Cargo.toml").read_text(encoding="utf-8")
    version = re.search(r"^version = \"(.*)\"$", cargo, re.MULTILINE)[1]
    chart = yaml.safe_load(read("helm/clearfold/Chart.yaml"))
    if {chart["version"], str(chart["appVersion"])} != {version}:
        fail("helm/clearfold/Chart.yaml", f"the version is {version}")
    for name, service in yaml.safe_load(read("compose.yaml"))["services"].items():
        repository, _, tag = service["image"].partition(":")
        if not re.search(r"\d+\.\d+", tag):
            fail("compose.yaml", f"the image of {name} is not pinned")
        if repository == "clearfold" and tag != version:
            fail("compose.yaml", f"the version of {name} is {version}")
    for image in re.findall(r"^FROM (\S+)", read("Dockerfile"), re.MULTILINE):
        if not re.search(r":.*\d{3,}|:\d+\.\d+\.\d+", image):
            fail("Dockerfile", f"{image} is not pinned")


def agree(queries_path):
    metrics = metric_table()
    if not metrics:
        fail("README.md", "has no table of metrics between its markers")
    queries = dashboards(metrics)
    alerts(metrics)
    environment()
    versions()
    # promtool has no other way to parse a query without a server than as a rule.
    rules = [{"record": f"panel:{number}", "expr": query} for number, (_, query) in enumerate(queries)]
    groups = {"groups": [{"name": "panels", "rules": rules}]}
    Path(queries_path).write_text(yaml.safe_dump(groups), encoding="utf-8")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    print(f"{len(metrics)} metrics, {len(queries)} queries of panels")
    return 1 if failures else 0


def main(arguments):
    match arguments:
        case ["schemas", source, crds, target, *versions] if versions:
            schemas(source, crds, target, versions)
            return 0
        case ["agree", queries]:
            return agree(queries)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
