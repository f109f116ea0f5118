// The answer: a small table for each output, with bars for probabilities.
import {paint, pictureCount, pictureShape, shapeOf} from "./arrays.js";

const MOST_ROWS = 12, MOST_TEXT = 20000;

export function made(tag, text, kind) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function shown(value) {
  if (value === null) return "no number";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(5)));
}

function line(name, value, share, chosen) {
  const row = made("tr", undefined, chosen ? "chosen" : "");
  const head = made("th");
  head.scope = "row";
  head.title = name;
  head.append(made("span", name));
  row.append(head);
  if (share) {
    const track = made("td", undefined, "track"), bar = made("i");
    bar.style.width = `${Math.max(0, Math.min(1, value)) * 100}%`;
    track.append(bar);
    row.append(track);
  }
  const cell = made("td", shown(value), share ? "number" : "");
  cell.title = String(value);
  row.append(cell);
  return row;
}

/** Pairs of a name and a number, the largest first where there are many. */
function table(pairs, winner) {
  const share = pairs.length > 0 && pairs.every(([, value]) => typeof value === "number" && value >= 0 && value <= 1);
  const many = pairs.length > MOST_ROWS;
  const listed = many ? [...pairs].sort((a, b) => b[1] - a[1]) : pairs;
  const rows = listed.map(([name, value]) => line(name, value, share, name === winner));
  const first = made("table");
  first.append(...rows.slice(0, many ? 10 : rows.length));
  if (!many) return [first];
  const rest = made("details"), others = made("table");
  others.append(...rows.slice(10));
  rest.append(made("summary", `${rows.length - 10} more, each smaller`), others);
  return [first, rest];
}

/** Nested lists of columns named by their places: `pixels_0_1`. */
function gathered(name, prediction, columns) {
  const found = [];
  for (const column of columns) {
    const places = column.slice(name.length + 1).split("_").map(Number);
    if (!column.startsWith(`${name}_`) || places.some(Number.isNaN)) return null;
    let inside = found;
    for (const place of places.slice(0, -1)) inside = inside[place] ??= [];
    inside[places.at(-1)] = prediction[column];
  }
  return found;
}

function array(value) {
  const shape = shapeOf(value), seen = pictureShape(shape);
  const found = [made("p", `${shape ? shape.join(" × ") : "unequal"} numbers`, "soft")];
  if (seen && value.flat(2).every(each => typeof each === "number")) {
    const count = pictureCount(seen);
    for (let number = 0; number < count; number++) {
      const canvas = made("canvas");
      const [low, high] = paint(canvas, value, seen, number);
      const which = count > 1 ? `channel ${number}: ` : "";
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${which}the output as a picture`);
      found.push(canvas, made("p", `${which}black is ${shown(low)}, white is ${shown(high)}`, "soft"));
    }
  } else {
    found.push(made("pre", shortened(JSON.stringify(value))));
  }
  return found;
}

function shortened(text) {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} … ${text.length - MOST_TEXT} more characters` : text;
}

function headline(value) {
  const text = Array.isArray(value) ? value.map(shown).join(" ") : shown(value);
  return made("p", text || "(nothing)", `told${text.length > 60 ? " long" : ""}`);
}

function values(output, prediction, columns) {
  const nested = gathered(output.name, prediction, columns);
  if (nested && Array.isArray(nested[0])) return array(nested);
  return table(columns.map(column => [column, prediction[column]]));
}

function inside(output, prediction) {
  const {name} = output, found = [];
  const columns = Object.keys(output.columns).filter(column => column in prediction);
  const value = prediction[name];
  if (output.columns[name] === "array") return array(value);
  if (value !== undefined) found.push(headline(value));
  const rest = columns.filter(column => column !== name), prefix = `${name}_probability_`;
  if (output.kind === "values" && rest.length) return [...found, ...values(output, prediction, rest)];
  const likely = rest.filter(column => column.startsWith(prefix));
  const classes = likely.map(column => [column.slice(prefix.length), prediction[column]]);
  if (classes.length) found.push(...table(classes, String(value)));
  const others = rest.filter(column => !column.startsWith(prefix)).map(column => [column, prediction[column]]);
  if (others.length) found.push(...table(others));
  return found;
}

/** What is answered of inner nodes. */
function others(pairs) {
  const part = made("div", undefined, "output");
  const single = pairs.filter(([, value]) => !Array.isArray(value));
  part.append(made("h3", "inner nodes"), ...table(single));
  for (const [name, value] of pairs) {
    if (Array.isArray(value)) part.append(made("h3", name), ...array(value));
  }
  return part;
}

export function showAnswer(region, outputs, prediction, told) {
  const parts = outputs.map(output => {
    const part = made("div", undefined, "output");
    part.append(made("h3", output.name), ...inside(output, prediction));
    return part;
  });
  const known = new Set(outputs.flatMap(output => Object.keys(output.columns)));
  const more = Object.entries(prediction).filter(([column]) => !known.has(column));
  if (more.length) parts.push(others(more));
  const json = made("details");
  json.append(made("summary", "As JSON"), made("pre", shortened(JSON.stringify(prediction, null, 1))));
  region.replaceChildren(...told, ...parts, json);
}
