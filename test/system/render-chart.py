"""Lints and renders the Helm chart, and checks every resource strictly: render-chart.py CHART CRDS VALUES-JSON -> JSON on stdout.

Kubernetes' own resources against the schemas that kubernetes-validate carries, Strimzi's against the definitions made from its
classes; a member that no schema knows is a fault. Resources of the Prometheus operator are parsed only: no schema is to be had.
"""
import json
import pathlib
import sys

import helm_python
import jsonschema
import kubernetes_validate
import yaml

KUBERNETES = "1.34"
UNCHECKED = {"monitoring.coreos.com/v1"}


def strict(schema):
    """An object that names its members takes no others, as the API server's pruning would drop them without a word."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "properties" in made and "additionalProperties" not in made and not made.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    return made


def definitions(folder):
    found = {}
    for path in pathlib.Path(folder).glob("*.json"):
        spec = json.loads(path.read_text())["spec"]
        for version in spec["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[f'{spec["group"]}/{version["name"]} {spec["names"]["kind"]}'] = schema
    return found


def faults_of(document, crds):
    name = f'{document.get("kind")} {document.get("metadata", {}).get("name")}'
    version = document.get("apiVersion")
    if version in UNCHECKED:
        return []
    schema = crds.get(f'{version} {document.get("kind")}')
    if schema:
        errors = jsonschema.Draft7Validator(schema).iter_errors(document)
        return [f"{name}: /{'/'.join(map(str, one.path))}: {one.message}" for one in errors]
    try:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    except Exception as error:
        return [f"{name}: {error}"]
    return []


def main(chart, folder, values):
    report = helm_python.lint(chart, values, strict=True, kube_version=f"v{KUBERNETES}.0")
    faults = [one["error"] for one in report["messages"] if one["severity"] >= 2] + report["errors"]
    documents = []
    crds = definitions(folder)
    with helm_python.Chart.load(chart) as loaded:
        loaded.validate_schema(values)
        rendered = loaded.render(values, name="schakel", namespace="schakel")
    for path, text in rendered.items():
        if path.endswith(".txt"):
            continue
        for document in yaml.safe_load_all(text):
            if document:
                documents.append(document)
                faults += faults_of(document, crds)
    json.dump({"faults": faults, "documents": documents}, sys.stdout)


try:
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
except Exception as error:
    json.dump({"faults": [f"{type(error).__name__}: {error}"], "documents": []}, sys.stdout)
