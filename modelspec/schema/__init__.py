"""The language as a JSON Schema, and what the declarations' source says of their fields."""

from modelspec.schema.documentation import field_docs
from modelspec.schema.language import json_schema, schema_text

__all__ = ["field_docs", "json_schema", "schema_text"]
