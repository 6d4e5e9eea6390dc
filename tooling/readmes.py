# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What each add-on ships besides its code: pyproject.toml, README.rst, index.html.

The last two are made from the fragments in its folder `readme`, as OCA makes them:
README.rst is what a package index shows, static/description/index.html what Odoo's
*Apps* shows. Run by the environment's Python, since docutils and markdown-it are there:

    python -m tooling.readmes          say which files are not current
    python -m tooling.readmes --fix    write them
"""

import re
import sys

from . import manifests, paths

PYPROJECT = """\
[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"
"""

# The fragments in the order of the page, and what their sections are called.
SECTIONS = {
    "CONTEXT": "Use Cases / Context",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known Issues / Roadmap",
    "HISTORY": "Changelog",
}
UNDERLINES = "=-~^"


def pages(addon, manifest):
    """{path: text} of what an add-on has to ship."""
    folder = paths.ADDONS / addon
    readme = _readme(folder, manifest)
    return {
        folder / "pyproject.toml": PYPROJECT,
        folder / "README.rst": readme,
        folder / "static/description/index.html": _html(readme),
    }


def _readme(folder, manifest):
    parts = [
        ".. This file is made from the folder readme by `bin/lint --fix`.",
        _title(manifest["name"], 0),
        f":Status: {manifest.get('development_status', 'Beta')}\n"
        f":Licence: {manifest['license']}\n"
        f":Website: {manifest['website']}",
        _fragment(folder, "DESCRIPTION"),
        ".. contents:: Table of Contents\n   :local:",
    ]
    for name, title in SECTIONS.items():
        if text := _fragment(folder, name, 2):
            parts += [_title(title, 1), text]
    parts += [
        _title("Bug Tracker", 1),
        f"Bugs are tracked on `the project's page <{manifest['website']}>`__.",
        _title("Credits", 1),
        _title("Authors", 2),
        "\n".join(f"- {name}" for name in manifest["author"].split(",")),
    ]
    if text := _fragment(folder, "CONTRIBUTORS", 3):
        parts += [_title("Contributors", 2), text]
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(text, level):
    return f"{text}\n{UNDERLINES[level] * len(text)}"


def _fragment(folder, name, level=1):
    """A fragment as reStructuredText, or ""."""
    path = folder / "readme" / f"{name}.md"
    if not path.exists():
        return ""
    return _Writer(level).convert(path.read_text(encoding="utf-8"))


class _Writer:
    """Markdown to reStructuredText, as far as the fragments go.

    :param level: of the sections that the text's first headings make
    """

    def __init__(self, level):
        self.level = level

    def convert(self, text):
        from markdown_it import MarkdownIt
        from markdown_it.tree import SyntaxTreeNode

        parser = MarkdownIt("commonmark").enable("table")
        return self.blocks(SyntaxTreeNode(parser.parse(text)).children)

    def blocks(self, nodes):
        return "\n\n".join(getattr(self, node.type)(node) for node in nodes)

    def paragraph(self, node):
        return self.inline(node.children[0])

    def heading(self, node):
        level = self.level + int(node.tag[1:]) - 1
        return _title(self.inline(node.children[0]), level)

    def bullet_list(self, node):
        return self.items(node, lambda number: "-")

    def ordered_list(self, node):
        return self.items(node, lambda number: f"{number}.")

    def items(self, node, marker):
        texts = []
        for number, item in enumerate(node.children, 1):
            start = f"{marker(number)} "
            texts.append(start + _indented(self.blocks(item.children), len(start)))
        # Items of more than one block, or lists in lists, need space between them.
        loose = any(len(item.children) > 1 for item in node.children)
        return ("\n\n" if loose else "\n").join(texts)

    def fence(self, node):
        language = node.info.strip() or "text"
        code = _indented(node.content.rstrip("\n"), 3)
        return f".. code-block:: {language}\n\n   {code}"

    def code_block(self, node):
        return self.fence(node)

    def blockquote(self, node):
        return "   " + _indented(self.blocks(node.children), 3)

    def table(self, node):
        rows = [
            [self.inline(cell.children[0]) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in rows:
            for number, cell in enumerate(row):
                lines.append(f"   {'*' if number == 0 else ' '} - {cell}".rstrip())
        return "\n".join(lines)

    def inline(self, node):
        return "".join(map(self.part, node.children))

    def part(self, node):
        kind = node.type
        if kind == "text":
            return _escaped(node.content)
        if kind in ("softbreak", "hardbreak"):
            return "\n"
        if kind == "code_inline":
            return f"``{node.content}``"
        if kind == "link":
            return f"`{self.plain(node)} <{node.attrs['href']}>`__"
        if kind in ("strong", "em"):
            # reStructuredText has no markup inside markup.
            mark = "**" if kind == "strong" else "*"
            return f"{mark}{self.plain(node)}{mark}"
        raise NotImplementedError(f"{kind} in a readme: {node.content}")

    def plain(self, node):
        shown = {
            "text": lambda child: _escaped(child.content),
            "code_inline": lambda child: child.content,
            "softbreak": lambda child: "\n",
            "hardbreak": lambda child: "\n",
        }
        return "".join(
            shown[child.type](child) for child in node.walk() if child.type in shown
        )


def _escaped(text):
    text = re.sub(r"([\\*`|])", r"\\\1", text)
    return re.sub(r"(\w)_(?!\w)", r"\1\\_", text)


def _indented(text, width):
    """The text with all lines but the first moved to the right."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{' ' * width}{line}".rstrip() for line in rest)])


def _html(readme):
    from docutils.core import publish_string

    settings = {
        "_disable_config": True,
        "doctitle_xform": True,
        "embed_stylesheet": False,
        "generator": False,
        "halt_level": 2,
        "output_encoding": "unicode",
        "report_level": 2,
        "stylesheet_path": "",
        "syntax_highlight": "none",
    }
    html = publish_string(readme, writer="html5", settings_overrides=settings)
    lines = (line.rstrip() for line in html.splitlines())
    return "\n".join(lines) + "\n"


def main(arguments):
    fix = arguments == ["--fix"]
    stale = False
    for addon, manifest in manifests.own().items():
        for path, text in pages(addon, manifest).items():
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            if fix:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            else:
                stale = True
                print(f"{paths.relative(path)}: is not made from the fragments")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
