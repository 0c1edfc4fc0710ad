// Graphs: dagre says where the nodes stand, this draws them.

import dagre from "./vendor/dagre.esm.js";
import { el, number, renew, svg } from "./dom.js";

const LETTER = 7.4;
const SMALL_LETTER = 6.4;
const NARROW = 560;
const LONGEST = 24;

/** Draws blueprints and their relations; `choose(identifier)` is called for one that is clicked,
 * with "" where it was chosen already. */
export function drawBlueprints(place, blueprints, chosen, choose) {
  const narrow = place.clientWidth < NARROW;
  const now = JSON.stringify([blueprints, chosen, narrow]);
  if (place.drawn === now) return;
  place.drawn = now;
  if (!blueprints.length) {
    renew(place, el("p", { class: "empty muted" }, "The catalog has no blueprints yet."));
    return;
  }
  const nodes = blueprints.map(({ identifier, title, entities }) => ({
    key: identifier, title, detail: number(entities), pressed: identifier === chosen,
    label: `${title}, ${number(entities)} entities`,
    choose: () => choose(identifier === chosen ? "" : identifier),
  }));
  const known = new Set(blueprints.map(({ identifier }) => identifier));
  const edges = blueprints.flatMap(({ identifier, relations }) => relations
    .filter(({ target }) => known.has(target))
    .map(({ name, target, many }) => ({ from: identifier, to: target,
      label: many ? `${name} *` : name })));
  draw(place, nodes, edges, narrow, "Blueprints and relations");
}

/** Draws an entity, with the entities it is related to gathered by relation. */
export function drawNeighbours(place, entity, groups, title) {
  const own = entity.title || entity.identifier;
  const nodes = [{ key: "own", title: own, detail: title(entity.blueprint), pressed: true }];
  const edges = [];
  groups.forEach(({ relation, blueprint, way, total, entities }, index) => {
    const [first] = entities;
    const kind = title(blueprint);
    nodes.push({ key: `group ${index}`, ...(total === 1 && first
      ? { title: first.title || first.identifier, detail: kind }
      : { title: kind, detail: `${number(total)} entities` }) });
    const ends = [`group ${index}`, "own"];
    const [from, to] = way === "in" ? ends : ends.reverse();
    edges.push({ from, to, label: relation });
  });
  const narrow = document.documentElement.clientWidth < NARROW;
  draw(place, nodes, edges, narrow, `Relations of ${own}`);
}

function draw(place, nodes, edges, narrow, name) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: narrow ? "TB" : "LR", nodesep: 18, ranksep: 36, edgesep: 12,
    marginx: 6, marginy: 6 });
  for (const node of nodes) {
    const letters = Math.min(Math.max(node.title.length, node.detail.length), LONGEST);
    graph.setNode(node.key, { width: Math.max(86, letters * LETTER + 36), height: 50 });
  }
  edges.forEach(({ from, to, label }, index) => graph.setEdge(from, to, {
    width: Math.min(label.length, LONGEST) * SMALL_LETTER + 8, height: 16, labelpos: "c" }, index));
  dagre.layout(graph);
  const { width, height } = graph.graph();
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group",
    "aria-label": name });
  drawing.append(svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4,
    markerWidth: 8, markerHeight: 8, orient: "auto-start-reverse" },
  svg("path", { d: "M0 0 8 4 0 8z", class: "arrow" }))));
  edges.forEach(({ from, to, label }, index) =>
    drawing.append(edgeOf(graph.edge(from, to, index), label)));
  for (const node of nodes) drawing.append(nodeOf(graph.node(node.key), node));
  renew(place, drawing);
}

function edgeOf({ points, x, y }, label) {
  return svg("g", { class: "edge" },
    svg("path", { d: curve(points), "marker-end": "url(#arrow)" }),
    svg("text", { x, y, "text-anchor": "middle", "dominant-baseline": "central" }, cut(label)));
}

/** Through the middles between the points, bent at the points. */
function curve(points) {
  const [start, ...rest] = points.map(({ x, y }) => [x, y]);
  const last = rest.pop();
  const bends = rest.map(([x, y], index) => {
    const [nextX, nextY] = rest[index + 1] ?? last;
    const end = index + 1 < rest.length ? [(x + nextX) / 2, (y + nextY) / 2] : last;
    return `Q${x} ${y} ${end[0]} ${end[1]}`;
  });
  return `M${start[0]} ${start[1]}${bends.length ? bends.join("") : `L${last[0]} ${last[1]}`}`;
}

function nodeOf({ x, y, width, height }, { key, title, detail, pressed, label, choose }) {
  const acts = choose && { role: "button", tabindex: "0", "aria-label": label,
    "aria-pressed": String(pressed), "data-key": key, onclick: choose,
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    } };
  return svg("g", { class: pressed ? "node chosen" : "node", ...acts },
    svg("title", {}, title),
    svg("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 9 }),
    svg("text", { x, y: y - 8, class: "title" }, cut(title)),
    svg("text", { x, y: y + 11, class: "detail" }, detail));
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
