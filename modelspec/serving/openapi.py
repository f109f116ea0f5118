"""The OpenAPI schema of a served model, typed by its features."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import name_list

PREDICT, HEALTH, READY, METRICS = "/predict", "/health", "/ready", "/metrics"
_JSON = "application/json"


def openapi(description: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI 3.1 document.

    Args:
        description: What `serving.description.description` gives.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": description["name"],
            "description": f"The trained model `{description['name']}`, served by modelspec.",
            "version": description["modelspec"],
        },
        "paths": {
            PREDICT: {"post": _predict(description)},
            HEALTH: {"get": _get("Whether the process lives", {"200": "It does"})},
            READY: {
                "get": _get(
                    "Whether the model can be asked",
                    {"200": "It can", "503": "It is being loaded, or the server is closing"},
                )
            },
            METRICS: {"get": _get("Counts and times for Prometheus", {"200": "Its text format"})},
        },
        "components": {"schemas": _schemas(description)},
    }


def _predict(description: dict[str, Any]) -> dict[str, Any]:
    rows, body = description["limits"]["rows"], description["limits"]["body"]
    content: dict[str, Any] = {"schema": _ref("Request")}
    if description["example"] is not None:
        content["example"] = {"rows": [description["example"]]}
    refused = {
        "400": "The body is no JSON, or not whole",
        "408": "The body came too slowly",
        "413": f"The body is larger than {body:,} bytes, or has more than {rows:,} rows",
        "415": "The body is not declared as `application/json`",
        "422": "A cell, a row or a column is not what the model takes",
        "503": "Too many requests wait, or the model is not there yet; `Retry-After` says when",
    }
    return {
        "summary": "Predict rows",
        "operationId": "predict",
        "requestBody": {
            "required": True,
            "content": {_JSON: content},
        },
        "responses": {
            "200": {
                "description": "An answer for each row, in their order",
                "content": {_JSON: {"schema": _ref("Response")}},
            },
            **{
                code: {"description": said, "content": {_JSON: {"schema": _ref("Error")}}}
                for code, said in refused.items()
            },
        },
    }


def _get(summary: str, responses: dict[str, str]) -> dict[str, Any]:
    return {
        "summary": summary,
        "responses": {code: {"description": said} for code, said in responses.items()},
    }


def _schemas(description: dict[str, Any]) -> dict[str, Any]:
    columns = description["columns"]
    request: dict[str, Any] = {
        "rows": {
            "type": "array",
            "items": _ref("Row"),
            "minItems": 1,
            "maxItems": description["limits"]["rows"],
        }
    }
    if description["threshold"]:
        request["threshold"] = {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "From which probability on outputs of yes or no say yes.",
        }
    answers = {
        name: _answer(kind)
        for output in description["outputs"]
        for name, kind in output["columns"].items()
    }
    return {
        "Row": _object(
            {each["name"]: cell_schema(each) for each in columns},
            [each["name"] for each in columns if each["required"]],
        ),
        "Request": _object(request, ["rows"]),
        "Prediction": {"type": "object", "properties": answers},
        "Response": _object(
            {
                "predictions": {"type": "array", "items": _ref("Prediction")},
                "warnings": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Which cells something else stands for.",
                },
            },
            ["predictions", "warnings"],
        ),
        "Error": _object({"errors": {"type": "array", "items": _ref("Problem")}}, ["errors"]),
        "Problem": _object(
            {
                "message": {"type": "string"},
                "help": {"type": "string"},
                "row": {"type": "integer", "minimum": 1, "description": "Counted from 1."},
                "column": {"type": "string"},
            },
            ["message"],
        ),
    }


def cell_schema(column: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of one cell."""
    found = _SCHEMAS[column["kind"]](column)
    if not column["required"]:
        types = found["type"] if isinstance(found["type"], list) else [found["type"]]
        found["type"] = [*types, "null"]
    said = [found.get("description", "")]
    if column.get("missing"):
        said.append(f"Without a value: {column['missing']}.")
    found["description"] = " ".join(filter(None, said))
    if not found["description"]:
        del found["description"]
    return found if column["example"] is None else {**found, "examples": [column["example"]]}


def _number(column: dict[str, Any]) -> dict[str, Any]:
    if "percent" in column.get("formats", ()):
        return {"type": "string", "description": "A percentage, `12.5%`."}
    kind = "integer" if column.get("integer") else "number"
    said = ""
    if "currency" in column.get("formats", ()):
        said = "An amount of money, also as text."
    if "minimum" in column:
        where = "" if column.get("integer") else " in the training rows"
        said += f" From {column['minimum']:g} to {column['maximum']:g}{where}."
    return {"type": [kind, "string"], "description": said.strip()}


def _array(column: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "integer" if column.get("integer") else "number"}
    for size in reversed(column["shape"]):
        found = {"type": "array", "items": found}
        if size is not None:
            found |= {"minItems": size, "maxItems": size}
    sizes = ", ".join("any" if size is None else str(size) for size in column["shape"])
    return found | {"description": f"Nested lists of the shape [{sizes}]."}


def _sequence(column: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = {"type": ["number", "null"]}
    if column.get("shape"):
        (width,) = column["shape"]
        step = {"type": "array", "items": step, "minItems": width, "maxItems": width}
    said = "A step an entry."
    if column.get("length"):
        said += f" What is longer than {column['length']} steps is cut."
    return {"type": ["array", "string"], "items": step, "description": said}


def _category(column: dict[str, Any]) -> dict[str, Any]:
    classes = column.get("classes", [])
    others = {
        "ignore": " Another class counts as none.",
        "other": " Another class counts as `other`.",
    }
    named = f"{name_list(classes, last='or', limit=_LISTED)}." if classes else ""
    said = named + others.get(column.get("unknown", ""), "")
    return {
        "type": ["string", "number", "boolean"],
        "description": said.strip(),
        "x-classes": list(classes),
    }


_LISTED = 20


def _classes(column: dict[str, Any]) -> dict[str, Any]:
    found = _category(column)
    said = f"Several classes as one text, with `{column['separator']}` between them."
    return found | {"type": "string", "description": f"{said} {found['description']}".strip()}


def _text(column: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    if column.get("length"):
        found["description"] = f"What is longer than {column['length']} tokens is cut."
    return found


def _date(column: dict[str, Any]) -> dict[str, Any]:
    forms = " or ".join(f"`{form}`" for form in column.get("formats", ())) or "as in ISO 8601"
    return {"type": ["string", "integer"], "description": f"A date, {forms}."}


def _image(column: dict[str, Any]) -> dict[str, Any]:
    height, width = column["size"]
    return {
        "type": "string",
        "contentEncoding": "base64",
        "contentMediaType": "image/*",
        "description": "A PNG, JPEG, GIF, BMP, WEBP or TIFF as base64, or as a data URL; it is "
        f"resized to {width} x {height} pixels.",
    }


_SCHEMAS = {
    "number": _number,
    "array": _array,
    "sequence": _sequence,
    "category": _category,
    "classes": _classes,
    "text": _text,
    "date": _date,
    "image": _image,
}


def _answer(kind: str) -> dict[str, Any]:
    if kind == "number":
        return {"type": ["number", "null"], "description": "null where it is not finite."}
    return {"type": kind}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
