"""How the catalog and the manifests of statements write types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from local_workspace.engine.types import parse_duckdb_type

if TYPE_CHECKING:
    from local_workspace.engine.types import SparkType

_JSON_NAMES: Final = {"TINYINT": "byte", "SMALLINT": "short", "INT": "integer", "BIGINT": "long"}
_CATALOG_NAMES: Final = {
    "TINYINT": "BYTE",
    "SMALLINT": "SHORT",
    "BIGINT": "LONG",
    "VOID": "NULL",
}


def catalog_name(duckdb_type: object) -> str:
    """The `type_name` of the catalog and of statement manifests: `LONG`, `STRING`, `DECIMAL`, `STRUCT`."""
    name = parse_duckdb_type(duckdb_type).name
    return _CATALOG_NAMES.get(name, name)


def _json_value(kind: SparkType) -> object:
    if kind.name == "ARRAY":
        return {"type": "array", "elementType": _json_value(kind.parts[0]), "containsNull": True}
    if kind.name == "MAP":
        key, value = kind.parts
        return {
            "type": "map",
            "keyType": _json_value(key),
            "valueType": _json_value(value),
            "valueContainsNull": True,
        }
    if kind.name == "STRUCT":
        return {"type": "struct", "fields": [_json_field(f.name, f.type, nullable=True) for f in kind.fields]}
    return _JSON_NAMES.get(kind.name, kind.text.lower())


def _json_field(name: str, kind: SparkType, *, nullable: bool) -> dict[str, object]:
    return {"name": name, "type": _json_value(kind), "nullable": nullable, "metadata": {}}


def type_json(duckdb_type: object, name: str, *, nullable: bool = True) -> str:
    """The `type_json` of a catalog column: a Spark StructField as JSON text."""
    return json.dumps(
        _json_field(name, parse_duckdb_type(duckdb_type), nullable=nullable), separators=(",", ":")
    )
