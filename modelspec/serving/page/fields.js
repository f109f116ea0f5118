// What stands in the form: read as a row, and told what is wrong with it.
export class FieldError extends Error {}

const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** A number where JSON has the same one; else the text, which the server reads. */
export function numberOf(text) {
  const value = Number(text);
  const same = PLAIN.test(text.trim()) && Number.isFinite(value)
    && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return same ? value : text;
}

function steps(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) return jsonOf(trimmed);
  const values = trimmed.split(/[\s,;]+/).map(numberOf);
  return values.every(value => typeof value === "number") ? values : text;
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FieldError(`these are no nested lists of JSON: ${error.message}`);
  }
}

function checked(field) {
  return [...field.root.querySelectorAll("input:checked")];
}

function category(field) {
  if (field.root.tagName === "FIELDSET") {
    const [chosen] = checked(field);
    return chosen && chosen.dataset.is !== "nothing" ? chosen.value : null;
  }
  if (field.control.tagName !== "SELECT") return field.control.value || null;
  const is = field.control.selectedOptions[0]?.dataset.is;
  if (is === "other") return document.getElementById(`${field.key}-other`).value;
  return is === "nothing" ? null : field.control.value;
}

function classes(field) {
  if (field.control) return field.control.value || null;
  const chosen = checked(field).map(each => each.value);
  return chosen.length ? chosen.join(field.column.separator) : null;
}

const READ = {
  number: field => (field.column.formats ? field.control.value : numberOf(field.control.value)),
  date: field => (field.column.formats ? numberOf(field.control.value) : field.control.value),
  text: field => field.control.value,
  array: field => jsonOf(field.control.value),
  sequence: field => steps(field.control.value),
  image: field => document.getElementById(`${field.key}-picture`).getAttribute("src"),
  category,
  classes,
};

export function fieldsOf(columns) {
  return columns.map((column, number) => {
    const key = `f${number}`;
    const root = document.getElementById(`${key}-field`);
    return {column, key, root, control: document.getElementById(key)};
  });
}

/** The cell of a field; nothing for an empty one. */
function cell(field) {
  const typed = field.control?.tagName === "INPUT" || field.control?.tagName === "TEXTAREA";
  const empty = typed && field.control.type !== "file" && field.control.value.trim() === "";
  if (empty && !(field.column.kind === "text" && field.column.required)) return null;
  return READ[field.column.kind](field);
}

/** The row, and what no row can be made of. */
export function readRow(fields) {
  const entries = [], problems = [];
  for (const field of fields) {
    try {
      entries.push([field.column.name, cell(field)]);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      problems.push({column: field.column.name, message: error.message});
    }
  }
  return {row: Object.fromEntries(entries), problems};
}

export function clearProblems() {
  for (const told of document.querySelectorAll(".problem")) {
    told.hidden = true;
    told.textContent = "";
    told.className = "problem";
  }
  for (const each of document.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
}

export function firstControl(root) {
  return root.querySelector("input:not([hidden]):checked, select, textarea")
    || root.querySelector("input, select, textarea");
}

export function tell(root, text, level) {
  const told = root.querySelector(".problem");
  told.textContent += (told.textContent ? "\n" : "") + text;
  told.hidden = false;
  if (level === "warning") told.classList.add("warning");
  else for (const each of root.querySelectorAll("input, select, textarea")) each.setAttribute("aria-invalid", "true");
}
