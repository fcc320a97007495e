"""A YAML document as plain values, and where each of them stands: its line and column.

Scalars are read as YAML 1.2 reads them, so that `on` is a word and `no` a language. Must not know what a document is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from mockserver.errors import ScenarioError

Path = tuple[str | int, ...]
"""The way to a value: names and numbers from the root."""

_MOST = 20_000
_DEEPEST = 40
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}\Z", re.ASCII)
_FRACTION = re.compile(r"[-+]?(?:[0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15}|[0-9]{1,15})(?:[eE][-+]?[0-9]{1,2})?\Z", re.ASCII)
_WORDS: Mapping[str, object] = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None}
_TEXT = "tag:yaml.org,2002:str"
_CONTAINERS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!")


@dataclass(frozen=True, slots=True)
class Placed:
    """A document: its value, what it is called, and where things stand in it."""

    value: object
    name: str
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def error(self, path: Path, reason: str) -> ScenarioError:
        """The refusal of what stands at a path, naming file, line and column, or the path where there is no file."""
        near = path
        while near and near not in self.marks:
            near = near[:-1]
        said = spelled(path)
        if near not in self.marks:
            return ScenarioError(f"{self.name}: {said}: {reason}" if said else f"{self.name}: {reason}")
        line, column = self.marks[near]
        return ScenarioError(f"{self.name}:{line}:{column}: {said + ': ' if said else ''}{reason}")


def spelled(path: Path) -> str:
    """`rules[0].match.body`."""
    said = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".")
    return said if said.isprintable() else repr(said)[1:-1]


def placed(text: str, name: str) -> Placed:
    """The value of a document and where everything in it stands; raises `ScenarioError`."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        where = f":{at.line + 1}:{at.column + 1}" if at else ""
        raise ScenarioError(f"{name}{where}: this is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ScenarioError(f"{name}: this is not YAML: {' '.join(str(error).split()) or 'too deep'}") from None
    document = Placed(None, name)
    if root is None:
        raise ScenarioError(f"{name}:1:1: the file is empty")
    return Placed(_Reading(document).value(root, ()), name, document.marks)


class _Reading:
    """One walk over a document's nodes; aliases may not make it endless."""

    def __init__(self, document: Placed) -> None:
        self._document = document
        self._seen = 0

    def value(self, node: yaml.Node, path: Path) -> object:
        self._document.marks.setdefault(path, _mark(node))
        self._seen += 1
        if self._seen > _MOST or len(path) > _DEEPEST:
            raise self._document.error(path, "the file is too large or too deep for a scenario")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in _CONTAINERS:
            raise self._document.error(path, f"the tag {node.tag} means nothing here")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*path, number)) for number, each in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        found: dict[str, object] = {}
        for key, each in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._document.error(path, "a key must be a word")
            inside = (*path, key.value)
            if key.value in found:
                self._document.marks[inside] = _mark(key)
                raise self._document.error(inside, "is said twice")
            self._document.marks[inside] = _mark(key)
            found[key.value] = self.value(each, inside)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        text = str(node.value)
        if node.tag not in (_TEXT, "!"):
            raise self._document.error(path, f"the tag {node.tag} means nothing here")
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.match(text):
            return int(text)
        return float(text) if _FRACTION.match(text) else text


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
