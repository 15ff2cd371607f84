"""Sphinx extension: give every page one style sheet with only the rules that it uses.

Browsers render nothing before they have read all style sheets. The theme and its extensions
bring sixteen, half a megabyte, and a font with 1,400 icons. This extension joins them into one
sheet, without rules for classes and ids that no page and no script of the book contains, and
one font with the remaining icons.
"""

import hashlib
import logging
import os
import re
from pathlib import Path

import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

from web.pages.written_pages import all_pages, change_pages, read, remove, write

SHEET = "_static/book_pages.css"
ICONS = "icons.woff"  # next to the sheet
ICON_SHEET = "fontawesome"  # part of the path of the icons' sheet
ICON_FONT = "fa-solid-900"  # the only one of its fonts that the book uses
ICON_FACE = f"""@font-face {{
  font-family: "Font Awesome 6 Free"; font-weight: 900; font-style: normal;
  font-display: block; src: url("{ICONS}") format("woff");
}}"""
SCRIPTS = ("_static/**/*.js", "live/**/*.js")  # that pages load
WORD = re.compile(r"[\w-]+")
MADE_BY_SCRIPTS = ("bs-",)  # prefixes of class names that Bootstrap's script composes
logging.getLogger("fontTools").setLevel(logging.WARNING)  # else Sphinx logs each glyph
WITH_RULES = {"media", "supports", "layer", "container"}


def sheets_of(path, page, out):
    """Return the paths, in the book, of the style sheets that a page loads, in order."""
    links = page.select("link[rel=stylesheet]")
    here = path.parent.relative_to(out)
    paths = (os.path.normpath(here / link["href"].split("?")[0]) for link in links)
    return [path.replace(os.sep, "/") for path in paths]


def rules_of(out, sheet):
    """Return a sheet's rules and those it imports, with URLs relative to SHEET."""
    text = (out / sheet).read_text(encoding="utf-8")
    rules = []
    for rule in tinycss2.parse_stylesheet(
        text, skip_comments=True, skip_whitespace=True
    ):
        if rule.type == "error":
            raise ExtensionError(f"{sheet}, line {rule.source_line}: {rule.message}")
        if rule.type == "at-rule" and rule.lower_at_keyword == "charset":
            continue
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            addresses = [t.value for t in rule.prelude if t.type in ("string", "url")]
            imported = os.path.normpath(Path(sheet).parent / addresses[0])
            rules += rules_of(out, imported.replace(os.sep, "/"))
            continue
        for token in tokens_of(rule.content or []):
            if token.type == "url" and not token.value.startswith(("data:", "#")):
                at = os.path.relpath(
                    Path(sheet).parent / token.value, Path(SHEET).parent
                )
                token.representation = f'url("{at.replace(os.sep, "/")}")'
        rules.append(rule)
    return rules


def tokens_of(values):
    for token in values:
        yield token
        for inside in ("content", "arguments"):
            yield from tokens_of(getattr(token, inside, None) or [])


def words_of(texts):
    """Return all words of pages and scripts: any of them may be a class or an id."""
    return {word for text in texts for word in WORD.findall(text)}


def names_in(selector):
    """Yield the classes and ids that a selector needs in order to match."""
    after_dot = False
    for token in selector:
        if token.type == "hash" or (after_dot and token.type == "ident"):
            yield token.value
        after_dot = token == "."


def selectors_of(rule):
    """Return a rule's selectors, each a list of tokens."""
    selectors = [[]]
    for token in rule.prelude:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def used(rules, words):
    """Yield, as text, the rules that can match."""
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = [
                tinycss2.serialize(selector).strip()
                for selector in selectors_of(rule)
                if all(
                    name in words or name.startswith(MADE_BY_SCRIPTS)
                    for name in names_in(selector)
                )
            ]
            if kept:
                yield f"{', '.join(kept)} {{{tinycss2.serialize(rule.content)}}}"
        elif rule.content is not None and rule.lower_at_keyword in WITH_RULES:
            inside = tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True
            )
            text = "\n".join(used(inside, words))
            if text:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{\n{text}\n}}"
        else:
            yield rule.serialize()


def is_face_of_icons(rule):
    return (
        getattr(rule, "at_keyword", "") == "font-face" and ICON_FONT in rule.serialize()
    )


def write_icons(out, sheet, styles):
    """Write a font with the icons that the styles use."""
    tokens = tokens_of(tinycss2.parse_component_value_list(styles))
    characters = {c for token in tokens if token.type == "string" for c in token.value}
    path = out / Path(sheet).parent / f"../webfonts/{ICON_FONT}.ttf"
    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = Subsetter(Options(layout_features=[]))
        subsetter.populate(text="".join(characters))
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(out / SHEET.rsplit("/", 1)[0] / ICONS)


def write_sheet(out, sheets, words):
    """Write the joined sheet and its font; return the sheet's URL in the book."""
    parts = []
    for sheet in sheets:
        rules = rules_of(out, sheet)
        if ICON_SHEET in sheet:
            rules = [r for r in rules if not is_face_of_icons(r)]
            parts.append(ICON_FACE)
        parts.append(f"/* {sheet} */")
        parts += used(rules, words)
    text = "\n".join(parts) + "\n"
    for sheet in sheets:
        if ICON_SHEET in sheet:
            write_icons(out, sheet, text)
    (out / SHEET).write_text(text, encoding="utf-8")
    return f"{SHEET}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def join_sheets(app, pages):
    out = Path(app.outdir)
    (first, page), *others = pages.items()
    sheets = sheets_of(first, page, out)
    for path, page in others:
        if sheets_of(path, page, out) != sheets:
            raise ExtensionError(
                f"{path} loads other style sheets than {first}. An extension should add "
                "its sheet to every page."
            )
    earlier = [path for path in all_pages(out) if path not in pages]
    scripts = [path for pattern in SCRIPTS for path in out.glob(pattern)]
    texts = [path.read_text("utf-8", errors="replace") for path in scripts + earlier]
    address = write_sheet(out, sheets, words_of([*texts, *map(str, pages.values())]))
    outdated = {
        path: read(path)
        for path, text in zip(earlier, texts[len(scripts) :], strict=True)
        if address not in text
    }
    for path, page in (pages | outdated).items():
        load_one(page, f"{os.path.relpath(out, path.parent)}/{address}")
    for path, page in outdated.items():
        write(path, page)


def load_one(page, address):
    """Make a page load the joined style sheet instead of all others, and preload no font."""
    first, *others = page.select("link[rel=stylesheet]") or [None]
    if first is not None:
        first["href"] = address.replace(os.sep, "/")
    for link in [*others, *page.select("link[as=font]")]:
        remove(link)


def setup(app):
    change_pages(app, join_sheets, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
