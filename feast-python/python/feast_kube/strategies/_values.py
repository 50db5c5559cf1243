"""Values that match a structural schema, and some that do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Path = tuple[str, ...]

# Texts that rules, patterns and parsers treat differently.
_TEXTS = ["a", "", "/a", "a/b", "/", "/a/", "//a", "/a:b", "s3://b/k", "gs://b", "1", "true", "é"]

# Keys of maps, including one that a rule reserves.
_KEYS = ["a", "team", "example.com/tier", "enabled"]

_AMOUNTS: list[int | str] = [1, "1", "500m", "50%", "1Gi", 0]

# For any type, some of these have another.
_OTHERS: list[Any] = ["other", -1, 1.5, True, [[]], {"other": {}}]

_MOST_FIELDS = 3
_MOST_ITEMS = 2

# Maximum depth at which parts are inserted on their own; deeper ones come with their parents.
_DEEPEST = 4


def parts(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """The fields of nested objects, with their paths."""
    for name, field in schema.get("properties", {}).items():
        yield (*path, name), field
        if len(path) + 1 < _DEEPEST:
            yield from parts(field, (*path, name))


class _Fields:
    """The fields of an object, with a short `repr` for hypothesis' output."""

    def __init__(self, schema: Schema) -> None:
        fields = schema.get("properties", {})
        strategies = {name: values(field) for name, field in fields.items()}
        self.required = {name: strategies.pop(name) for name in schema.get("required", [])}
        self.optional = strategies

    def __repr__(self) -> str:
        return "..."


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that match a schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("x-kubernetes-int-or-string"):
        return st.sampled_from(_AMOUNTS)
    match schema.get("type"):
        case "object" if "additionalProperties" in schema:
            entries = values(schema["additionalProperties"])
            return st.dictionaries(st.sampled_from(_KEYS), entries, max_size=_MOST_ITEMS)
        case "object":
            return _objects(_Fields(schema))
        case "array":
            return _lists(schema)
        case "boolean":
            return st.booleans()
        case "integer":
            return _integers(schema)
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "string":
            return _texts(schema)
    return st.just({})


@st.composite
def _objects(draw: st.DrawFn, fields: _Fields) -> dict[str, Any]:
    value = {name: draw(strategy) for name, strategy in fields.required.items()}
    if fields.optional:
        names = st.sampled_from(list(fields.optional))
        for name in draw(st.lists(names, max_size=_MOST_FIELDS, unique=True)):
            value[name] = draw(fields.optional[name])
    return value


def _lists(schema: Schema) -> st.SearchStrategy[list[Any]]:
    items = values(schema["items"])
    match schema.get("x-kubernetes-list-type"):
        case "map":
            keys = schema["x-kubernetes-list-map-keys"]
            return st.lists(
                items,
                max_size=_MOST_ITEMS,
                unique_by=lambda item: repr([item.get(key) for key in keys]),
            )
        case "set":
            return st.lists(items, max_size=_MOST_ITEMS, unique_by=repr)
    return st.lists(items, max_size=_MOST_ITEMS)


def _integers(schema: Schema) -> st.SearchStrategy[int]:
    bits = 31 if schema.get("format") == "int32" else 63
    least = int(schema.get("minimum", 0))
    most = int(schema.get("maximum", 2**bits - 1))
    near = st.integers(least, min(most, least + 9))
    return near | st.integers(least, most)


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.just("2026-01-01T00:00:00Z")
    if "pattern" in schema:
        # In Python `$` also matches before a trailing newline.
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    least, most = schema.get("minLength", 0), schema.get("maxLength", 100)
    known = [text for text in _TEXTS if least <= len(text) <= most]
    return st.sampled_from(known or ["a" * least]) | st.text(min_size=least, max_size=min(most, 8))


def put(value: dict[str, Any], path: Path, part: Any) -> dict[str, Any]:
    """The value with a part inserted at a path."""
    name, *rest = path
    if rest:
        below = value.get(name)
        part = put(below if isinstance(below, dict) else {}, tuple(rest), part)
    return {**value, name: part}


def is_bound(schema: Schema) -> bool:
    """Whether a schema constrains more than the type."""
    return any(keyword in schema for keyword in ("enum", "pattern", "minimum", "maximum"))


def wrong(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema rejects, if it rejects any."""
    if "enum" in schema or "pattern" in schema:
        return st.just("no such value") | st.sampled_from(_OTHERS)
    if "minimum" in schema:
        return st.just(int(schema["minimum"]) - 1) | st.sampled_from(_OTHERS)
    return st.sampled_from(_OTHERS)
