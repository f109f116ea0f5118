"use strict";
const view = document.getElementById("view");
const svg = view.querySelector("svg");
const panel = document.getElementById("panel");
const details = JSON.parse(document.getElementById("details").textContent);
const width = svg.viewBox.baseVal.width, height = svg.viewBox.baseVal.height;
let scale = 1, x = 0, y = 0;

function place() {
  svg.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
}

function fit() {
  scale = Math.min(view.clientWidth / width, view.clientHeight / height, 1.5);
  if (scale < 0.45) scale = Math.min(view.clientWidth / width, 1);
  x = Math.max((view.clientWidth - width * scale) / 2, 0);
  y = Math.max((view.clientHeight - height * scale) / 2, 0);
  place();
}

function zoom(factor, cx, cy) {
  const next = Math.min(Math.max(scale * factor, 0.02), 8);
  x = cx - (cx - x) * next / scale;
  y = cy - (cy - y) * next / scale;
  scale = next;
  place();
}

function zoomMiddle(factor) {
  zoom(factor, view.clientWidth / 2, view.clientHeight / 2);
}

view.addEventListener("wheel", event => {
  event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.deltaMode !== 0 || Math.abs(event.deltaY) >= 50) {
    zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 60) / 240),
      event.clientX, event.clientY);
  } else {
    x -= event.deltaX;
    y -= event.deltaY;
    place();
  }
}, {passive: false});

const fingers = new Map();
let moved = false;
view.addEventListener("pointerdown", event => {
  fingers.set(event.pointerId, event);
  moved = false;
});
view.addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
  if (!moved && Math.hypot(dx, dy) < 4) return;
  if (!moved) {
    moved = true;
    view.setPointerCapture(event.pointerId);
    view.classList.add("dragging");
  }
  if (fingers.size === 2) pinch(event, before);
  else {
    x += dx;
    y += dy;
    place();
  }
  fingers.set(event.pointerId, event);
});
for (const kind of ["pointerup", "pointercancel"]) {
  view.addEventListener(kind, event => {
    fingers.delete(event.pointerId);
    view.classList.remove("dragging");
  });
}

function pinch(event, before) {
  const other = [...fingers.values()].find(finger => finger.pointerId !== event.pointerId);
  const distance = point => Math.hypot(point.clientX - other.clientX, point.clientY - other.clientY);
  zoom(distance(event) / Math.max(distance(before), 1),
    (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
}

const nodes = new Map();
for (const group of svg.querySelectorAll("[data-key]")) nodes.set(group.dataset.key, group);
const edges = new Map();
for (const edge of svg.querySelectorAll(".edge")) {
  for (const key of [edge.dataset.from, edge.dataset.to]) {
    if (!edges.has(key)) edges.set(key, []);
    edges.get(key).push(edge);
  }
}

function highlight(key) {
  for (const group of svg.querySelectorAll(".near")) group.classList.remove("near");
  svg.classList.toggle("focus", key !== null);
  if (key === null) return;
  nodes.get(key).classList.add("near");
  for (const edge of edges.get(key) || []) {
    edge.classList.add("near");
    for (const end of [edge.dataset.from, edge.dataset.to]) nodes.get(end)?.classList.add("near");
  }
}

svg.addEventListener("mouseover", event => {
  const node = event.target.closest(".node");
  highlight(node && node.dataset.key in details ? node.dataset.key : null);
});
svg.addEventListener("mouseleave", () => highlight(null));

function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

let chosen = null;

function show(key) {
  svg.querySelector(".chosen")?.classList.remove("chosen");
  const box = details[key];
  chosen = box ? key : null;
  if (location.protocol !== "about:")  // a frame without an address of its own
    history.replaceState(null, "", box ? `#${encodeURIComponent(key)}` : location.pathname);
  panel.hidden = !box;
  if (!box) return;
  nodes.get(key).classList.add("chosen");
  const header = element("header", box.type, box.colour);
  header.style.background = `var(--${box.colour})`;
  header.prepend(element("b", box.name));
  const table = document.createElement("table");
  const rows = [["path", key], ...box.facts];
  if (box.shared) rows.push(["shared", box.shared]);
  if (box.times > 1) rows.push(["copies", box.times]);
  rows.sort(([, one], [, other]) => (one === "None") - (other === "None"));
  for (const [name, value] of rows) {
    const row = table.insertRow();
    row.append(element("td", name), element("td", value));
  }
  panel.replaceChildren(header, ...box.messages.map(text => element("p", text, box.level)), table);
}

svg.addEventListener("click", event => {
  if (moved) return;
  const group = event.target.closest("[data-key]");
  show(group ? group.dataset.key : null);
});

document.getElementById("in").onclick = () => zoomMiddle(1.3);
document.getElementById("out").onclick = () => zoomMiddle(1 / 1.3);
document.getElementById("fit").onclick = fit;
document.getElementById("theme").onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
};
let fitted = view.clientWidth;
addEventListener("resize", () => {
  if (view.clientWidth !== fitted) fit();  // a phone's keyboard changes the height alone
  fitted = view.clientWidth;
});
fit();
