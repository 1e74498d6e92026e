"""The translators' files: what our source says, compared with what has been translated.

    python -m shared.kit.i18n check              nothing missing, left over, unsure or with other {facts}
    python -m shared.kit.i18n update [PART …]    writes what is new into the .po files, drops what is gone
    python -m shared.kit.i18n compile            writes the .mo files that a running service reads

A part is `kit` (all of shared/) or a service. Files carry no date, version or line number, so that
they change only when a sentence does.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, BinaryIO

from babel.messages import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from shared.kit.i18n.sentences import ROOT, compiled

# English is the msgid itself, so German is the only language that needs a file.
LANGUAGE = "de"

# Which argument is a sentence: translators are callables, functions take the locale first.
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": (2,),
    "ngettext": (2, 3),
    "plural": (1, 2),
    "FieldError": (2,),
}
TEMPLATE_KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}

ERRORS = frozenset(
    {
        "Conflict",
        "Forbidden",
        "Invalid",
        "Malformed",
        "NotFound",
        "NotReady",
        "PreconditionRequired",
        "ProblemError",
        "Stale",
        "TooLarge",
        "TooManyRequests",
        "Unauthenticated",
    }
)

HEADER = """msgid ""
msgstr ""
"Language: de\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

MsgId = str | tuple[str, ...]
Extracted = tuple[int, str | None, Any, list[str]]


@dataclass(frozen=True)
class Part:
    """One catalogue and the source that it translates."""

    name: str
    source: Path
    po: Path


def parts(root: Path = ROOT) -> list[Part]:
    """The kit, then every service."""
    sources = [("kit", root / "shared"), *((path.name, path) for path in _services(root))]
    return [
        Part(
            name,
            source,
            (source / "kit" if name == "kit" else source) / f"locale/{LANGUAGE}/LC_MESSAGES/messages.po",
        )
        for name, source in sources
    ]


def _services(root: Path) -> list[Path]:
    return sorted(path.parent for path in (root / "services").glob("*/__init__.py"))


def sentences(part: Part) -> set[MsgId]:
    """Every sentence for people in a part's source: code, error classes and templates."""
    found: set[MsgId] = set()
    for path in sorted(part.source.rglob("*.py")):
        found |= _extracted(extract_python, path, KEYWORDS)
        found |= _extracted(extract_errors, path, {"": None})
    for path in sorted(part.source.rglob("templates/*.*")):
        found |= _extracted(_extract_template, path, TEMPLATE_KEYWORDS)
    return found


def _extracted(method: Any, path: Path, keywords: Mapping[str, Any]) -> set[MsgId]:
    with path.open("rb") as file:
        return {
            found[1] for found in extract(method, file, keywords, options={"encoding": "utf-8"}) if found[1]
        }


def _extract_template(
    file: BinaryIO, keywords: Sequence[str], comment_tags: Sequence[str], options: dict[str, Any]
) -> Iterator[Extracted]:
    # Without this, a template that Jinja cannot read would count as one without sentences.
    yield from babel_extract(file, keywords, comment_tags, {**options, "silent": "false"})


def extract_errors(
    file: BinaryIO, keywords: Sequence[str], comment_tags: Sequence[str], options: dict[str, Any]
) -> Iterator[Extracted]:
    """Babel's extraction method for error classes, whose docstring's first paragraph is the sentence."""
    errors = set(ERRORS)
    for node in ast.parse(file.read()).body:
        if isinstance(node, ast.ClassDef) and errors & {*_bases(node), node.name}:
            errors.add(node.name)
            sentence = cleandoc(ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
            yield node.lineno, "", sentence, []


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def update(part: Part, known: Iterable[MsgId] = ()) -> None:
    """Writes the part's .po file: kept translations, and an empty one for each new sentence."""
    old = _read(part.po)
    new = Catalog(locale=LANGUAGE)
    for msgid in sentences(part) - set(known):
        kept = old.get(_key(msgid))
        new.add(msgid, kept.string if kept is not None and _msgid(kept) == msgid else None)
    part.po.parent.mkdir(parents=True, exist_ok=True)
    part.po.write_text(HEADER + _written(new), encoding="utf-8")


def _written(catalogue: Catalog) -> str:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)
    return buffer.getvalue().decode()


def _read(po: Path) -> Catalog:
    if not po.exists():
        return Catalog(locale=LANGUAGE)
    with po.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def check(part: Part, known: Iterable[MsgId] = ()) -> list[str]:
    """What is wrong with a part's .po file, one line each."""
    catalogue = _read(part.po)
    translated = {_msgid(message): message for message in catalogue if message.id}
    wanted = sentences(part) - set(known)
    return [
        *(f"{part.name}: missing: {_key(msgid)}" for msgid in sorted(wanted - translated.keys(), key=_key)),
        *(f"{part.name}: left over: {_key(msgid)}" for msgid in sorted(translated.keys() - wanted, key=_key)),
        *(f"{part.name}: left over: {_key(msgid)}" for msgid in catalogue.obsolete),
        *(
            f"{part.name}: {fault}"
            for msgid in sorted(wanted & translated.keys(), key=_key)
            for fault in _faults(translated[msgid])
        ),
    ]


def _faults(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"not sure: {_key(message.id)}"
    if not all(_forms(message.string)):
        yield f"not translated: {_key(message.id)}"
    elif _facts(_forms(message.id)[-1]) != _facts(_forms(message.string)[-1]):
        yield f"other facts than in the sentence: {_key(message.id)}"
    elif any(_facts(form) - _facts(_forms(message.id)[-1]) for form in _forms(message.string)):
        yield f"facts that the sentence does not have: {_key(message.id)}"


def _forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return [text or ""] if isinstance(text, str | None) else text


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _msgid(message: Message) -> MsgId:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _key(msgid: str | Sequence[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def check_all(root: Path = ROOT) -> list[str]:
    """Every part's faults, and sentences that two services translate differently."""
    kit, *services = parts(root)
    known = sentences(kit)
    return [
        *check(kit),
        *(fault for part in services for fault in check(part, known)),
        *_differences(services),
    ]


def _differences(services: Sequence[Part]) -> Iterator[str]:
    """A process that has two services at hand (the tests, one image for all) merges their catalogues."""
    first: dict[MsgId, tuple[Part, Any]] = {}
    for part in services:
        for message in _read(part.po):
            other, string = first.setdefault(_msgid(message), (part, message.string))
            if message.id and string != message.string:
                yield f"{part.name}: translated otherwise in {other.name}: {_key(message.id)}"


def update_all(names: Sequence[str] = (), root: Path = ROOT) -> None:
    """Bring the catalogues of the named parts, or of all, up to their source; new sentences are left untranslated."""
    kit, *services = parts(root)
    known = sentences(kit)
    for part in [kit, *services]:
        if not names or part.name in names:
            update(part, () if part is kit else known)


def compile_all(root: Path = ROOT) -> None:
    """Write each catalogue in the binary form that a running service reads."""
    for part in parts(root):
        if part.po.exists():
            part.po.with_suffix(".mo").write_bytes(compiled(part.po))


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 if `check` finds a fault, 2 for arguments that are none."""
    match arguments:
        case ["check"]:
            faults = check_all()
            print(*faults, sep="\n", end="\n" if faults else "")
            return 1 if faults else 0
        case ["update", *names]:
            update_all(names)
            return 0
        case ["compile"]:
            compile_all()
            return 0
    print(__doc__)
    return 2
