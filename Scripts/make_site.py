#!/usr/bin/env python3
"""Makes the documentation site from Docs/: plain HTML files that need neither a server nor the network.

    Scripts/make_site.py --out out/site [--source-url https://…/blob/main] [--api out/docs]

`Docs/site/contents.json` says which pages there are and in which order; a page of Docs/ that it does not reach is an error, and so is
a link to a file or a heading that is not there (file and line are told; exit status 1). Links to files of the repository that are no
pages go to --source-url, or stay words where it is not given. Needs markdown-it-py (`make site` puts it into .build/site).
"""

from __future__ import annotations

import argparse
import dataclasses
import html
import json
import math
import os
import re
import shutil
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "Docs"
ASSETS = DOCS / "site"

# Pages that live outside Docs/: their file, and where they go.
OUTSIDE = {
    "README.md": "about.html",
    "CONTRIBUTING.md": "contributing.html",
    "CHANGELOG.md": "changelog.html",
    "THIRD-PARTY.md": "third-party.html",
    "Examples/psychotherapy/README.md": "examples/psychotherapy.html",
    "Examples/semantics/README.md": "examples/semantics.html",
    "Examples/pre-post/README.md": "examples/pre-post.html",
}

MENTION = re.compile(r"\bDocs/[a-z-]+\.md\b")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})")


@dataclasses.dataclass
class Section:
    """What the search finds: a heading and the words below it, up to the next."""

    heading: str
    anchor: str
    words: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Page:
    source: Path
    url: str
    title: str = ""
    body: str = ""
    sections: list[Section] = dataclasses.field(default_factory=list)
    anchors: set[str] = dataclasses.field(default_factory=set)
    outline: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        return self.source.relative_to(ROOT).as_posix()


class Problems:
    """What is wrong, with its place; told in one go."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, page: Page, line: int | None, text: str) -> None:
        self.lines.append(f"{page.name}{'' if line is None else f':{line}'}: {text}")


def without_comments(text: str) -> str:
    """Comments outside fenced blocks, blanked so that line numbers stay."""
    kept, fence, pieces = [], None, []

    def flush() -> None:
        joined = "".join(pieces)
        kept.append(COMMENT.sub(lambda found: "\n" * found.group().count("\n"), joined))
        pieces.clear()

    for line in text.splitlines(keepends=True):
        mark = FENCE.match(line)
        if fence is None and mark:
            flush()
            fence = mark.group(2)
            kept.append(line)
        elif fence is not None:
            kept.append(line)
            if mark and mark.group(2).startswith(fence) and line.strip() == mark.group(2):
                fence = None
        else:
            pieces.append(line)
    flush()
    return "".join(kept)


def slug(heading: str, taken: set[str]) -> str:
    """The anchor that GitHub gives a heading, so that links hold there and here."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
    anchor, number = plain, 0
    while anchor in taken:
        number += 1
        anchor = f"{plain}-{number}"
    taken.add(anchor)
    return anchor


def plain_text(token: Token) -> str:
    """The words of an inline token, without their marks."""
    if not token.children:
        return token.content
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " if child.type.endswith("break") else ""
        for child in token.children)


def relative(url: str, start: str) -> str:
    return os.path.relpath(url, os.path.dirname(start) or ".").replace(os.sep, "/")


def paint_code(code: str, language: str) -> str:
    """Comments of commands and plans are set back, prompts too; all else stays as it is."""
    escaped = html.escape(code, quote=False)
    if language not in ("", "sh", "console", "bash", "yaml", "r", "python", "dockerfile"):
        return escaped
    lines = []
    for line in escaped.split("\n"):
        match = re.match(r"^(.*?)(^|\s{1,})(#\s.*)$", line)
        if match and (language or line.lstrip().startswith(("cuneus", "make", "#", "export"))):
            line = f"{match.group(1)}{match.group(2)}<i>{match.group(3)}</i>"
        if line.startswith("$ "):
            line = f"<i>$</i>{line[1:]}"
        lines.append(line)
    return "\n".join(lines)


class Renderer:
    """Markdown to HTML with anchors, links that hold, and tables that scroll."""

    def __init__(self, pages: dict[Path, Page], source_url: str | None, problems: Problems) -> None:
        self.markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
        self.pages = pages
        self.source_url = source_url
        self.problems = problems
        self.files: set[Path] = set()
        # Page, line, target page, anchor: judged when all pages are there.
        self.waiting: list[tuple[Page, int | None, Page, str]] = []

    def read(self, page: Page) -> list[Token]:
        tokens = self.markdown.parse(without_comments(page.source.read_text(encoding="utf-8")))
        current = Section("", "")
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                words = plain_text(tokens[index + 1])
                anchor = slug(words, page.anchors)
                token.attrSet("id", anchor)
                token.meta["anchor"] = anchor
                if token.tag == "h1" and not page.title:
                    page.title = words
                elif token.tag == "h2":
                    page.outline.append((words, anchor))
                current = Section(words, anchor)
                page.sections.append(current)
            elif token.type == "inline" and tokens[index - 1].type != "heading_open":
                current.words.append(plain_text(token))
            elif token.type in ("fence", "code_block"):
                current.words.append(token.content)
        if not page.title:
            self.problems.add(page, 1, "no heading of the first level")
        return tokens

    def render(self, page: Page, tokens: list[Token]) -> None:
        out: list[str] = []
        open_links: list[str] = []
        anchor = ""
        for token in tokens:
            line = token.map[0] + 1 if token.map else None
            anchor = token.meta.get("anchor", anchor)
            if token.type == "inline":
                out.append(self.inline(page, token, line, open_links))
            elif token.type in ("fence", "code_block"):
                language = (token.info or "").split()[0] if (token.info or "").split() else ""
                name = re.search(r"\bfile=(\S+)", token.info or "")
                if name:
                    out.append(f'<p class="file">{html.escape(name.group(1))}</p>')
                out.append(f"<pre><code>{paint_code(token.content, language)}</code></pre>\n")
            elif token.type == "table_open":
                out.append('<div class="table" tabindex="0"><table>\n')
            elif token.type == "table_close":
                out.append("</table></div>\n")
            elif token.type == "heading_close":
                out.append(f'<a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a></{token.tag}>\n')
            else:
                out.append(self.markdown.renderer.render([token], self.markdown.options, {}))
        page.body = "".join(out)

    def inline(self, page: Page, token: Token, line: int | None, open_links: list[str]) -> str:
        parts: list[str] = []
        for child in token.children or []:
            if child.type == "link_open":
                target = self.target(page, str(child.attrGet("href") or ""), line)
                if target is None:
                    open_links.append("</span>")
                    parts.append('<span class="source">')
                else:
                    open_links.append("</a>")
                    outside = ' rel="noopener"' if re.match(r"[a-z]+:", target) else ""
                    parts.append(f'<a href="{html.escape(target)}"{outside}>')
            elif child.type == "link_close":
                parts.append(open_links.pop())
            elif child.type == "image":
                target = self.target(page, str(child.attrGet("src") or ""), line)
                if target is None:
                    self.problems.add(page, line, f"an image that is not of Docs/: {child.attrGet('src')}")
                    continue
                parts.append(f'<img src="{html.escape(target)}" alt="{html.escape(child.content)}" loading="lazy">')
            elif child.type == "text" and not open_links:
                parts.append(MENTION.sub(lambda found: self.mention(page, found), html.escape(child.content, quote=False)))
            else:
                parts.append(self.markdown.renderer.renderInline([child], self.markdown.options, {}))
        return "".join(parts)

    def mention(self, page: Page, found: re.Match[str]) -> str:
        """A page that is named in the text of the program, as in the meanings of the settings, becomes a link."""
        other = self.pages.get(ROOT / found.group())
        return found.group() if other is None else f'<a href="{relative(other.url, page.url)}">{html.escape(other.title or found.group())}</a>'

    def target(self, page: Page, link: str, line: int | None) -> str | None:
        """Where a link goes, seen from the page; nil where it can only be words."""
        if re.match(r"(https?|mailto):", link):
            return link
        path, _, anchor = link.partition("#")
        if not path:
            self.waiting.append((page, line, page, anchor))
            return f"#{anchor}"
        file = Path(os.path.normpath(page.source.parent / unquote(path)))
        other = self.pages.get(file)
        if other is None and file.is_dir():
            other = self.pages.get(file / "README.md")
        if other is not None:
            if anchor:
                self.waiting.append((page, line, other, anchor))
            return relative(other.url, page.url) + (f"#{anchor}" if anchor else "")
        if not file.exists() or ROOT not in file.parents:
            self.problems.add(page, line, f"a link to what is not there: {link}")
            return None
        inside = file.relative_to(ROOT).as_posix()
        if inside.startswith("Docs/") and file.suffix != ".md":
            self.files.add(file)
            return relative(file.relative_to(DOCS).as_posix(), page.url)
        if file.suffix == ".md" and inside.startswith("Docs/"):
            self.problems.add(page, line, f"a link to a page that contents.json does not name: {link}")
        return f"{self.source_url.rstrip('/')}/{inside}" if self.source_url else None

    def judge_anchors(self) -> None:
        for page, line, other, anchor in self.waiting:
            if unquote(anchor) not in other.anchors:
                self.problems.add(page, line, f"no heading #{anchor} in {other.name}")


# Contents.


@dataclasses.dataclass
class Group:
    """A part of the contents: pages, or further groups of pages."""

    title: str
    short: str
    pages: list[Page] = dataclasses.field(default_factory=list)
    parts: list["Group"] = dataclasses.field(default_factory=list)

    def all_pages(self) -> list[Page]:
        return self.pages + [page for part in self.parts for page in part.all_pages()]


def read_contents(pages: dict[Path, Page], problems: Problems) -> tuple[Page, list[Group]]:
    contents = json.loads((ASSETS / "contents.json").read_text(encoding="utf-8"))

    def page(name: str) -> Page:
        file = Path(os.path.normpath(DOCS / name))
        if not file.is_file():
            raise SystemExit(f"Docs/site/contents.json: {name} is not there")
        if file not in pages:
            inside = file.relative_to(ROOT).as_posix()
            url = OUTSIDE.get(inside)
            if url is None:
                url = file.relative_to(DOCS).with_suffix(".html").as_posix()
                url = re.sub(r"(^|/)README\.html$", r"\1contents.html" if "/" not in url else r"\1index.html", url)
            pages[file] = Page(file, url)
        return pages[file]

    home = page(contents["home"])
    home.url = "index.html"
    groups = []
    for part in contents["parts"]:
        group = Group(part["title"], part.get("short", part["title"]))
        group.pages = [page(name) for name in part.get("pages", [])]
        if "from" in part:
            # The headings and tables of a page are the contents: one list to keep, not two.
            source = DOCS / part["from"]
            below = None
            for row in source.read_text(encoding="utf-8").splitlines():
                if row.startswith("## "):
                    below = Group(row[3:].strip(), row[3:].strip())
                    group.parts.append(below)
                link = re.match(r"^\|[^|]*?\[[^\]]*\]\(([^)#]+\.md)\)", row) or re.match(
                    r"^\|[^|]*\|\s*\[[^\]]*\]\(([^)#]+\.md)\)", row)
                if link and below is not None:
                    found = page(link.group(1))
                    if all(found not in other.all_pages() for other in groups + [group]):
                        below.pages.append(found)
            group.parts = [below for below in group.parts if below.pages]
        groups.append(group)
    reached = set(pages)
    for file in sorted(DOCS.rglob("*.md")):
        if file not in reached:
            problems.lines.append(f"{file.relative_to(ROOT).as_posix()}: no part of Docs/site/contents.json reaches this page")
    return home, groups


def navigation(groups: list[Group], here: Page, title_of: dict[str, str]) -> str:
    def links(pages: list[Page]) -> str:
        rows = []
        for page in pages:
            current = ' aria-current="page"' if page is here else ""
            title = html.escape(title_of.get(page.url, page.title))
            rows.append(f'<li><a href="{relative(page.url, here.url)}"{current}>{title}</a></li>')
        return f"<ul>{''.join(rows)}</ul>"

    parts = []
    for group in groups:
        inner = links(group.pages) if group.pages else ""
        inner += "".join(f"<h3>{html.escape(part.title)}</h3>{links(part.pages)}" for part in group.parts)
        opened = " open" if here in group.all_pages() else ""
        parts.append(f"<details{opened}><summary>{html.escape(group.title)}</summary>{inner}</details>")
    return "".join(parts)


# Search.

WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """As Docs/site/search.js takes words apart: lower case, without accents, letters and digits."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def search_index(pages: list[Page], title_of: dict[str, str]) -> str:
    """A script that sets `cuneusSearch`: sections, and for each word the sections that have it with their weights.

    A script and not JSON, since a page opened from a disk may load the one and not the other.
    """
    sections: list[list[object]] = []
    terms: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        for section in page.sections:
            if section.anchor == page.sections[0].anchor:
                title_words = words_of(page.title + " " + title_of.get(page.url, ""))
            else:
                title_words = []
            text = re.sub(r"\s+", " ", " ".join(section.words)).strip()
            weights: dict[str, float] = {}
            for word in words_of(text):
                weights[word] = weights.get(word, 0) + 1
            weights = {word: 1 + math.log(count) for word, count in weights.items()}
            for word in set(words_of(section.heading)):
                weights[word] = weights.get(word, 0) + 4
            for word in set(title_words):
                weights[word] = weights.get(word, 0) + 6
            index = len(sections)
            sections.append([number, section.anchor, section.heading, text[:600]])
            for word, weight in weights.items():
                terms.setdefault(word, []).extend([index, round(weight * 10)])
    data = {
        "pages": [[page.url, title_of.get(page.url, page.title)] for page in pages],
        "sections": sections,
        "terms": dict(sorted(terms.items())),
    }
    return "var cuneusSearch = " + json.dumps(data, ensure_ascii=False, separators=(",", ":")) + ";\n"


# The whole.


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", required=True, type=Path, help="folder to write; replaced as a whole")
    parser.add_argument("--source-url", help="where the repository's files can be read, without a slash at its end")
    parser.add_argument("--api", type=Path, help="folder of the API reference (make docs), to go along")
    parser.add_argument("--check", action="store_true", help="only say what is wrong")
    arguments = parser.parse_args()

    problems = Problems()
    pages: dict[Path, Page] = {}
    home, groups = read_contents(pages, problems)
    for name, url in OUTSIDE.items():
        pages.setdefault(ROOT / name, Page(ROOT / name, url))
    renderer = Renderer(pages, arguments.source_url, problems)
    parsed = {page.url: renderer.read(page) for page in pages.values()}
    for page in pages.values():
        renderer.render(page, parsed[page.url])
    renderer.judge_anchors()
    urls = [page.url for page in pages.values()]
    for url in sorted({url for url in urls if urls.count(url) > 1}):
        problems.lines.append(f"Docs/site/contents.json: two pages are called {url}")
    if problems.lines:
        print("\n".join(sorted(problems.lines)), file=sys.stderr)
        print(f"make_site.py: {len(problems.lines)} mistakes; nothing was written.", file=sys.stderr)
        return 1
    if arguments.check:
        print(f"{len(pages)} pages, {len(renderer.waiting)} links to headings: all hold.")
        return 0

    version = re.search(r'text = "([^"]+)"', (
        ROOT / "Sources/Reporting/RunFolder/CuneusVersion.swift").read_text(encoding="utf-8"))
    template = (ASSETS / "page.html").read_text(encoding="utf-8")
    title_of = {"contents.html": "All pages", "about.html": "About Cuneus", "index.html": "Cuneus"}
    order = [home] + [page for group in groups for page in group.all_pages()]
    order += [page for page in pages.values() if page not in order]

    def write(page: Page, title: str, body: str, follow: str) -> None:
        path = arguments.out / page.url
        path.parent.mkdir(parents=True, exist_ok=True)
        up = relative(".", page.url)
        text = template
        for key, value in {
            "title": html.escape(title), "root": "" if up == "." else up + "/", "body": body,
            "follow": follow, "navigation": navigation(groups, page, title_of),
            "version": version.group(1) if version else "",
        }.items():
            text = text.replace("{{" + key + "}}", value)
        path.write_text(text, encoding="utf-8")

    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    arguments.out.mkdir(parents=True)
    for place, page in enumerate(order):
        outline = ""
        if len(page.outline) >= 3 and page is not home:
            rows = "".join(f'<li><a href="#{anchor}">{html.escape(words)}</a></li>' for words, anchor in page.outline)
            outline = f'<details class="outline" open><summary>On this page</summary><ul>{rows}</ul></details>'
        group = next((group.all_pages() for group in groups if page in group.all_pages()), [])
        follow = ""
        if page in group:
            at = group.index(page)
            if at > 0:
                follow += f'<a rel="prev" href="{relative(group[at - 1].url, page.url)}">← {html.escape(group[at - 1].title)}</a>'
            if at + 1 < len(group):
                follow += f'<a rel="next" href="{relative(group[at + 1].url, page.url)}">{html.escape(group[at + 1].title)} →</a>'
        head, end, rest = page.body.partition("</h1>\n")
        write(page, title_of.get(page.url, page.title), head + end + outline + rest, follow)
    finder = Page(ROOT / "Docs/site/search.js", "search.html", "Search")
    write(finder, "Search", (
        '<h1>Search</h1><form id="asked" role="search"><input id="words" name="q" type="search" autocomplete="off" '
        'aria-label="Words to search for" autofocus></form><p id="count" role="status"></p><ol id="found"></ol>'
        '<noscript><p>Searching needs JavaScript; <a href="contents.html">all pages</a> are listed here.</p></noscript>'
        '<script src="search-index.js"></script><script src="search.js"></script>'), "")
    (arguments.out / "search-index.js").write_text(search_index(order, title_of), encoding="utf-8")
    for name in ("style.css", "search.js"):
        shutil.copyfile(ASSETS / name, arguments.out / name)
    for file in sorted(renderer.files):
        target = arguments.out / file.relative_to(DOCS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    if arguments.api and arguments.api.is_dir():
        shutil.copytree(arguments.api, arguments.out / "api")
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{len(order)} pages, {len(renderer.waiting)} links to headings, {size / 1e6:.1f} MB: {arguments.out}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
