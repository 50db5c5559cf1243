"""mdBook preprocessor: chapters from files of the repository, and links to files outside of docs/.

A chapter without a file, such as `[Architecture]()`, is filled from FILES. A link to a file that is not part of the
book becomes one to the repository; a link to a file that does not exist is an error.
"""

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://github.com/feast-kube/feast-kube"
FILES = {"Architecture": "ARCHITECTURE.md", "Contributing": "CONTRIBUTING.md", "Changelog": "CHANGELOG.md"}
LINK = re.compile(r"(\]\()([^)#\s:]+)(#[^)\s]*)?(\))")
FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)


def chapters(items):
    for item in items:
        if chapter := item.get("Chapter"):
            yield chapter
            yield from chapters(chapter["sub_items"])


def relinked(text, folder, pages):
    """The text with links as they are in the book; `folder` is that of the file."""

    def link(match):
        file = Path(os.path.normpath(ROOT / folder / match[2]))
        if not file.exists():
            sys.exit(f"{folder}: no such file: {match[2]}")
        path = file.relative_to(ROOT).as_posix()
        anchor = match[3] or ""
        if path in pages:
            return f"{match[1]}{pages[path]}{anchor}{match[4]}"
        if path.startswith("docs/") and file.is_file():
            return match[0]
        kind = "tree" if file.is_dir() else "blob"
        return f"{match[1]}{REPOSITORY}/{kind}/main/{path}{anchor}{match[4]}"

    parts = FENCE.split(text)
    return "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)


def main():
    if sys.argv[1:2] == ["supports"]:
        return
    _, book = json.load(sys.stdin)
    all_chapters = list(chapters(book.get("items") or book["sections"]))
    sources = [chapter["source_path"] for chapter in all_chapters if chapter.get("source_path")]
    for chapter in all_chapters:
        if source := chapter.get("source_path"):
            up = "../" * source.count("/")
            others = {file: f"{up}{name.lower()}.md" for name, file in FILES.items()}
            chapter["content"] = relinked(chapter["content"], Path("docs", source).parent, others)
        elif file := FILES.get(chapter["name"]):
            chapter["path"] = f"{chapter['name'].lower()}.md"
            chapter["source_path"] = f"../{file}"
            own = {f"docs/{source}": source for source in sources}
            chapter["content"] = relinked((ROOT / file).read_text(), ".", own)
    json.dump(book, sys.stdout)


main()
