"""Prints code from documentation, for tests that run it.

documented.py block FILE HEADING NUMBER   a code block below a Markdown heading, from 1
documented.py step FILE NAME              the commands of a step of a GitHub Action
"""

import re
import sys
from pathlib import Path

import yaml


def block(file, heading, number):
    section = Path(file).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)[int(number) - 1]


def step(file, name):
    steps = yaml.safe_load(Path(file).read_text())["runs"]["steps"]
    return next(each["run"] for each in steps if each["name"] == name)


if __name__ == "__main__":
    _, what, *arguments = sys.argv
    sys.stdout.write({"block": block, "step": step}[what](*arguments))
