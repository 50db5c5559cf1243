"""Prints the table of `agreement.sh` from the files in its directory."""

import glob
import json
import os

LIBRARIES = ["crd-admission", "kube-cel", "jsonschema", "jsonschema and kube-cel"]


def kubeconform():
    with open("kubeconform.json") as file:
        resources = json.load(file)["resources"]
    return {name(each["filename"]): each["status"] == "statusValid" for each in resources}


def kubectl_validate():
    answers = {}
    for path in glob.glob("answers/*.json"):
        with open(path) as file:
            answers |= json.load(file)
    return {name(path): succeeded(documents) for path, documents in answers.items()}


def succeeded(documents):
    return all(document.get("status") == "Success" for document in documents)


def name(path):
    return os.path.basename(path)


with open("libraries.jsonl") as file:
    verdicts = [json.loads(line) for line in file]
programs = {"kubeconform": kubeconform()}
if os.path.isdir("answers"):
    programs["kubectl-validate"] = kubectl_validate()
for verdict in verdicts:
    for program, answers in programs.items():
        verdict[program] = answers.get(name(verdict["file"]))

refused = [verdict for verdict in verdicts if not verdict["allowed"]]
admitted = [verdict for verdict in verdicts if verdict["allowed"]]
print(f"| of {len(verdicts)} creations | the server's answer | of {len(refused)} refusals | of {len(admitted)} admissions |")
print("| --- | --- | --- | --- |")
for peer in LIBRARIES + list(programs):
    def share(of):
        agreeing = sum(verdict[peer] == verdict["allowed"] for verdict in of)
        return f"{100 * agreeing / len(of):.1f} %"

    print(f"| {peer} | {share(verdicts)} | {share(refused)} | {share(admitted)} |")
