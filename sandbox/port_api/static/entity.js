// One entity: its properties, what it relates to and what relates to it.

import { el, moment, number, renew, shown } from "./dom.js";
import { drawNeighbours } from "./graph.js";

export class EntityDialog {
  /** `title(blueprint)` is the title of a blueprint. */
  constructor(title) {
    this.title = title;
    this.dialog = document.getElementById("entity");
    this.body = document.getElementById("entity-body");
    this.heading = document.getElementById("entity-title");
    this.before = "";
    document.getElementById("entity-close").addEventListener("click", () => this.dialog.close());
  }

  async open(blueprint, identifier) {
    this.shown = { blueprint, identifier };
    await this.load();
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.heading.focus({ preventScroll: true });
  }

  /** Asks anew for the entity that is open. */
  async refresh() {
    if (this.dialog.open) await this.load();
  }

  async load() {
    const asked = this.shown;
    const answer = await fetch(`/sandbox/entity?${new URLSearchParams(asked)}`, {
      cache: "no-store",
    }).catch(() => null);
    if (asked !== this.shown) return;
    const told = answer?.ok ? await answer.json() : null;
    const now = JSON.stringify([asked, told]);
    if (now === this.before) return;
    this.before = now;
    document.getElementById("entity-blueprint").textContent = this.title(asked.blueprint);
    this.heading.textContent = told?.entity.title || asked.identifier;
    if (told) this.show(told);
    else renew(this.body, el("p", {}, answer?.status === 404
      ? "This entity is not in the catalog any more." : "The entity could not be read."));
  }

  show({ entity, relations }) {
    const facts = [["Identifier", entity.identifier], ...Object.entries(entity.properties)];
    const graph = el("div", { class: "graph" });
    const some = relations.filter((group) => group.total);
    renew(this.body,
      el("dl", { class: "facts" }, ...facts.flatMap(([name, value]) =>
        [el("dt", {}, name), el("dd", {}, shown(value))]),
      el("dt", {}, "Updated"), el("dd", {}, moment(entity.updatedAt))),
      el("h3", {}, "Relations"),
      some.length ? graph : el("p", { class: "muted" }, "This entity is related to no other."),
      ...some.map((group) => this.group(group)));
    if (some.length) drawNeighbours(graph, entity, some, this.title);
  }

  group({ relation, blueprint, way, total, entities }) {
    const kind = this.title(blueprint);
    const label = way === "out" ? `${relation} → ${kind}` : `${kind} → ${relation}`;
    const more = total > entities.length ? `first ${entities.length} of ${number(total)}` : total;
    return el("section", { class: "relation" },
      el("h4", {}, label, " ", el("span", { class: "muted" }, `(${more})`)),
      el("ul", {}, ...entities.map((one) => el("li", {}, one.missing
        ? el("span", { class: "muted" }, `${one.identifier} (not in the catalog)`)
        : el("button", { type: "button", class: "link",
          "data-key": `${way} ${relation} ${blueprint}/${one.identifier}`,
          onclick: () => this.open(blueprint, one.identifier) },
        one.title || one.identifier)))));
  }
}
