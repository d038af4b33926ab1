#!/usr/bin/env python3
"""Holds the code against the two tables of ARCHITECTURE.md: what each folder may include, what each ring bans.

usage: check_layers.py [ROOT]     exit status 0: they agree; 1: each disagreement as file:line: [rule] message

Rules: table (the page itself), folder (what stands on disk), include, ban, target (CMake).
"""
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

PAGE = "ARCHITECTURE.md"
CODE_ROOTS = ("server", "replication", "proto", "tools", "tests")
CXX = {".h", ".hpp", ".c", ".cc", ".cpp", ".cxx", ".inc", ".ipp"}
CODE = CXX | {".py", ".sh", ".ts", ".tsx", ".proto"}
NOTHING = {"nothing", "–", "-", ""}
SKIPPED_DIRECTORIES = {"__pycache__", "node_modules", "build", "run"}


@dataclass
class Folder:
    path: str
    line: int
    later: bool
    includes_text: str
    may_include: set = field(default_factory=set)


@dataclass
class Ring:
    name: str
    line: int
    folders: set
    bans: list
    excepted: list


class Report:
    """Collects disagreements; the caller prints them and decides on the exit status."""

    def __init__(self):
        self.lines = []

    def add(self, place, line, rule, message):
        self.lines.append(f"{place}:{line}: [{rule}] {message}")


# The page


def table_rows(lines, first_header):
    """Yields (line number, cells) of the table whose first header cell is `first_header`."""
    inside = False
    for number, text in enumerate(lines, 1):
        if not text.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if cells[0] == first_header:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            yield number, cells


def ticked(cell):
    """The words between backticks: "`core nbns` and `dns`" gives core, nbns, dns."""
    return [word for span in re.findall(r"`([^`]*)`", cell) for word in span.split()]


class Page:
    def __init__(self, root, report):
        self.report = report
        self.folders = {}
        self.rings = []
        try:
            lines = (root / PAGE).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            report.add(PAGE, 1, "table", f"cannot be read: {error.strerror}")
            return
        self.read_folders(lines)
        self.read_rings(lines)
        self.refuse_cycles()

    def read_folders(self, lines):
        for number, cells in table_rows(lines, "folder"):
            names = ticked(cells[0])
            if len(cells) != 3 or len(names) != 1:
                self.report.add(PAGE, number, "table", "a row is: folder | what lives there | may include")
                continue
            later = "(later)" in cells[0]
            if names[0] in self.folders:
                self.report.add(PAGE, number, "table", f"{names[0]} has a second row")
            self.folders[names[0]] = Folder(names[0], number, later, cells[2])
        if not self.folders:
            self.report.add(PAGE, 1, "table", "has no table that begins with | folder |")
        for folder in self.folders.values():
            folder.may_include = self.resolve_list(folder)

    def read_rings(self, lines):
        for number, cells in table_rows(lines, "ring"):
            if len(cells) != 4:
                self.report.add(PAGE, number, "table", "a row is: ring | folders | banned | except in")
                continue
            folders = {self.resolve(name, number) for name in ticked(cells[1])} - {None}
            self.rings.append(Ring(cells[0], number, folders, ticked(cells[2]), ticked(cells[3])))
        for folder in self.folders.values():
            if folder.path.startswith(("server/", "replication/")):
                count = sum(folder.path in ring.folders for ring in self.rings)
                if count != 1:
                    self.report.add(PAGE, folder.line, "table", f"{folder.path} is in {count} rings, not in one")

    def resolve(self, name, line):
        """`core` is server/core, `proto` is proto/winsome: the one row that ends or begins with the word."""
        found = [path for path in self.folders
                 if path == name or path.endswith("/" + name) or path.startswith(name + "/")]
        if len(found) == 1:
            return found[0]
        self.report.add(PAGE, line, "table", f"'{name}' names {len(found)} folders of the table, not one")
        return None

    def resolve_list(self, folder):
        text = folder.includes_text.replace("`", "").strip()
        if text in NOTHING:
            return set()
        if text == "anything":
            return set(self.folders) - {folder.path}
        if text.startswith("everything"):
            product = {path for path in self.folders if path.startswith(("server/", "replication/", "proto/"))}
            but = {self.resolve(word, folder.line) for word in text.split()[2:]}
            return product - but - {folder.path}
        return {self.resolve(name, folder.line) for name in ticked(folder.includes_text)} - {None, folder.path}

    def refuse_cycles(self):
        product = {p: f for p, f in self.folders.items() if p.startswith(("server/", "replication/"))}
        done, trail = set(), []

        def visit(path):
            if path in trail:
                circle = " -> ".join(trail[trail.index(path):] + [path])
                self.report.add(PAGE, product[path].line, "table", f"folders include each other: {circle}")
                return
            if path in done:
                return
            trail.append(path)
            for other in sorted(product[path].may_include & product.keys()):
                visit(other)
            trail.pop()
            done.add(path)

        for path in sorted(product):
            visit(path)

    def owner(self, path):
        """The row a file belongs to, the longest that fits; None when the table does not know its folder."""
        fitting = [row for row in self.folders if path == row or path.startswith(row + "/")]
        return max(fitting, key=len, default=None)

    def ring_of(self, folder):
        return next((ring for ring in self.rings if folder in ring.folders), None)


# The tree


def files_below(root, top):
    for directory, names, files in os.walk(root / top):
        names[:] = sorted(n for n in names if n not in SKIPPED_DIRECTORIES and not n.startswith("."))
        for name in sorted(files):
            yield (Path(directory) / name).relative_to(root).as_posix()


def check_folders(root, page, report):
    for folder in page.folders.values():
        present = any(True for _ in files_below(root, folder.path))
        if present and folder.later:
            report.add(PAGE, folder.line, "folder", f"{folder.path} has files: take its (later) mark away")
        if not present and not folder.later:
            report.add(PAGE, folder.line, "folder", f"{folder.path} does not exist: mark it (later), or drop its row")
    told = set()
    for top in CODE_ROOTS:
        for path in files_below(root, top):
            folder = os.path.dirname(path)
            if Path(path).suffix in CODE and page.owner(path) is None and folder not in told:
                told.add(folder)
                report.add(path, 1, "folder", f"folder {folder} is missing in the table of {PAGE}")


# C++

COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])*'", re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def blank(text, literals_too):
    """Comments, and literals if asked, become blanks; every line stays where it was."""

    def replace(match):
        found = match.group()
        if not found.startswith("/") and not literals_too:
            return found
        return re.sub(r"[^\n]", " ", found)

    return COMMENT_OR_LITERAL.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def included_folder(page, header):
    """The row a header of ours belongs to; None for the headers of others."""
    if header.startswith("winsome/"):  # generated code may be included by its path below proto/
        header = "proto/" + header
    if not header.startswith(tuple(top + "/" for top in CODE_ROOTS)):
        return None
    return page.owner(header) or header.rsplit("/", 1)[0]


def check_includes(path, code, page, report, root):
    here = page.owner(path)
    for match in INCLUDE.finditer(code):
        line, (mark, header) = line_of(code, match.start()), match.groups()
        there = included_folder(page, header)
        if there is None:
            if mark == '"' and (root / os.path.dirname(path) / header).exists():
                report.add(path, line, "include", f'"{header}": write the path from the root')
            continue
        if there != here and there not in page.folders[here].may_include:
            allowed = page.folders[here].includes_text.replace("`", "")
            report.add(path, line, "include", f"{here} may not include {there} (it may include: {allowed})")


def ban_pattern(ban):
    if ban.startswith("<"):
        return re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]' + re.escape(ban[1:]), re.MULTILINE)
    if ban.endswith("()"):
        return re.compile(r"\b" + re.escape(ban[:-2]) + r"\s*\(\s*\)")
    return re.compile(r"\b" + re.escape(ban) + r"\b")


def check_bans(path, code, bare_code, ring, report):
    stem = path.rsplit(".", 1)[0]
    if any(stem == entry or path.startswith(entry + "/") for entry in ring.excepted):
        return
    for ban in ring.bans:
        text = code if ban.startswith("<") else bare_code
        for match in ban_pattern(ban).finditer(text):
            report.add(path, line_of(text, match.start()), "ban", f"{ban} is banned in the {ring.name} ring")


def check_sources(root, page, report):
    count = 0
    for top in CODE_ROOTS:
        for path in files_below(root, top):
            here = page.owner(path)
            if Path(path).suffix not in CXX or here is None:
                continue
            count += 1
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            code = blank(text, literals_too=False)
            check_includes(path, code, page, report, root)
            ring = page.ring_of(here)
            if ring:
                check_bans(path, code, blank(text, literals_too=True), ring, report)
    return count


# CMake

COMMAND = re.compile(r"\b(winsome_\w+|add_library|add_executable|target_link_libraries)\s*\(([^()]*)\)")
LISTS = {"SOURCES", "DEPENDS", "SYSTEM", "LABEL", "TIMEOUT", "PUBLIC", "PRIVATE", "INTERFACE"}
DEFINES = {"winsome_library", "winsome_program", "add_library", "add_executable"}


@dataclass
class Call:
    path: str
    line: int
    command: str
    target: str
    linked: list


def cmake_calls(root):
    for top in CODE_ROOTS:
        for path in files_below(root, top):
            if os.path.basename(path) != "CMakeLists.txt":
                continue
            text = re.sub(r"#[^\n]*", "", (root / path).read_text(encoding="utf-8"))
            for match in COMMAND.finditer(text):
                words = match.group(2).split()
                if words:
                    yield Call(path, line_of(text, match.start()), match.group(1), words[0],
                               linked_libraries(match.group(1), words[1:]))


def linked_libraries(command, words):
    current = "PUBLIC" if command == "target_link_libraries" else ""
    linked = []
    for word in words:
        if word in LISTS:
            current = word
        elif current in {"DEPENDS", "SYSTEM"} or command == "target_link_libraries":
            linked.append(word)
    return linked


def target_folder(page, name, defined):
    """The row of one of our targets: where it is defined, else by its name; None for the libraries of others."""
    if name in defined:
        return defined[name]
    if name.startswith("proto_"):
        return next((row for row in page.folders if row.startswith("proto/")), None)
    top, _, rest = name.partition("_")
    if top in {"server", "replication"} and rest:
        return f"{top}/{rest}"
    return None


def banned_library(library, bans):
    parts = [part.lower() for part in library.split("::") if len(part) >= 4]
    for ban in bans:
        stem = ban[1:].rstrip(">").lower() if ban.startswith("<") else ""
        if stem and any(stem in part or part in stem for part in parts):
            return ban
    return None


def check_targets(root, page, report):
    calls = list(cmake_calls(root))
    defined = {call.target: page.owner(call.path) for call in calls if call.command in DEFINES}
    for call in calls:
        here = page.owner(call.path)
        if here is None:
            continue
        ring = page.ring_of(here)
        for library in call.linked:
            there = target_folder(page, library, defined)
            if there is None:
                ban = ring and banned_library(library, ring.bans)
                if ban:
                    report.add(call.path, call.line, "target",
                               f"{call.target} links {library}: {ban} is banned in the {ring.name} ring")
            elif there != here and there not in page.folders[here].may_include:
                allowed = page.folders[here].includes_text.replace("`", "")
                report.add(call.path, call.line, "target",
                           f"{call.target} may not depend on {library} ({here} may include: {allowed})")
    return len(defined)


def main(arguments):
    root = Path(arguments[1] if len(arguments) > 1 else Path(__file__).parents[2]).resolve()
    report = Report()
    page = Page(root, report)
    check_folders(root, page, report)
    sources = check_sources(root, page, report)
    targets = check_targets(root, page, report)
    if report.lines:
        print("\n".join(report.lines), file=sys.stderr)
        print(f"layers: {len(report.lines)} disagreements with {PAGE}", file=sys.stderr)
        return 1
    print(f"layers: {sources} files and {targets} targets agree with {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
