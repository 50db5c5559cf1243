"""Compares whole programs, adds the rows of compare.rs, and prints a table."""

import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import time

FILES = 10_000
DOCUMENTS = 100_000
ONE_THREAD = {**os.environ, "GOMAXPROCS": "1"}
CRD = pathlib.Path("feast-api/crd/feast.dev_featurestores.yaml")


def feature_store(example):
    """The FeatureStore of an example, as YAML."""
    documents = pathlib.Path(f"examples/{example}.yaml").read_text().split("\n---\n")
    return next(text for text in documents if "kind: FeatureStore" in text)


def run(*command, alone=True):
    """Processor seconds, elapsed seconds, and KiB of memory of a program."""
    if alone and shutil.which("taskset"):
        command = ("taskset", "-c", "0", *command)
    start = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen([str(part) for part in command], **quiet)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {child.returncode}")
    return usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss


def processor(*command, times=3):
    """The minimum processor time of some runs."""
    return min(run(*command)[0] for _ in range(times))


def row(name, ours, peer, goal):
    """`goal` is `at most N` for ours divided by the other's, or `at least N` for the reverse."""
    word, bound = goal.rsplit(" ", 1) if goal else ("at least", 0)
    ratio = ours / peer if word == "at most" else peer / ours
    met = ratio <= float(bound) if word == "at most" else ratio >= float(bound)
    met = met if goal else None
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "goal": goal, "met": met}


def skipped(name, goal, why):
    row = dict.fromkeys(("ours", "peer", "ratio", "met"))
    return {"name": name, "goal": goal, **row, "skipped": why}


def bench_of_server(work, crd, object_):
    """The minimum time from bytes to verdict of the API server's own code, in nanoseconds."""
    request = json.dumps({"id": "object", "object": object_})
    command = [work / "admit", "-crd", crd, "-bench", "200"]
    answer = subprocess.run(command, input=request, env=ONE_THREAD, capture_output=True, text=True, check=True)
    lines = (answer.stdout + answer.stderr).splitlines()
    return float(next(line for line in lines if line.endswith("from JSON bytes")).split()[0])


def api_server(work, rows):
    """The API server's own code, on the objects of compare.rs."""
    for row_of_ours in rows:
        verdict, _, of = row_of_ours["name"].partition(" / ")
        if not verdict.startswith("bytes to verdict, ") or of != "to serde_json::Value":
            continue
        example = verdict.removeprefix("bytes to verdict, ")
        name, goal = f"the API server's code / bytes to verdict, {example}", "at least 30"
        if not (work / "admit").exists():
            yield skipped(name, goal, "needs Go and the API server's code")
            continue
        object_ = pathlib.Path(f"benches/instructions/{example.split('-')[0]}.json")
        best = bench_of_server(work, CRD, json.loads(object_.read_text()))
        yield row(name, row_of_ours["ours"], best, goal)


def others(work):
    """The API server's own code, on CustomResourceDefinitions of other projects and their objects."""
    measured = {file.stem: json.loads(file.read_text()) for file in (work / "others").glob("*.json")}
    name, goal = f"the API server's code / bytes to verdict on {len(measured)} CRDs of others", "at least 20"
    if (work / "admit").exists() and measured:
        crd, peer = work / "crd.json", []
        for each in measured.values():
            crd.write_text(json.dumps(each["definition"]))
            peer.append(bench_of_server(work, crd, each["object"]))
        ours = [each["verdict"] for each in measured.values()]
        yield row(name, statistics.geometric_mean(ours), statistics.geometric_mean(peer), goal)
    else:
        yield skipped(name, goal, "needs Go, the API server's code and recorded requests")
    yield compiling(work, measured)


def compiling(work, measured):
    """The time to accept a new definition, with all checks."""
    name, goal = "the API server's code / compiling Gateway API's HTTPRoute", "at least 10"
    route = measured.get("gateway-api-httproute")
    if not (work / "admit").exists() or not route:
        return skipped(name, goal, "needs Go, the API server's code and that CRD")
    line = json.dumps(route["definition"]).encode() + b"\n"

    def took(count):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        command = [work / "admit", "-definitions"]
        subprocess.run(command, input=line * count, env=ONE_THREAD, stdout=subprocess.DEVNULL, check=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    # Without the start-up time.
    peer = (min(took(21) for _ in range(3)) - min(took(1) for _ in range(3))) / 20
    return row(name, route["compiling"], peer * 1e9, goal)


def write(folder, texts):
    """A folder with a file for each text, written once."""
    if not folder.exists():
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number:05}.yaml").write_text(text)
    return folder


def files(work, binary):
    """Ten thousand files, compared with tools that check their structure."""
    folder = write(work / "files", [feature_store("scaling-hpa")] * FILES)
    ours = processor(binary, "validate", "--allow", "all", folder)
    linted = processor(binary, "validate", "--fail-on", "never", folder)
    name, goal = f"kubeconform / {FILES} YAML files, rules included, one core", "at least 10"
    if (work / "kubeconform").exists():
        schema = work / "featurestore.json"
        command = [binary, "crd", "--version", "v1", "--json-schema"]
        schema.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
        peer = processor(work / "kubeconform", "-n", "1", "-schema-location", schema, folder)
        yield row(name, ours, peer, goal)
        yield row("the same with lints", linted, peer, "at least 5")
    else:
        yield skipped(name, goal, "needs Go")
    name, goal = "kubectl-validate / a YAML file, one core", "at least 1000"
    if (work / "kubectl-validate").exists():
        crds = work / "crds"
        crds.mkdir(exist_ok=True)
        shutil.copy(CRD, crds)
        some = sorted(folder.iterdir())[:60]
        # Without the start-up time.
        command = (work / "kubectl-validate", "--local-crds", crds)
        few, all_ = (run(*command, *some[:count])[0] for count in (10, 60))
        yield row(name, ours / FILES, (all_ - few) / 50, goal)
    else:
        yield skipped(name, goal, "needs Go")


def named(count):
    """The same FeatureStore with as many names."""
    text = feature_store("scaling-hpa").rstrip("\n") + "\n"
    return [text.replace("name: recommendations\n", f"name: r{number}\n") for number in range(count)]


def autoscaled(count):
    """FeatureStores with an autoscaler each."""
    scaler = """---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: r%d, namespace: features}
spec:
  scaleTargetRef: {name: feast-r%d}
  triggers: [{type: cpu, metadata: {value: "60"}}]
"""
    return [text + scaler % (number, number) for number, text in enumerate(named(count))]


def with_lints(work, binary):
    """How time and memory grow with the input, with lints."""
    once, twice = (write(work / f"named-{count}", named(count)) for count in (FILES, 2 * FILES))
    texts = named(1_000_000 // len(named(1)[0]))
    files, stream = write(work / "megabyte", texts), work / "megabyte.yaml"
    stream.write_text("---\n".join(texts))

    def measured(*files):
        command = (binary, "validate", "--fail-on", "never", *files)
        all_ = [run(*command) for _ in range(3)]
        return min(each[0] for each in all_), all_[0][2]

    (time, memory), (time_twice, memory_twice) = measured(once), measured(twice)
    name = f"{2 * FILES} files with lints / {FILES}"
    yield row(f"{name}, one core", time_twice, time, "at most 2.2")
    yield row(f"{name}, memory", memory_twice, memory, "at most 1.1")
    few, many = (write(work / f"autoscaled-{count}", autoscaled(count)) for count in (2_000, 4_000))
    name = "4000 FeatureStores with an autoscaler each / 2000, one core"
    yield row(name, measured(many)[0], measured(few)[0], "at most 2.2")
    as_stream, as_files = measured(stream)[0], measured(files)[0]
    yield row("1 MB with lints as one stream / as files", as_stream, as_files, "at most 1.2")


def start(work, binary):
    """One file from start to exit, compared with a program that does nothing."""
    text = work / "one.yaml"
    text.write_text(feature_store("scaling-hpa"))
    ours, peer = [], []
    for _ in range(100):
        ours.append(run(binary, "validate", "--allow", "all", text)[1])
        peer.append(run(work / "empty")[1])
    name = "one file, start to exit / a program that does nothing"
    return row(name, statistics.median(ours), statistics.median(peer), "at most 3")


def memory(work, binary):
    """Many documents in one stream."""
    stream = work / "stream.yaml"
    text = feature_store("scaling-hpa").rstrip("\n") + "\n---\n"
    # In pieces, because a child process starts with the memory of its parent.
    with stream.open("w") as out:
        for _ in range(DOCUMENTS):
            out.write(text)
    most = run(binary, "validate", "--allow", "all", stream, alone=False)[2] / 1024
    stream.unlink()
    name = f"{DOCUMENTS} documents, MiB of memory / 64 MiB"
    return row(name, most, 64, "at most 1")


def shown(row):
    if "skipped" in row:
        return row["name"], "skipped", row["goal"], row["skipped"]
    met = {True: "yes", False: "no", None: ""}[row["met"]]
    ratio = row["ratio"]
    return row["name"], f"{ratio:.2f}" if ratio < 100 else f"{ratio:,.0f}", row["goal"] or "", met


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path)
    args = parser.parse_args()
    rows = [json.loads(line) for line in (args.work / "rows.jsonl").read_text().splitlines()]
    rows += api_server(args.work, rows)
    rows += others(args.work)
    rows += files(args.work, args.binary)
    rows += with_lints(args.work, args.binary)
    rows += [start(args.work, args.binary), memory(args.work, args.binary)]
    print("| what / what | ratio | goal | met |\n| --- | --- | --- | --- |")
    for entry in rows:
        print("|", " | ".join(shown(entry)), "|")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=2) + "\n")


main()
