// Elements and numbers. Whatever comes from the catalog is set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const numbers = new Intl.NumberFormat("en");

/** A new HTML element. Children are elements or texts; a function named on… listens to that event. */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** A new SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Replaces what an element holds; the focus stays on what has the same data-key. */
export function renew(element, ...children) {
  const held = document.activeElement;
  const key = element.contains(held) ? held.dataset.key : undefined;
  element.replaceChildren(...children);
  if (key === undefined) return;
  const again = [...element.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  again?.focus({ preventScroll: true });
}

/** A number for people; – where there is none. */
export function number(value, digits = 0) {
  if (value === null || value === undefined) return "–";
  return digits ? value.toFixed(digits) : numbers.format(value);
}

/** One item, two items. */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A value of an entity in one line. */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value) && value.every((part) => typeof part !== "object"))
    return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A moment, as the clock shows it here. */
export function moment(iso) {
  const at = new Date(iso);
  const time = el("time", { datetime: iso, title: at.toLocaleString() });
  const today = at.toDateString() === new Date().toDateString();
  time.textContent = today ? at.toLocaleTimeString() : at.toLocaleString();
  return time;
}
