"""What MkDocs does not find in ``docs/``: the README and its neighbours, the reference, the list of decisions.

Called by MkDocs (``hooks`` in ``mkdocs.yml``). Links between the files work on the disk and in the site alike; a link
to a file of the source is plain text in the site, which does not hold it.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
NEIGHBOURS = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Files beside ``docs/`` that are pages of the site."""

REFERENCE = {
    "warehouse": (
        "The warehouse from Python",
        "What you call from a notebook or a script of your own. Plain `pandas.read_parquet` needs none of it.",
        ["warehouse", "warehouse.query.Warehouse", "warehouse.comparison", "warehouse.verification.report"],
    ),
    "records": ("Records", "What travels between the layers.", ["transforms.records"]),
    "errors": (
        "Errors",
        "Each carries its facts, a remedy, and whether another attempt could succeed.",
        ["transforms.errors", "warehouse.errors", "flows.errors"],
    ),
}
"""Pages made from docstrings: title, introduction, modules and classes."""

_FENCE = re.compile(r"^(```|~~~)")
_ROLE = re.compile(r":(?:func|class|meth|data|mod|attr):(<code[^>]*>)~?")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here, and list all pages that the navigation leaves out."""
    for name, page in NEIGHBOURS.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    for name, (title, introduction, members) in REFERENCE.items():
        body = "\n\n".join(f"::: {member}" for member in members)
        files.append(File.generated(config, f"reference/{name}.md", content=f"# {title}\n\n{introduction}\n\n{body}\n"))
    files.append(File.generated(config, "reference/commands.md", content=commands()))
    for name in ("site.css", "site.js"):
        files.append(File.generated(config, name, content=(ROOT / "website" / name).read_text(encoding="utf-8")))
    config.nav = [*(config.nav or []), *_left_out(files, config)]
    return files


def _left_out(files: Files, config: MkDocsConfig) -> Iterator[dict[str, list[str]]]:
    named = set(_named(config.nav))
    pages = sorted(file.src_uri for file in files.documentation_pages() if file.src_uri not in named)
    decisions = [page for page in pages if page.startswith("decisions/")]
    if others := [page for page in pages if page not in decisions]:
        yield {"More": others}
    yield {"Decisions": sorted(decisions, key=lambda page: (not page.endswith("README.md"), page))}


def _named(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case dict():
            for value in nav.values():
                yield from _named(value)
        case list():
            for value in nav:
                yield from _named(value)


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Point links to where their files lie in the site."""
    here = page.file.src_uri
    source = next((name for name, made in NEIGHBOURS.items() if made == here), f"docs/{here}")
    fenced = False
    lines = []
    for line in markdown.split("\n"):
        fenced ^= bool(_FENCE.match(line.strip()))
        lines.append(line if fenced else _LINK.sub(lambda link: _moved(link, source, here), line))
    return "\n".join(lines)


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Docstrings name each other by roles of reStructuredText, for tools that know these; a reader sees the name."""
    if not page.file.src_uri.startswith("reference/"):
        return html
    return _ROLE.sub(r"\1", html).replace("<p>::</p>", "")


def on_post_page(output: str, **_: Any) -> str:
    """The theme gives its search no name that a screen reader could tell."""
    search = 'data-md-component="search" role="dialog"'
    return output.replace(search, f'{search} aria-label="Search"')


def _moved(link: re.Match[str], source: str, here: str) -> str:
    picture, words, target = link.groups()
    path, hash_, anchor = target.partition("#")
    if "://" in target or target.startswith("mailto:") or not path:
        return link[0]
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    inside = NEIGHBOURS.get(wanted) or (wanted.removeprefix("docs/") if wanted.startswith("docs/") else None)
    if inside is None:
        # Not a page: kept as words, unless there is no such file, which MkDocs then tells.
        return words if (ROOT / wanted).exists() else link[0]
    if inside == "decisions":
        inside = "decisions/README.md"
    return f"{picture}[{words}]({posixpath.relpath(inside, posixpath.dirname(here) or '.')}{hash_}{anchor})"


def commands() -> str:
    """The page of all commands with their help, as the terminal shows it."""
    from flows.cli import cli  # noqa: PLC0415  MkDocs loads this file before the project is on its path

    parts = ["# Commands\n\nWhat `onrecord --help` and `onrecord COMMAND --help` say."]
    for name, command in cli.commands.items():
        context = click.Context(command, info_name=f"onrecord {name}", max_content_width=100, terminal_width=100)
        parts.append(f"## onrecord {name}\n\n```text\n{command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"
