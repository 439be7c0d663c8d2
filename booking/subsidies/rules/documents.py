"""YAML and JSON as they were written: every number stays the text it was, no key comes twice."""

import json
from collections.abc import Hashable
from typing import Any

import yaml

from booking.kernel.errors import Violation
from booking.subsidies.rules.faults import ProgrammeInvalid

_TEXT_TAGS = {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}


class _Loader(yaml.SafeLoader):
    """YAML without binary fractions (0.30 stays "0.30") and without dates guessed from text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML looks for it on the class
        first: [(tag, pattern) for tag, pattern in found if tag not in _TEXT_TAGS]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        _once(keys)
        return super().construct_mapping(node, deep=deep)


def read_document(text: str, *, is_json: bool) -> object:
    """The document in a file, or ProgrammeInvalid when it is none."""
    try:
        if is_json:
            return json.loads(text, parse_float=str, object_pairs_hook=_pairs)
        found: object = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as broken:
        raise _refused("not_readable") from broken
    return found


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    _once([key for key, _ in pairs])
    return dict(pairs)


def _once(keys: list[Any]) -> None:
    for at, key in enumerate(keys):
        if key in keys[:at]:
            raise _refused("duplicate_key", key=str(key))


def _refused(fault: str, **params: object) -> ProgrammeInvalid:
    return ProgrammeInvalid([Violation(f"programme.{fault}", {"path": "$", **params})])
