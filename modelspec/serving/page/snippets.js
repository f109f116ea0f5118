// The request as commands that can be copied.
const MOST = 4000;

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function python(value, depth = 1) {
  if (value === null) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(each => python(each, depth + 1)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const indent = "    ".repeat(depth);
  const entries = Object.entries(value).map(([key, each]) => `${indent}${JSON.stringify(key)}: ${python(each, depth + 1)},\n`);
  return `{\n${entries.join("")}${"    ".repeat(depth - 1)}}`;
}

export function curl(address, request) {
  const body = JSON.stringify(request);
  const given = body.length > MOST ? "@request.json" : quoted(body);
  return `curl ${quoted(address)} \\\n  -H 'content-type: application/json' \\\n  --data-binary ${given}`;
}

export function pythonScript(address, {rows: [row], ...options}) {
  const more = Object.entries(options).map(([key, value]) => `, ${JSON.stringify(key)}: ${python(value)}`);
  const content = `{"rows": [row]${more.join("")}}`;
  const large = JSON.stringify(row).length > MOST;
  return [
    "import json",
    "from urllib.request import Request, urlopen",
    "",
    large ? 'body = open("request.json", "rb").read()' : `row = ${python(row)}`,
    ...(large ? [] : [`body = json.dumps(${content}).encode()`]),
    'headers = {"content-type": "application/json"}',
    `with urlopen(Request(${JSON.stringify(address)}, body, headers)) as answer:`,
    "    print(json.load(answer))",
  ].join("\n");
}
