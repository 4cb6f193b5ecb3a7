// The live board: numbers, bars, hours of the day and tables. A card is redrawn only when it has changed: no flicker.
// A click sends {go: address}; Python goes there. On a wall screen the board covers the page, in large type, and turns
// from part to part when not everything fits. Texts become text nodes only.
const boards = new WeakMap();
const SVG = "http://www.w3.org/2000/svg";

export default function (component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  boards.get(root).show(component);
  return () => { boards.get(root)?.end(); boards.delete(root); };
}

const make = (tag, name = "", text = "") => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== "") node.textContent = text;
  return node;
};
const draw = (tag, attributes, title = "") => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (title) { const said = document.createElementNS(SVG, "title"); said.textContent = title; node.append(said); }
  return node;
};
const nice = (most) => {
  for (let size = 1; ; size *= 10) for (const step of [1, 2, 5]) if (step * size * 4 >= most) return step * size;
};

class Board {
  constructor(root) {
    this.wrap = make("div", "wrap");
    this.head = make("div", "head");
    this.grid = make("div", "grid");
    this.foot = make("div", "foot");
    this.old = make("div", "old");
    this.old.hidden = true;
    this.wrap.append(this.head, this.old, this.grid, this.foot);
    root.append(this.wrap);
    this.cards = new Map();
    this.part = 0;
    this.timers = [setInterval(() => this.tick(), 1000)];
    this.resized = () => this.lay();
    window.addEventListener("resize", this.resized);
  }

  end() {
    for (const timer of this.timers) clearInterval(timer);
    window.removeEventListener("resize", this.resized);
    this.wrap.remove();
  }

  show(component) {
    this.component = component;
    const data = component.data;
    const changed = !this.data || this.data.wall !== data.wall;
    if (!this.data || this.data.taken !== data.taken) this.heard = Date.now();
    this.data = data;
    this.wrap.classList.toggle("wall", data.wall);
    if (changed) this.headline();
    this.foot.textContent = data.asOf;
    const order = data.cards.map((card) => card.id);
    for (const [id, held] of this.cards) if (!order.includes(id)) { held.node.remove(); this.cards.delete(id); }
    data.cards.forEach((card, place) => {
      const said = JSON.stringify(card), held = this.cards.get(card.id);
      let node = held?.node;
      if (!held || held.said !== said) {
        const fresh = this.card(card);
        if (node) node.replaceWith(fresh);
        node = fresh;
        this.cards.set(card.id, { said, node });
      }
      if (this.grid.children[place] !== node) this.grid.insertBefore(node, this.grid.children[place] ?? null);
    });
    this.lay();
  }

  headline() {
    this.head.replaceChildren();
    if (!this.data.wall) return;
    this.clock = make("span", "clock");
    const leave = make("a", "leave", "✕");
    leave.href = "/live"; leave.title = this.data.leave; leave.setAttribute("aria-label", this.data.leave);
    this.dots = make("span", "dots");
    this.head.append(make("b", "", this.data.title), this.dots, this.clock, leave);
    this.turned = Date.now();
  }

  tick() {
    if (!this.data) return;
    const quiet = Date.now() - this.heard > 60000;
    this.old.hidden = !quiet;
    if (quiet) this.old.textContent = this.data.stale;
    if (!this.data.wall) return;
    this.clock.textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: this.data.zone });
    if (this.data.rotate && this.parts > 1 && Date.now() - this.turned >= this.data.rotate * 1000) {
      this.turned = Date.now();
      this.part = (this.part + 1) % this.parts;
      this.lay();
    }
  }

  lay() {  // on a wall only the cards of the present part are shown
    const cards = [...this.grid.children];
    for (const card of cards) card.hidden = false;
    this.parts = 1;
    if (!this.data.wall) return;
    const wide = 12, numbers = cards.filter((card) => card.classList.contains("number"));
    const rows = this.wrap.clientWidth < 700 ? 99 : Math.max(2, Math.round((this.wrap.clientHeight - 90) / 190));
    const parts = [[]];
    let column = 0, row = 0;
    for (const card of cards) {
      const span = Number(card.dataset.span), tall = numbers.includes(card) ? 1 : 2;
      if (column && (column + span > wide || tall !== this.tall)) { row += this.tall; column = 0; }
      if (row + tall > rows && parts.at(-1).length) { parts.push([]); row = 0; column = 0; }
      this.tall = tall;
      parts.at(-1).push(card);
      column += span;
    }
    this.parts = parts.length;
    this.part = Math.min(this.part, this.parts - 1);
    for (const card of cards) card.hidden = !parts[this.part].includes(card);
    this.dots.replaceChildren(...(this.parts > 1 ? parts.map((_part, n) => make("i", n === this.part ? "on" : "")) : []));
  }

  link(node, href, name) {
    if (!href || this.data.wall) return node;
    const link = node instanceof SVGElement ? node : make("a", "link");
    if (link !== node) { link.href = href; link.append(node); }
    link.setAttribute("aria-label", name);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
      event.preventDefault();
      this.component.setTriggerValue("go", href);
    });
    if (link === node) link.style.cursor = "pointer";
    return link;
  }

  card(card) {
    const box = make("section", `card ${card.kind} ${card.size}`);
    const spans = card.kind === "number" ? { s: 2, m: 3, l: 4 } : { s: 4, m: 6, l: 12 };
    box.dataset.span = spans[card.size];
    box.style.setProperty("--span", spans[card.size]);
    box.append(make("div", "title", card.title));
    if (card.empty && card.kind !== "hours" && !(card.rows?.length)) box.append(make("div", "empty", card.empty));
    else box.append(this[card.kind](card));
    return box;
  }

  number(card) {
    const body = make("div", "body");
    body.append(make("div", `value ${card.tone}`, card.value), make("div", "note", card.note || "\u00a0"));
    return this.link(body, card.href, `${card.title} ${card.value}`);
  }

  bars(card) {
    const most = Math.max(1, ...card.rows.map((row) => row.size)), list = make("div", "bars");
    for (const row of card.rows) {
      const line = make("div", `bar ${row.tone}`), track = make("div", "track"), fill = make("i");
      fill.style.width = `${row.size ? Math.max(1, (100 * row.size) / most) : 0}%`;
      track.append(fill);
      const label = make("span", "label", row.label);
      if (row.note) label.append(make("small", "", row.note));
      line.append(label, track, make("b", "", row.value));
      list.append(this.link(line, row.href, `${row.label} ${row.value}`));
    }
    return list;
  }

  table(card) {
    const table = make("table"), head = make("tr");
    for (const cell of card.head) head.append(make("th", "", cell));
    table.append(head);
    for (const row of card.rows) {
      const line = make("tr", row.tone ?? "");
      row.cells.forEach((text, place) => {
        const cell = make("td");
        cell.append(place === 0 ? this.link(make("span", "", text), row.href, text) : text);
        line.append(cell);
      });
      table.append(line);
    }
    return table;
  }

  frame(most, legend, colours) {
    const body = make("div", "plot"), picture = draw("svg", { viewBox: "0 0 480 190", role: "img", "aria-label": legend.join(", ") });
    const step = nice(most), top = step * Math.max(1, Math.ceil(most / step));
    const x = (hour) => 34 + hour * 18.4, y = (value) => 166 - (152 * value) / top;
    for (let value = 0; value <= top; value += step) {
      picture.append(draw("line", { x1: 34, x2: 476, y1: y(value), y2: y(value), class: "rule" }));
      const text = draw("text", { x: 29, y: y(value) + 4, class: "axis", "text-anchor": "end" });
      text.textContent = value.toLocaleString();
      picture.append(text);
    }
    for (let hour = 0; hour < 24; hour += 3) {
      const text = draw("text", { x: x(hour + 0.5), y: 183, class: "axis", "text-anchor": "middle" });
      text.textContent = String(hour).padStart(2, "0");
      picture.append(text);
    }
    const said = make("div", "legend");
    legend.forEach((text, place) => { const key = make("span", colours[place], text); said.append(key); });
    body.append(picture, said);
    return { body, picture, x, y };
  }

  hours(card) {
    const most = Math.max(1, ...card.bars.map((n) => n ?? 0), ...card.high.map((n) => n ?? 0), ...card.normal.map((n) => n ?? 0));
    const known = card.normal.some((n) => n !== null);
    const { body, picture, x, y } = this.frame(most, known ? card.legend : card.legend.slice(0, 1), ["k-bar", "k-line", "k-band"]);
    if (known) {
      const edge = (values) => values.flatMap((n, hour) => [[x(hour), y(n)], [x(hour + 1), y(n)]]);
      const points = [...edge(card.high), ...edge(card.low).reverse()].map((pair) => pair.join(",")).join(" ");
      picture.append(draw("polygon", { points, class: "band" }));
    }
    card.bars.forEach((n, hour) => {
      if (n === null) return;
      const usual = card.normal[hour] === null ? "" : ` / ${card.normal[hour].toLocaleString()}`;
      const name = `${String(hour).padStart(2, "0")}:00 · ${n.toLocaleString()}${usual}`;
      const bar = draw("rect", { x: x(hour) + 3, width: 12.4, y: y(n), height: Math.max(0, 166 - y(n)), class: "column", rx: 1.5 }, name);
      picture.append(this.link(bar, card.hrefs[hour], name));
    });
    if (known) {
      const line = card.normal.flatMap((n, hour) => [[x(hour), y(n)], [x(hour + 1), y(n)]]).map((pair) => pair.join(",")).join(" ");
      picture.append(draw("polyline", { points: line, class: "usual" }));
    }
    if (card.empty) body.append(make("div", "note", card.empty));
    return body;
  }

  pace(card) {
    const most = Math.max(card.goal, ...card.points.map((point) => point[2]));
    const { body, picture, x, y } = this.frame(most, card.legend, ["k-bar", "k-late", "k-line"]);
    picture.append(draw("line", { x1: 34, x2: 476, y1: y(card.goal), y2: y(card.goal), class: "usual" }));
    for (const [place, name] of [[2, "late"], [1, "quick"]]) {
      const points = card.points.map((point) => [x(point[0] + 0.5), y(point[place])].join(",")).join(" ");
      picture.append(draw("polyline", { points, class: name }));
      for (const point of card.points) {
        const said = `${String(point[0]).padStart(2, "0")}:00 · ${point[place].toFixed(1)} ${card.unit}`;
        picture.append(draw("circle", { cx: x(point[0] + 0.5), cy: y(point[place]), r: 3, class: `${name} dot` }, said));
      }
    }
    return body;
  }
}
