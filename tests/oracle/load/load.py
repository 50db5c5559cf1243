#!/usr/bin/env python3
"""Measures the cost of an operator for FeatureStores, on an API server without controllers.

usage: load.py KUBECONFIG CRD.yaml COUNT -- OPERATOR ARGUMENT...

`{kubeconfig}` in an argument stands for the path. See README.md.
"""

import base64
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import yaml

STORES_PER_NAMESPACE = 50
FEATURE_STORES = "/apis/feast.dev/v1"
LIST_DEPLOYMENTS = "/apis/apps/v1/deployments?limit=5000"
# Requests that are not the operator's doing, or not about FeatureStores.
NOT_COUNTED = {"leases", "namespaces", "customresourcedefinitions"}
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


class Server:
    """An API server, with a count of our own requests."""

    def __init__(self, kubeconfig):
        config = yaml.safe_load(Path(kubeconfig).read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.host = cluster["server"].split("//")[1]
        self.token = user["token"]
        self.tls = ssl.create_default_context()
        if data := cluster.get("certificate-authority-data"):
            self.tls.load_verify_locations(cadata=base64.b64decode(data).decode())
        else:
            self.tls.load_verify_locations(cluster["certificate-authority"])
        self.thread = threading.local()
        self.own = Counter()

    def call(self, method, path, body=None, kind="application/json"):
        """Status and body of an answer; retries if the connection breaks."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        text = None if body is None else json.dumps(body)
        for attempt in range(5):
            try:
                connection = self.connection()
                connection.request(method, path, body=text, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.thread.connection = None
                if attempt == 4:
                    raise

    def connection(self):
        if getattr(self.thread, "connection", None) is None:
            self.thread.connection = http.client.HTTPSConnection(self.host, context=self.tls, timeout=60)
        return self.thread.connection

    def items(self, path):
        self.own["LIST"] += 1
        _, text = self.call("GET", path)
        return json.loads(text).get("items", [])

    def requests(self):
        """All requests so far, by verb."""
        _, text = self.call("GET", "/metrics")
        total = Counter()
        for labels, count in re.findall(r"^apiserver_request_total\{(.*)\} ([0-9.e+]+)$", text, re.M):
            resource = re.search(r'resource="([^"]*)"', labels)
            if resource and resource[1] not in NOT_COUNTED:
                total[re.search(r'verb="([^"]*)"', labels)[1]] += int(float(count))
        return total


def spec(index):
    """A third are minimal, a third are autoscaled, a third have three replicas."""
    project = {"feastProject": f"p{index}"}
    if index % 3 == 0:
        return project
    services = {
        "onlineStore": database("postgres") | {"server": {"resources": {"requests": {"cpu": "200m"}}}},
        "registry": {"local": database("sql") | {"server": {"restAPI": True}}},
        "ui": {},
    }
    if index % 3 == 1:
        services["scaling"] = {"autoscaling": {"minReplicas": 2, "maxReplicas": 10}}
        return project | {"services": services}
    services["podDisruptionBudgets"] = {"maxUnavailable": 1}
    return project | {"services": services, "replicas": 3}


def database(kind):
    return {"persistence": {"store": {"type": kind, "secretRef": {"name": "stores"}}}}


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "stores"},
    "stringData": {
        "sql": "path: postgresql+psycopg://feast:change-me@db:5432/feast\ncache_ttl_seconds: 60\n",
        "postgres": "host: db\nport: 5432\ndatabase: feast\nuser: feast\npassword: change-me\n",
    },
}


def namespace(index):
    return f"load-{index // STORES_PER_NAMESPACE}"


def prepare(server, crd, count):
    for document in yaml.safe_load_all(Path(crd).read_text()):
        name = document["metadata"]["name"]
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}?fieldManager=load&force=true"
        server.call("PATCH", path, document, APPLY)
    time.sleep(4)
    for name in ["feast-operator-system", *dict.fromkeys(map(namespace, range(count)))]:
        metadata = {"name": name}
        server.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        server.call("POST", f"/api/v1/namespaces/{name}/secrets", SECRET)


def create(server, count):
    """Creates FeatureStores; returns how many are accepted."""
    accepted = 0
    for index in range(count):
        store = {
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": {"name": f"fs{index}"},
            "spec": spec(index),
        }
        status, text = server.call("POST", f"{FEATURE_STORES}/namespaces/{namespace(index)}/featurestores", store)
        server.own["POST"] += 1
        accepted += status < 300
        if status >= 300:
            print(json.loads(text).get("message"))
    return accepted


class Kubelet:
    """Marks Deployments as available, in place of Kubernetes' controller."""

    def __init__(self, server):
        self.server = server
        self.marked = {}

    def pass_by(self):
        for deployment in self.server.items(LIST_DEPLOYMENTS):
            metadata = deployment["metadata"]
            place = metadata["namespace"], metadata["name"]
            replicas = deployment["spec"].get("replicas", 1)
            if self.marked.get(place) != replicas:
                self.mark(metadata, replicas)
                self.marked[place] = replicas

    def mark(self, metadata, replicas):
        status = dict.fromkeys(["replicas", "readyReplicas", "availableReplicas"], replicas)
        status["observedGeneration"] = metadata["generation"]
        status["conditions"] = [
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "ok"}
        ]
        path = f"/apis/apps/v1/namespaces/{metadata['namespace']}/deployments/{metadata['name']}/status"
        self.server.own["PATCH"] += 1
        self.server.call("PATCH", path, {"status": status}, MERGE)


class Operator:
    """The program under test, and its resource usage."""

    def __init__(self, command):
        log = open(Path(os.environ.get("TMPDIR", "/tmp")) / "operator.log", "w")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def is_running(self):
        return self.process.poll() is None

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mebibytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def settle(server, operator, accepted):
    """Waits until every FeatureStore is ready."""
    start, kubelet, ready = time.time(), Kubelet(server), 0
    while ready < accepted and time.time() - start < 480 and operator.is_running():
        kubelet.pass_by()
        stores = server.items(f"{FEATURE_STORES}/featurestores?limit=5000")
        ready = sum(store.get("status", {}).get("phase") == "Ready" for store in stores)
        time.sleep(0.5)
    seconds, processor = time.time() - start, operator.processor_seconds()
    print(f"settled: {ready} of {accepted} ready in {seconds:.1f} s")
    print(f"operator: {processor:.1f} s of processor time, {operator.peak_mebibytes()} MiB at most")


def rest(server, operator):
    """A minute without changes."""
    time.sleep(10)
    before, processor = server.requests(), operator.processor_seconds()
    time.sleep(60)
    processor = operator.processor_seconds() - processor
    print(f"quiet minute: {dict(server.requests() - before)}, {processor:.2f} s of processor time")


def scale_out(server, operator, count):
    """Scales the FeatureStores with three replicas to five."""
    start, scaled, following = time.time(), range(2, count, 3), 0
    for index in scaled:
        path = f"{FEATURE_STORES}/namespaces/{namespace(index)}/featurestores/fs{index}/scale"
        server.call("PATCH", path, {"spec": {"replicas": 5}}, MERGE)
    while following < len(scaled) and time.time() - start < 240:
        deployments = server.items(LIST_DEPLOYMENTS)
        following = sum(deployment["spec"].get("replicas") == 5 for deployment in deployments)
        time.sleep(0.3)
    print(f"scale-out: {following} of {len(scaled)} Deployments follow in {time.time() - start:.1f} s")
    print(f"operator: {operator.peak_mebibytes()} MiB at most")


def main():
    if "--" not in sys.argv or sys.argv.index("--") != 4:
        sys.exit(__doc__)
    kubeconfig, crd, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    command = [argument.replace("{kubeconfig}", kubeconfig) for argument in sys.argv[5:]]
    server = Server(kubeconfig)
    prepare(server, crd, count)
    before = server.requests()
    server.own.clear()
    accepted = create(server, count)
    operator = Operator(command)
    settle(server, operator, accepted)
    time.sleep(3)
    print("requests:", dict(server.requests() - before - server.own))
    rest(server, operator)
    scale_out(server, operator, count)
    operator.end()


if __name__ == "__main__":
    main()
