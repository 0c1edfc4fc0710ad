// The table of entities: one page of them at a time, by blueprint and search.

import { el, moment, number, renew, shown } from "./dom.js";

const PAGE = 100;
const COLUMNS = 4;
const WAIT_MS = 200;

export class Entities {
  /** `open(blueprint, identifier)` is called for the entity that is chosen. */
  constructor(open) {
    this.open = open;
    this.onchoice = () => {};
    this.blueprints = [];
    this.skip = 0;
    this.asked = 0;
    this.before = "";
    this.select = document.getElementById("blueprint");
    this.search = document.getElementById("search");
    this.table = document.getElementById("entities");
    this.previous = document.getElementById("previous");
    this.next = document.getElementById("next");
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.search.addEventListener("input", () => this.searchSoon());
    this.previous.addEventListener("click", () => this.turn(-PAGE));
    this.next.addEventListener("click", () => this.turn(PAGE));
  }

  /** The identifier of the blueprint that is shown; empty for all. */
  get blueprint() {
    return this.select.value;
  }

  /** Takes what the catalog holds now, and asks for the page anew. */
  update(blueprints) {
    const chosen = this.blueprint;
    const options = blueprints.map(({ identifier, title, entities }) =>
      el("option", { value: identifier }, `${title} (${number(entities)})`));
    const labels = options.map((option) => `${option.value} ${option.textContent}`).join("\n");
    if (labels !== this.labels) {
      this.labels = labels;
      this.select.replaceChildren(el("option", { value: "" }, "All"), ...options);
      this.select.value = blueprints.some((one) => one.identifier === chosen) ? chosen : "";
    }
    this.blueprints = blueprints;
    return this.load();
  }

  title(blueprint) {
    return this.blueprints.find((one) => one.identifier === blueprint)?.title ?? blueprint;
  }

  choose(blueprint) {
    this.select.value = blueprint;
    this.skip = 0;
    this.onchoice();
    return this.load();
  }

  searchSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.skip = 0;
      this.load();
    }, WAIT_MS);
  }

  turn(by) {
    this.skip = Math.max(0, this.skip + by);
    this.table.parentElement.scrollTop = 0;
    return this.load();
  }

  async load() {
    const asked = ++this.asked;
    const blueprint = this.blueprint;
    const query = new URLSearchParams({ search: this.search.value, skip: this.skip, limit: PAGE });
    if (blueprint) query.set("blueprint", blueprint);
    let page;
    try {
      const answer = await fetch(`/sandbox/page?${query}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      page = await answer.json();
    } catch (error) {
      console.warn(error);
      document.getElementById("range").textContent = "The entities could not be read.";
      return;
    }
    // A later question has been asked: this answer is to one that nobody asks any more.
    if (asked !== this.asked) return;
    if (page.skip && page.skip >= page.total) {
      this.skip = Math.max(0, Math.ceil(page.total / PAGE) - 1) * PAGE;
      await this.load();
      return;
    }
    this.show(page, blueprint);
  }

  show(page, blueprint) {
    const { total, skip, entities } = page;
    const words = this.search.value.trim();
    const found = words ? ` that hold “${words}”` : "";
    document.getElementById("range").textContent = entities.length
      ? `${number(skip + 1)}–${number(skip + entities.length)} of ${number(total)}${found}`
      : `No entities${found}`;
    this.previous.disabled = skip === 0;
    this.next.disabled = skip + entities.length >= total;
    const about = this.blueprints.find((one) => one.identifier === blueprint);
    const now = JSON.stringify([about?.properties, about?.relations, entities]);
    if (now === this.before) return;
    this.before = now;
    const columns = about ? columnsOf(about) : [["Blueprint", (one) => this.title(one.blueprint)]];
    renew(this.table.tHead, el("tr", {}, ...["Identifier", "Title"].map(head),
      ...columns.map(([name]) => head(name)), head("Updated")));
    renew(this.table.tBodies[0], ...entities.map((entity) => this.row(entity, columns)));
  }

  row(entity, columns) {
    const { blueprint, identifier } = entity;
    const open = el("button", { type: "button", class: "link", title: identifier,
      "data-key": `${blueprint}/${identifier}`,
      onclick: () => this.open(blueprint, identifier) }, identifier);
    return el("tr", {}, el("th", { scope: "row" }, open), cell(entity.title),
      ...columns.map(([, value]) => cell(value(entity))), el("td", {}, moment(entity.updatedAt)));
  }
}

/** Relations first, then as many properties as fit. */
function columnsOf({ relations, properties }) {
  return [
    ...relations.map(({ name }) => [name, (one) => one.relations[name]]),
    ...properties.map((name) => [name, (one) => one.properties[name]]),
  ].slice(0, COLUMNS);
}

function head(text) {
  return el("th", { scope: "col" }, text);
}

function cell(value) {
  const text = shown(value);
  return el("td", { title: text.length > 30 ? text : null }, text);
}
