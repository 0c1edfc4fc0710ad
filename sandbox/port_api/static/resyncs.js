// The last resyncs: each with its kinds, newest first.

import { counted, el, moment, number, renew } from "./dom.js";

const NAMES = { pending: "starting", syncing: "running" };
const unfolded = new Map();
let before = "";

/** Shows resyncs in `place`, where they are not what was shown before. */
export function showResyncs(place, resyncs) {
  const now = JSON.stringify(resyncs);
  if (now === before) return;
  before = now;
  if (resyncs.length) renew(place, ...resyncs.map(resyncOf));
  else renew(place, el("p", { class: "empty muted" }, "No resync has been reported yet."));
}

function resyncOf(resync, position) {
  const open = unfolded.get(resync.id) ?? position < 3;
  const about = [moment(resync.began)];
  if (resync.seconds !== null) about.push(` · ${number(resync.seconds, 1)} s`);
  if (resync.deleted !== null) about.push(` · ${number(resync.deleted)} deleted`);
  const fold = el("details", { class: "resync", open },
    el("summary", { "data-key": resync.id },
      el("span", { class: "name" }, resync.integration), " ", badge(resync.state),
      el("span", { class: "about muted" }, ...about)),
    kindsOf(resync),
    ...messagesOf(resync, "The resync"));
  fold.addEventListener("toggle", () => unfolded.set(resync.id, fold.open));
  return fold;
}

function badge(state) {
  return el("span", { class: "badge", "data-state": state }, NAMES[state] ?? state);
}

function kindsOf(resync) {
  const heads = ["Items", "Requests", "Seconds", "Errors"];
  return el("div", { class: "scroll", role: "region", tabindex: "0",
    "aria-label": `Kinds of ${resync.integration}`, "data-key": `kinds ${resync.id}` },
    el("table", { class: "kinds" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Kind"),
        ...heads.map((head) => el("th", { scope: "col", class: "number" }, head)))),
      el("tbody", {}, ...resync.kinds.flatMap(rowsOf))));
}

function rowsOf(kind) {
  const cell = (text, more = "") => el("td", { class: `number ${more}` }, text);
  const row = el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "kind" }, ...broken(kind.kind)), " ",
      kind.state === "completed" ? null : badge(kind.state)),
    cell(number(kind.items)), cell(number(kind.requests)), cell(number(kind.seconds, 1)),
    cell(number(kind.errors), kind.errors ? "bad" : ""));
  const messages = messagesOf(kind, kind.kind);
  return messages.length
    ? [row, el("tr", { class: "told" }, el("td", { colspan: "5" }, ...messages))]
    : [row];
}

/** A path that may break behind its slashes. */
function broken(path) {
  return path.split(/(?<=.\/)/).flatMap((part, index) => (index ? [el("wbr"), part] : [part]));
}

function messagesOf({ messages, untold }, whose) {
  if (!messages.length) return [];
  const label = `${whose}: ${counted(messages.length + untold, "error message")}`;
  return [el("ul", { class: "messages", "aria-label": label },
    ...messages.map((message) => el("li", {}, message)),
    untold ? el("li", {}, `and ${number(untold)} more, in Ocean's log`) : null)];
}
