// The page: asks for the state once a second, and shows it where it has changed.

import { counted } from "./dom.js";
import { Entities } from "./entities.js";
import { EntityDialog } from "./entity.js";
import { drawBlueprints } from "./graph.js";
import { showResyncs } from "./resyncs.js";

const EVERY_MS = 1000;
const PATIENCE_MS = 10000;

const live = document.getElementById("live");
const graph = document.getElementById("graph");
const entities = new Entities((blueprint, identifier) => dialog.open(blueprint, identifier));
const dialog = new EntityDialog((blueprint) => entities.title(blueprint));

let tag = "";

function tell(state, text) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = text;
}

function drawGraph() {
  drawBlueprints(graph, entities.blueprints, entities.blueprint,
    (blueprint) => entities.choose(blueprint));
}

function show({ blueprints, resyncs }) {
  const total = blueprints.reduce((sum, blueprint) => sum + blueprint.entities, 0);
  document.getElementById("totals").textContent =
    `${counted(blueprints.length, "blueprint")}, ${counted(total, "entity", "entities")}`;
  entities.update(blueprints);
  drawGraph();
  showResyncs(document.getElementById("resyncs"), resyncs);
  dialog.refresh();
}

async function ask() {
  const answer = await fetch("/sandbox/state", {
    cache: "no-store",
    headers: tag ? { "If-None-Match": tag } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const state = await answer.json();
  show(state);
  tag = answer.headers.get("ETag") ?? "";
}

async function follow() {
  // A page that nobody looks at asks nothing.
  if (!document.hidden) {
    try {
      await ask();
      tell("live", "Live");
    } catch (error) {
      console.warn(error);
      tell("lost", "Not reachable, trying again");
    }
  }
  setTimeout(follow, EVERY_MS);
}

entities.onchoice = drawGraph;
new ResizeObserver(drawGraph).observe(graph);
follow();
