"""Checks the links of the built book: every page, file and anchor exists.

usage: check.py FOLDER
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self, file):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(file.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.update(attributes[name] for name in ("id", "name") if attributes.get(name))
        link = attributes.get("href") if tag == "a" else attributes.get("src") if tag == "img" else None
        if link:
            self.links.append(link)


def main(folder):
    # The whole book on one page, and the page that says that one does not exist, repeat others.
    files = [file for file in folder.rglob("*.html") if file.name not in ("print.html", "404.html", "toc.html")]
    pages = {file.resolve(): Page(file) for file in files}
    broken = []
    for file, page in pages.items():
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (file.parent / unquote(url.path)).resolve() if url.path else file
            anchor = unquote(url.fragment)
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].ids):
                broken.append(f"{file.relative_to(folder.resolve())}: {link}")
    print(*broken, sep="\n", end="\n" if broken else "")
    print(f"{len(pages)} pages, {sum(len(page.links) for page in pages.values())} links, {len(broken)} broken")
    sys.exit(bool(broken))


main(Path(sys.argv[1]))
