// Asks the model with what stands in the form.
import {made, showAnswer} from "./answer.js";
import {arrayTools} from "./arrays.js";
import {clearProblems, fieldsOf, firstControl, numberOf, readRow, tell} from "./fields.js";
import {pictureField} from "./pictures.js";
import {curl, pythonScript} from "./snippets.js";

const byId = id => document.getElementById(id);
const about = JSON.parse(byId("about").textContent);
const form = byId("form"), region = byId("answer"), state = byId("state"), elsewhere = byId("elsewhere");
const threshold = byId("threshold");
const fields = fieldsOf(about.columns);
const byName = new Map(fields.map(field => [field.column.name, field]));
const address = new URL("predict", document.baseURI).href;
let running = null, file = null;

const restores = fields.flatMap(field => {
  if (field.column.kind === "image") return [pictureField(field, about.limits.body, showSnippets)];
  return field.column.kind === "array" ? [arrayTools(field, about.limits.body, showSnippets)] : [];
});

function currentRequest() {
  const {row, problems} = readRow(fields);
  const request = {rows: [row]};
  if (threshold && threshold.value.trim()) request.threshold = numberOf(threshold.value);
  return {request, problems};
}

function showSnippets() {
  if (!elsewhere.open) return;
  const {request, problems} = currentRequest();
  byId("curl").textContent = problems.length ? "A field cannot be read." : curl(address, request);
  byId("python").textContent = problems.length ? "A field cannot be read." : pythonScript(address, request);
  if (file) URL.revokeObjectURL(file);
  file = URL.createObjectURL(new Blob([JSON.stringify(request)], {type: "application/json"}));
  byId("request").href = file;
}

/** The field that a problem is about. */
function rootOf(problem) {
  if (byName.has(problem.column)) return byName.get(problem.column).root;
  return threshold && problem.message.startsWith("`threshold`") ? byId("threshold-field") : null;
}

/** What is told: at its field where it has one, and in one list. */
function listed(problems, level) {
  if (!problems.length) return [];
  const list = made("ul", undefined, "problems");
  for (const problem of problems) {
    const text = problem.help ? `${problem.message}\n${problem.help}` : problem.message;
    const root = rootOf(problem), item = made("li", root ? undefined : text, level);
    if (root) {
      tell(root, problem.short ?? text, level);
      const link = made("a", problem.message);
      link.href = `#${root.id}`;
      link.addEventListener("click", event => {
        event.preventDefault();
        root.scrollIntoView({block: "center"});
        firstControl(root).focus();
      });
      item.append(link);
    }
    list.append(item);
  }
  return [list];
}

function showProblems(problems) {
  region.replaceChildren(...listed(problems, "error"));
  state.textContent = "";
  const root = problems.map(rootOf).find(Boolean);
  if (root) firstControl(root).focus();
  else region.scrollIntoView({block: "nearest"});
}

/** A warning names its column first: `town: 1 of 1 value was not known`. */
function warningOf(text) {
  const names = [...byName.keys()].filter(name => text.startsWith(`${name}: `));
  names.sort((a, b) => b.length - a.length);
  return names.length ? {column: names[0], message: text, short: text.slice(names[0].length + 2)} : {message: text};
}

async function sent(body, signal) {
  const response = await fetch("predict", {
    method: "POST", headers: {"content-type": "application/json"}, body, signal,
  });
  const text = await response.text();
  let content = null;
  try {
    content = JSON.parse(text);
  } catch {
    content = {errors: [{message: `the answer is no JSON, but: ${text.slice(0, 200) || "nothing"}`}]};
  }
  if (response.ok && content.predictions) return content;
  const problems = content.errors?.length ? content.errors
    : [{message: `the answer has neither predictions nor errors: ${text.slice(0, 200)}`}];
  const wait = response.headers.get("retry-after");
  if (wait) problems[0].help = [problems[0].help, `Try again in ${wait} s.`].filter(Boolean).join(" ");
  if (response.status !== 422) problems[0].message = `${response.status}: ${problems[0].message}`;
  return {problems};
}

async function ask() {
  clearProblems();
  const {request, problems} = currentRequest();
  if (problems.length) return showProblems(problems);
  const body = JSON.stringify(request), size = new Blob([body]).size, most = about.limits.body;
  if (size > most) {
    const message = `the request has ${size.toLocaleString("en")} bytes, and may have ${most.toLocaleString("en")}`;
    return showProblems([{message, help: "Give less, or start the server with a larger --max-body."}]);
  }
  running?.abort();
  const mine = running = new AbortController();
  state.textContent = "asking …";
  const since = performance.now();
  try {
    const content = await sent(body, mine.signal);
    if (content.problems) return showProblems(content.problems);
    showAnswer(region, about.outputs, content.predictions[0], listed(content.warnings.map(warningOf), "warning"));
    state.textContent = `answered in ${Math.max(1, Math.round(performance.now() - since))} ms`;
    region.scrollIntoView({block: "nearest"});
  } catch (error) {
    if (error.name === "AbortError") return;
    showProblems([{message: `the server gave no answer: ${error.message}`}]);
  }
}

function showOthers() {
  for (const {key, control} of fields) {
    const other = byId(`${key}-other`);
    if (other) other.hidden = control.selectedOptions[0]?.dataset.is !== "other";
  }
}

async function copy(button) {
  const source = byId(button.dataset.copy), said = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => button.textContent = said, 2000);
}

form.addEventListener("submit", event => {
  event.preventDefault();
  ask();
});
form.addEventListener("reset", () => setTimeout(() => {
  clearProblems();
  for (const restore of restores) restore();
  showOthers();
  showSnippets();
}));
form.addEventListener("input", () => {
  showOthers();
  showSnippets();
});
form.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
elsewhere.addEventListener("toggle", showSnippets);
for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));
showOthers();
