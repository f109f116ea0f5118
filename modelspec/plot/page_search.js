const query = document.getElementById("query");
const count = document.getElementById("count");
const texts = new Map(Object.entries(details).map(([key, box]) => {
  const said = box.facts.filter(([name]) => name.startsWith("output")).map(([, value]) => value);
  return [key, [key, box.name, box.type, box.shared, ...said].join(" ").toLowerCase()];
}));
let hits = [], hit = 0;

function middle(key) {
  const box = nodes.get(key).getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

function goTo(key) {
  show(key);
  if (scale < 0.6) scale = 1;
  const [cx, cy] = middle(key);
  const free = panel.hidden || innerWidth <= 640 ? view.clientWidth : view.clientWidth - 314;
  const high = panel.hidden || innerWidth > 640 ? view.clientHeight : view.clientHeight * 0.55;
  x = free / 2 - cx * scale;
  y = high / 2 - cy * scale;
  place();
}

function find() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const named = key => details[key].name.toLowerCase().startsWith(words[0]) ? 0 : 1;
  hits = words.length ? [...texts.keys()].filter(key => nodes.has(key)
    && words.every(word => texts.get(key).includes(word))) : [];
  hits.sort((one, other) => named(one) - named(other));
  for (const group of svg.querySelectorAll(".hit")) group.classList.remove("hit");
  for (const key of hits) nodes.get(key).classList.add("hit");
  svg.classList.toggle("searched", hits.length > 0);
  turnTo(0);
}

function turnTo(place) {
  hit = hits.length ? (place + hits.length) % hits.length : 0;
  count.value = hits.length ? `${hit + 1} of ${hits.length}` : query.value.trim() ? "no node" : "";
  if (hits.length) goTo(hits[hit]);
  else show(null);
}

function leave() {
  query.value = "";
  query.blur();
  find();
}

query.addEventListener("input", find);
document.getElementById("search").addEventListener("submit", event => event.preventDefault());
query.addEventListener("keydown", event => {
  const turn = {Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1}[event.key];
  if (turn) turnTo(hit + turn);
  else if (event.key === "Escape") leave();
  else return;
  event.preventDefault();
});

function nearest(dx, dy) {
  const [fromX, fromY] = middle(chosen);
  let best = null, least = Infinity;
  for (const [key, group] of nodes) {
    if (key === chosen || !(key in details) || !group.matches(".node")) continue;
    const [toX, toY] = middle(key);
    const along = (toX - fromX) * dx + (toY - fromY) * dy;
    const aside = Math.abs((toX - fromX) * dy) + Math.abs((toY - fromY) * dx);
    if (along > 1 && along + 2 * aside < least) [best, least] = [key, along + 2 * aside];
  }
  return best;
}

function walk(dx, dy) {
  if (chosen === null) {
    x -= 60 * dx;
    y -= 60 * dy;
    place();
    return;
  }
  const next = nearest(dx, dy);
  if (next !== null) goTo(next);
}

const arrows = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
addEventListener("keydown", event => {
  if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in arrows) walk(...arrows[event.key]);
  else if (event.key === "/") query.focus();
  else if (event.key === "+" || event.key === "=") zoomMiddle(1.3);
  else if (event.key === "-") zoomMiddle(1 / 1.3);
  else if (event.key === "0") fit();
  else if (event.key === "Escape") leave();
  else return;
  event.preventDefault();
});

const asked = decodeURIComponent(location.hash.slice(1));
if (asked in details) goTo(asked);
