#!/usr/bin/env python3
"""Makes the manual pages from what the program says of itself.

    Scripts/manpages.py --program .build/release/cuneus --out out/man     cuneus.1, cuneus-run.1, cuneus-image-peaks.1 …

Reads `cuneus --experimental-dump-help` (the tree of commands as JSON). The date of the pages is SOURCE_DATE_EPOCH's, or none.
Only Python's standard library is used.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

# What every page says at its end.
EXIT_STATUS = [
    ("0", "Done."), ("1", "Something failed that is not the input's fault."), ("2", "The input cannot be used."),
    ("64", "Wrong usage."), ("130", "Interrupted."),
]
ENVIRONMENT = [
    ("CUNEUS_ATLASES", "Folder of the atlases that name places, where they are not in /usr/share/mricron/templates."),
    ("CUNEUS_RESOURCES", "Folder of the templates and other files of the program; looked for nowhere else when set."),
    ("CUNEUS_ISA", "Vector instructions: baseline, x86-64-v3 or x86-64-v4. Results do not depend on it."),
    ("SLURM_CPUS_PER_TASK", "Number of worker threads where --threads is not given."),
]


def quoted(text: str) -> str:
    """Text for roff: backslashes, hyphens that are to be copied, and dots at a line's start."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    # Where the text has typeset signs, groff is told them by name.
    for sign, name in {"–": "\\[en]", "—": "\\[em]", "“": "\\[lq]", "”": "\\[rq]", "’": "\\[cq]", "…": "\\&...",
                       "×": "\\[mu]", "²": "\\[S2]", "τ": "\\[*t]", "≤": "\\[<=]", "≥": "\\[>=]"}.items():
        text = text.replace(sign, name)
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def discussion(text: str) -> list[str]:
    """Paragraphs are filled; lines that are set in stay as they are, and so does what follows `Examples:`."""
    out: list[str] = []
    literal = False
    for line in text.split("\n"):
        indented = line.startswith("  ")
        if not line.strip():
            if literal:
                out.append(".EE")
                literal = False
            if out and out[-1] != ".PP":
                out.append(".PP")
            continue
        if indented and not literal:
            if out and out[-1] == ".PP":
                out.pop()
            out.append(".PP")
            out.append(".EX")
            literal = True
        elif not indented and literal:
            out += [".EE", ".PP"]
            literal = False
        out.append(quoted(line.strip() if not indented else line))
    if literal:
        out.append(".EE")
    while out and out[-1] == ".PP":
        out.pop()
    return out


def names_of(argument: dict) -> list[str]:
    names = []
    for name in argument.get("names", []):
        names.append(("-" if name["kind"] in ("short", "longWithSingleDash") else "--") + name["name"])
    return sorted(names, key=lambda name: (not re.match(r"-\w$", name), name))


def option(argument: dict) -> list[str]:
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        head = f"\\fI{quoted(value)}\\fR" + (" ..." if argument.get("isRepeating") else "")
    else:
        head = ", ".join(f"\\fB{quoted(name)}\\fR" for name in names_of(argument))
        if argument["kind"] == "option":
            head += f" \\fI{quoted(value)}\\fR"
    body = argument.get("abstract", "")
    extra = []
    values = argument.get("allValues")
    if values and not all(value in body for value in values):
        extra.append("values: " + ", ".join(values))
    if argument.get("defaultValue") and f"default: {argument['defaultValue']}" not in body:
        extra.append("default: " + argument["defaultValue"])
    if extra:
        body = f"{body} ({'; '.join(extra)})".strip()
    return [".TP", head, quoted(body) if body else "\\&"]


def synopsis(name: str, arguments: list[dict], has_subcommands: bool) -> list[str]:
    rows = [f"\\fB{quoted(name)}\\fR"]
    if has_subcommands:
        rows.append("\\fIsubcommand\\fR")
        return rows
    optional = [argument for argument in arguments if argument["kind"] != "positional" and argument.get("isOptional", True)]
    if optional:
        rows.append("[\\fIoptions\\fR]")
    for argument in arguments:
        value = quoted(argument.get("valueName", "value"))
        if argument["kind"] == "positional":
            word = f"\\fI{value}\\fR" + (" ..." if argument.get("isRepeating") else "")
            rows.append(f"[{word}]" if argument.get("isOptional") else word)
        elif not argument.get("isOptional", True):
            names = names_of(argument)
            word = f"\\fB{quoted(names[-1])}\\fR"
            rows.append(f"{word} \\fI{value}\\fR" if argument["kind"] == "option" else word)
    return rows


def page(command: dict, above: list[str], version: str, date: str, all_names: list[str]) -> tuple[str, str]:
    words = above + [command["commandName"]]
    name = " ".join(words)
    file = "-".join(words)
    arguments = [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]
    below = [sub for sub in command.get("subcommands", []) if sub.get("shouldDisplay", True) and sub["commandName"] != "help"]
    abstract = command.get("abstract", "").rstrip(".")
    short = abstract[:1].lower() + abstract[1:]
    out = [
        ".\\\" Made by Scripts/manpages.py from the program's own help.",
        f".TH {file.upper()} 1 \"{date}\" \"cuneus {version}\" \"Cuneus\"",
        ".SH NAME", f"{quoted(file)} \\- {quoted(short)}", ".SH SYNOPSIS",
    ] + synopsis(name, arguments, bool(below))
    out += [".SH DESCRIPTION"]
    out += discussion(command["discussion"]) if command.get("discussion") else [quoted(abstract + ".")]
    positional = [argument for argument in arguments if argument["kind"] == "positional"]
    others = [argument for argument in arguments if argument["kind"] != "positional"]
    if positional:
        out.append(".SH ARGUMENTS")
        for argument in positional:
            out += option(argument)
    if below:
        out.append(".SH SUBCOMMANDS")
        for sub in below:
            out += [".TP", f"\\fB{quoted(' '.join(words + [sub['commandName']]))}\\fR(1)", quoted(sub.get("abstract", ""))]
    if others:
        out.append(".SH OPTIONS")
        for argument in others:
            out += option(argument)
    out.append(".SH EXIT STATUS")
    for code, meaning in EXIT_STATUS:
        out += [".TP", f"\\fB{code}\\fR", quoted(meaning)]
    out.append(".SH ENVIRONMENT")
    for variable, meaning in ENVIRONMENT:
        out += [".TP", f"\\fB{variable}\\fR", quoted(meaning)]
    out.append(".SH SEE ALSO")
    seen = [other for other in all_names if other != file]
    out.append(",\n".join(f"\\fB{quoted(other)}\\fR(1)" for other in seen))
    return f"{file}.1", "\n".join(out) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True, help="the program whose help is read")
    parser.add_argument("--out", required=True, type=Path, help="folder for the pages")
    arguments = parser.parse_args()
    tree = json.loads(subprocess.run(
        [arguments.program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout)
    version = subprocess.run([arguments.program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    date = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime("%Y-%m-%d") if epoch else ""

    commands: list[tuple[dict, list[str]]] = []

    def walk(command: dict, above: list[str]) -> None:
        if command["commandName"] == "help" or not command.get("shouldDisplay", True):
            return
        commands.append((command, above))
        for sub in command.get("subcommands", []):
            walk(sub, above + [command["commandName"]])

    walk(tree["command"], [])
    names = ["-".join(above + [command["commandName"]]) for command, above in commands]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for command, above in commands:
        file, text = page(command, above, version, date, names)
        (arguments.out / file).write_text(text, encoding="utf-8")
    print(f"{len(commands)} manual pages: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
