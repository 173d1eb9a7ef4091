#!/usr/bin/env python3
"""Runs the commands that stand on the pages of Docs/, so that no page promises what the program does not do.

    Scripts/docs_commands.py --program .build/release/cuneus                  every page
    Scripts/docs_commands.py --program … --page how-to/input.md --keep DIR    one page, its folder kept
    Scripts/docs_commands.py --program … --words-only                         nothing is run; only options are compared with the help
    Scripts/docs_commands.py --program … --session README.md                  a session (`$ cuneus …` and what it printed), compared

A page is run from top to bottom in an empty folder of its own that has `Examples` in it. What is done with a fenced block stands behind its
language:

    ```sh run              run by bash; must end with 0 (or with `exit=2` behind it)
    ```text shows          lines that the block before it must have printed, in this order; a line `...` stands for any others
    ```tsv file=a/b.tsv    written to that file
    ```sh elsewhere        not run: needs what is not here (another program, another machine, a minute's download)

A comment `<!-- run … -->` is run as a block, and not shown. On the pages of CHECKED every block of commands must say one of these.

On all pages every line of a block that begins with `cuneus` is compared with the program's help: the subcommand and each `--option` must be
there. Only Python's standard library is used.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "Docs"
# Where no command may stand without being run, or said to be run elsewhere.
CHECKED = ("index.md", "start.md", "install.md", "how-to/", "coming-from/")


@dataclasses.dataclass
class Block:
    line: int
    language: str
    words: list[str]
    text: str

    def value(self, key: str) -> str | None:
        return next((word[len(key) + 1:] for word in self.words if word.startswith(key + "=")), None)


def blocks(text: str) -> list[Block]:
    """Fenced blocks, indented blocks (without a language) and hidden ones, in the order of the page."""
    found: list[Block] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = re.match(r"^( {0,3})(`{3,}|~{3,})\s*(.*)$", line)
        if fence:
            info = fence.group(3).split()
            body, start = [], at + 1
            at += 1
            while at < len(lines) and not re.match(rf"^ {{0,3}}{re.escape(fence.group(2))}[`~]*\s*$", lines[at]):
                body.append(lines[at])
                at += 1
            found.append(Block(start, info[0] if info else "", info[1:], "\n".join(body) + "\n"))
        elif re.match(r"^<!--\s*run\s*$", line):
            body, start = [], at + 1
            at += 1
            while at < len(lines) and "-->" not in lines[at]:
                body.append(lines[at])
                at += 1
            found.append(Block(start, "sh", ["run", "hidden"], "\n".join(body) + "\n"))
        elif line.startswith("    ") and (at == 0 or not lines[at - 1].strip()):
            body, start = [], at + 1
            while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
                body.append(lines[at][4:])
                at += 1
            found.append(Block(start, "", [], "\n".join(body) + "\n"))
            continue
        at += 1
    return found


class Help:
    """Which subcommands and options the program knows."""

    def __init__(self, program: str) -> None:
        tree = json.loads(subprocess.run(
            [program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout)
        self.options: dict[tuple[str, ...], set[str]] = {}
        # What a command does whose subcommand is not named.
        self.defaults: dict[tuple[str, ...], str] = {}
        self.walk(tree["command"], ())

    def walk(self, command: dict, above: tuple[str, ...]) -> None:
        names = {"--help", "-h", "--version"}
        for argument in command.get("arguments", []):
            for name in argument.get("names", []):
                names.add(("-" if name["kind"] in ("short", "longWithSingleDash") else "--") + name["name"])
        self.options[above] = names
        if command.get("defaultSubcommand"):
            self.defaults[above] = command["defaultSubcommand"]
        for sub in command.get("subcommands", []):
            self.walk(sub, above + (sub["commandName"],))

    def mistake(self, words: list[str]) -> str | None:
        """What is wrong with the words behind `cuneus`, if anything is."""
        path: tuple[str, ...] = ()
        rest = list(words)
        while rest and path + (rest[0],) in self.options:
            path += (rest.pop(0),)
        if not path and rest and re.match(r"^[a-z]+$", rest[0]) and rest[0] != "help":
            return f"there is no subcommand {rest[0]}"
        if path[:1] == ("help",):
            return None
        if path in self.defaults:
            path += (self.defaults[path],)
        for word in rest:
            if word.startswith("--") and len(word) > 2:
                name = word.split("=", 1)[0]
                if name not in self.options[path] and not name.startswith(("--generate-completion", "--experimental")):
                    return f"cuneus {' '.join(path)} has no option {name}"
        return None


def command_lines(block: Block) -> list[tuple[int, str]]:
    """Lines that call the program, with those that go on after a backslash."""
    out, at = [], 0
    lines = block.text.split("\n")
    while at < len(lines):
        first, line = at, lines[at]
        while line.endswith("\\") and at + 1 < len(lines):
            at += 1
            line = line[:-1] + " " + lines[at].strip()
        line = re.sub(r"^\$ ", "", line.strip())
        if line.startswith("cuneus "):
            out.append((block.line + 1 + first, line))
        at += 1
    return out


def words_of(line: str) -> list[str]:
    # A comment, a pipe or what comes after the command is not its own.
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;<>&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words = []
    for word in lexer:
        if re.match(r"^[|;<>&]+$", word):
            break
        words.append(word)
    return words[1:]


def check_words(page: Path, found: list[Block], known: Help) -> list[str]:
    mistakes = []
    for block in found:
        if block.language not in ("", "sh", "console", "bash"):
            continue
        if "elsewhere" in block.words and "later" in block.words:
            continue
        for line, text in command_lines(block):
            if "…" in text or re.search(r"\s-h\b", text):
                continue
            try:
                mistake = known.mistake(words_of(text))
            except ValueError as error:
                mistake = f"cannot be taken apart ({error})"
            if mistake:
                mistakes.append(f"{page.relative_to(ROOT)}:{line}: {mistake}")
    return mistakes


def shown(expected: str, output: str) -> str | None:
    """The first line that was not printed, after the ones before it; nil where all were."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in output.split("\n")]
    at = 0
    for want in expected.rstrip("\n").split("\n"):
        want = re.sub(r"\s+", " ", want).strip()
        if want in ("", "..."):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in want.split("...")) + ("" if want.endswith("...") else "$"))
        while at < len(lines) and not pattern.match(lines[at]):
            at += 1
        if at == len(lines):
            return want
        at += 1
    return None


def linked(folder: Path) -> None:
    """Commands of pages begin where `Examples` is."""
    if not (folder / "Examples").exists():
        (folder / "Examples").symlink_to(ROOT / "Examples")


def run_in(folder: Path, program: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Both streams as one text; nothing to read."""
    environment = dict(os.environ, PATH=f"{program.parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    return subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace")


def run_page(page: Path, found: list[Block], program: Path, keep: Path | None) -> tuple[int, list[str], float]:
    """How many blocks were run, what went wrong (the page ends there), and seconds."""
    name = page.relative_to(ROOT)
    folder = Path(tempfile.mkdtemp(prefix="cuneus-docs-")) if keep is None else keep
    folder.mkdir(parents=True, exist_ok=True)
    linked(folder)
    count, problems, output = 0, [], ""
    begun = time.monotonic()
    try:
        for block in found:
            target = block.value("file")
            if target:
                file = folder / target
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            elif "shows" in block.words:
                missing = shown(block.text, output)
                if missing:
                    problems.append(f"{name}:{block.line}: was not printed: {missing}\n" + "\n".join(
                        "    " + line for line in output.strip().split("\n")[-25:]))
                    return count, problems, time.monotonic() - begun
            elif "run" in block.words:
                wanted = int(block.value("exit") or 0)
                started = time.monotonic()
                done = run_in(folder, program, ["bash", "-euo", "pipefail", "-c", block.text])
                output = done.stdout
                count += 1
                seconds = time.monotonic() - started
                if seconds > 20:
                    print(f"  {name}:{block.line}: {seconds:.0f} s", flush=True)
                if done.returncode != wanted:
                    problems.append(f"{name}:{block.line}: ended with {done.returncode}, not {wanted}\n" + "\n".join(
                        "    " + line for line in output.strip().split("\n")[-25:]))
                    return count, problems, time.monotonic() - begun
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    return count, problems, time.monotonic() - begun


def run_session(page: Path, found: list[Block], program: Path) -> tuple[int, list[str]]:
    """How many commands of a page's sessions were run, and what the program did not print as the page has it.

    A session is a block whose lines begin with `$ cuneus`, each followed by what was printed. A page breaks lines where the program does
    not, so that blanks do not count; `...` stands for any lines; seconds may be others.
    """
    problems, count = [], 0
    with tempfile.TemporaryDirectory(prefix="cuneus-docs-") as folder:
        linked(Path(folder))
        for block in found:
            for part in re.split(r"(?m)^\$ (?=cuneus )", block.text)[1:]:
                command, _, expected = part.partition("\n")
                done = run_in(Path(folder), program, ["bash", "-c", command])
                count += 1
                printed, at = " ".join(done.stdout.split()), 0
                for line in expected.split("\n"):
                    want = " ".join(line.split())
                    if want in ("", "..."):
                        continue
                    pattern = re.sub(r"\d+\\\.\d\\ s$", r"[0-9.]+\\ (s|min)", re.escape(want))
                    met = re.compile(pattern).search(printed, at)
                    if not met:
                        problems.append(f"{page.name}:{block.line}: {command}: was not printed: {want}\n" + "\n".join(
                            "    " + text for text in done.stdout.strip().split("\n")[-40:]))
                        break
                    at = met.end()
    return count, problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True, type=Path, help="the program cuneus")
    parser.add_argument("--page", action="append", default=[], help="only this page of Docs/ (repeatable)")
    parser.add_argument("--keep", type=Path, help="run in this folder and keep it; with one --page")
    parser.add_argument("--words-only", action="store_true", help="run nothing")
    parser.add_argument("--session", type=Path, help="run the sessions of this page alone")
    arguments = parser.parse_args()
    program = arguments.program.absolute()
    if arguments.session:
        page = arguments.session.absolute()
        count, problems = run_session(page, blocks(page.read_text(encoding="utf-8")), program)
        if count == 0:
            problems.append(f"{page.name}: has no session")
        print("\n".join(problems) or f"{page.name}: {count} commands print what the page says.", file=sys.stderr if problems else sys.stdout)
        return 1 if problems else 0
    known = Help(str(program))
    pages = [DOCS / page for page in arguments.page] or sorted(DOCS.rglob("*.md")) + [ROOT / "README.md"]

    problems: list[str] = []
    total = 0
    for page in pages:
        found = blocks(page.read_text(encoding="utf-8"))
        problems += check_words(page, found, known)
        inside = page.relative_to(DOCS).as_posix() if DOCS in page.parents else page.name
        if DOCS in page.parents and inside.startswith(CHECKED):
            for block in found:
                if block.language in ("sh", "bash", "console", "") and not {"run", "elsewhere"} & set(block.words):
                    problems.append(f"{page.relative_to(ROOT)}:{block.line}: a block of commands that does not say whether it is run")
        if arguments.words_only or not any("run" in block.words for block in found):
            continue
        count, failed, seconds = run_page(page, found, program, arguments.keep)
        total += count
        problems += failed
        print(f"{'✗' if failed else '✓'} {page.relative_to(ROOT)}: {count} blocks, {seconds:.0f} s", flush=True)
    if problems:
        print("\n".join(problems), file=sys.stderr)
        print(f"docs_commands.py: {len(problems)} mistakes", file=sys.stderr)
        return 1
    print(f"{len(pages)} pages, {total} blocks of commands run: all as the pages say.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
