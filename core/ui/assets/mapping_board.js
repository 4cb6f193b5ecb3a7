// The mapping board: source fields left, target fields right, lines between. It owns the drag and the map of links while
// a person works and sends the whole map once per finished action; Python validates and answers with chips and problems.
// Python's map replaces ours only when `version` changes. Text from outside becomes text nodes only.
const boards = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  const board = boards.get(root);
  board.show(component);
  return () => { board.close(); boards.delete(root); };
}

const SVG = "http://www.w3.org/2000/svg";
const make = (tag, name = "", text = "") => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
};

class Board {
  constructor(root) {
    this.box = make("div", "board");
    this.source = new Side("source", () => this.later());
    this.target = new Side("target", () => this.later());
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.chips = make("div", "chips");
    this.live = make("div", "live");
    this.live.setAttribute("aria-live", "polite");
    this.box.append(this.source.box, make("div"), this.target.box, this.svg, this.chips, this.live);
    root.append(this.box);
    this.links = {}; this.version = null; this.picked = null; this.sent = 0; this.lit = null;
    this.sizes = new ResizeObserver(() => { this.box.classList.toggle("narrow", this.box.clientWidth < 640); this.refresh(); });
    this.sizes.observe(this.box);
    this.source.list.onpointerdown = (event) => this.down(event);
    // Once a finger drags, the browser must not take the movement for scrolling.
    const hold = (event) => { if (this.dragging && event.cancelable) event.preventDefault(); };
    this.source.list.addEventListener("touchmove", hold, { passive: false });
    this.source.box.onkeydown = (event) => this.key(event, this.source);
    this.target.box.onkeydown = (event) => this.key(event, this.target);
    this.target.list.onclick = (event) => this.clicked(event);
    this.box.onpointerover = (event) => {
      const row = event.target.closest?.(".row");
      if (row !== this.lit) { this.lit = row; this.later(); }
    };
  }

  close() { this.sizes.disconnect(); cancelAnimationFrame(this.frame); this.stop?.(); this.box.remove(); }

  show(component) {
    this.component = component;
    this.data = component.data;
    const { version, links, source, target, texts } = this.data;
    if (version !== this.version) { this.version = version; this.links = structuredClone(links); this.picked = null; }
    this.source.fill(source, texts.source, texts, (item, row) => {
      // The last key says most: where the room is short it stays and what leads to it is cut.
      const name = make("span", "name path"), cut = item.label.lastIndexOf(".") + 1;
      name.append(make("span", "lead", item.label.slice(0, cut)), make("span", "last", item.label.slice(cut)));
      row.append(name, make("span", "port"), make("span", "more", item.sample || "–"));
      row.title = `${item.label}\n${item.sample || ""}`;
    });
    this.target.fill(target, texts.target, texts, (item, row) => {
      const name = make("span", "name", item.label);
      if (item.required) name.append(make("i", "star", "*"));
      if (item.own) name.append(make("i", "own", texts.own));
      row.append(make("span", "port"), name, make("span", "more", `${item.name} · ${item.kind}`));
    });
    this.refresh();
  }

  // What hangs on the links and on Python's answer, without rebuilding rows: scroll and focus stay.
  refresh() {
    if (!this.data) return;
    const narrow = this.box.classList.contains("narrow");
    const used = new Set(Object.values(this.links).flat());
    for (const [id, row] of this.source.rows) {
      row.classList.toggle("on", used.has(id));
      row.classList.toggle("picked", id === this.picked);
      row.setAttribute("aria-selected", String(id === this.picked));
    }
    let open = 0;
    for (const item of this.data.target) {
      const row = this.target.rows.get(item.id), on = item.id in this.links, missing = item.required && !on;
      open += missing ? 1 : 0;
      row.classList.toggle("on", on);
      row.classList.toggle("open", missing);
      row.classList.toggle("bad", on && Boolean(item.problem));
      row.classList.toggle("legal", this.legal(this.picked, item.id));
      row.title = item.problem || `${item.label} (${item.name})`;
      row.setAttribute("aria-label", this.spoken(item, on, missing));
      this.cut(row, item, on);
      row.querySelector(".chip")?.remove();
      if (narrow && on) row.append(this.chip(item));
    }
    const mapped = Object.keys(this.links).length, { texts } = this.data;
    this.source.count(`${used.size} / ${this.data.source.length}`, false);
    this.target.count(open ? texts.open.replace("{n}", open) : `${mapped} / ${this.data.target.length}`, open > 0);
    this.box.classList.toggle("choosing", this.picked !== null);
    this.later();
  }

  spoken(item, on, missing) {
    const { texts } = this.data;
    const state = on ? `${texts.from} ${this.links[item.id].join(", ")}` : missing ? texts.missing : texts.empty;
    return [item.label, item.kind, state, item.problem].filter(Boolean).join(", ");
  }

  cut(row, item, on) {
    let button = row.querySelector(".cut");
    if (on && !button && !this.data.locked) {
      button = make("button", "cut", "×");
      button.type = "button"; button.tabIndex = -1;
      row.append(button);
    }
    if (button) button.setAttribute("aria-label", `${this.data.texts.remove} ${item.label}`);
    if (button && !on) button.remove();
  }

  // A line field never feeds an order field: it has many values. Python checks again.
  legal(source, target) {
    if (source === null || this.data.locked) return false;
    const from = this.source.items.get(source), to = this.target.items.get(target);
    return Boolean(from && to && (from.scope !== "line" || to.scope === "line"));
  }

  link(source, target) {
    const { texts } = this.data, to = this.target.items.get(target);
    if (!this.legal(source, target)) { this.say(texts.refused); this.picked = null; this.refresh(); return; }
    this.links[target] = [source];
    this.picked = null;
    this.say(`${this.source.items.get(source).label} → ${to.label}`);
    this.send();
  }

  unlink(target) {
    if (!(target in this.links) || this.data.locked) return;
    delete this.links[target];
    this.say(`${this.data.texts.removed} ${this.target.items.get(target).label}`);
    this.send();
  }

  send() {
    this.refresh();
    this.sent += 1;
    this.component.setStateValue("work", { base: this.version, sent: this.sent, links: structuredClone(this.links) });
  }

  say(text) { this.live.textContent = text; }

  pick(id) {
    this.picked = this.picked === id || this.data.locked ? null : id;
    if (this.picked) this.say(`${this.source.items.get(id).label}: ${this.data.texts.choose}`);
    this.refresh();
  }

  clicked(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    if (event.target.closest(".cut")) this.unlink(row.dataset.id);
    else if (this.picked !== null) this.link(this.picked, row.dataset.id);
    else this.open(row.dataset.id);
  }

  open(target) { this.component.setTriggerValue("opened", target); }

  key(event, side) {
    const row = event.target.closest?.(".row"), other = side === this.source ? this.target : this.source;
    if (event.key === "Escape" && this.picked !== null) { const id = this.picked; this.pick(id); this.source.focus(id); return; }
    if (!row) { if (event.key === "ArrowDown") { event.preventDefault(); side.step(null, 1); } return; }
    const id = row.dataset.id;
    const act = {
      ArrowDown: () => side.step(row, 1), ArrowUp: () => side.step(row, -1),
      ArrowRight: () => other === this.target && this.target.step(null, 1),
      ArrowLeft: () => other === this.source && this.source.focus(this.links[id]?.[0]),
      Delete: () => side === this.target && this.unlink(id), Backspace: () => side === this.target && this.unlink(id),
      Enter: () => this.chosen(side, id), " ": () => this.chosen(side, id),
    }[event.key];
    if (act && !event.target.closest(".cut")) { event.preventDefault(); act(); }
  }

  chosen(side, id) {
    if (side === this.source) {
      this.pick(id);
      if (this.picked) this.target.step(null, 1, (row) => row.classList.contains("legal"));
    } else if (this.picked !== null) this.link(this.picked, id);
    else this.open(id);
  }

  down(event) {
    const row = event.target.closest(".row");
    if (!row || event.button > 0 || !event.isPrimary) return;
    const from = [event.clientX, event.clientY], id = row.dataset.id, onPort = Boolean(event.target.closest(".port"));
    let dragging = false;
    const move = (e) => {
      const across = e.clientX - from[0], down = e.clientY - from[1];
      if (!dragging) {
        if (Math.hypot(across, down) < 6 || this.data.locked) return;
        // A finger that goes rather straight up or down scrolls the list, unless it took the port.
        if (e.pointerType === "touch" && !onPort && Math.abs(down) > 2 * Math.abs(across)) { this.stop(); return; }
        dragging = this.dragging = true;
        this.picked = id;
        try { row.setPointerCapture(event.pointerId); } catch { /* the pointer has gone: its end event follows */ }
        this.box.classList.add("dragging");
        this.refresh();
      }
      this.free = [row, e.clientX, e.clientY];
      this.hot(this.under(e));
      this.target.pull(e.clientY);
      this.later();
    };
    const up = (e) => {
      this.stop();
      if (!dragging) { this.pick(id); row.focus({ preventScroll: true }); return; }
      const over = this.under(e);
      if (over) this.link(id, over.dataset.id);
      else { this.picked = null; this.refresh(); }
    };
    const lost = () => { this.stop(); if (dragging) { this.picked = null; this.refresh(); } };
    const events = { pointermove: move, pointerup: up, pointercancel: lost };
    this.stop?.();
    this.stop = () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name, listener);
      this.free = null; this.stop = null; this.dragging = false; this.hot(null); this.target.pull(null);
      this.box.classList.remove("dragging");
      this.later();
    };
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name, listener);
  }

  under(event) {
    const hit = this.box.getRootNode().elementFromPoint(event.clientX, event.clientY);
    return hit?.closest(".target .row") ?? null;
  }

  hot(row) {
    const legal = row && this.legal(this.picked, row.dataset.id) ? row : null;
    if (legal === this.warm) return;
    this.warm?.classList.remove("hot");
    legal?.classList.add("hot");
    this.warm = legal;
  }

  later() { cancelAnimationFrame(this.frame); this.frame = requestAnimationFrame(() => this.draw()); }

  draw() {
    if (!this.data) return;
    const box = this.box.getBoundingClientRect(), narrow = this.box.classList.contains("narrow");
    const paths = [], chips = [];
    const at = (x, y) => [x - box.left, y - box.top];
    for (const item of this.data.target) {
      const row = this.target.rows.get(item.id), sources = this.links[item.id];
      if (!sources) continue;
      const end = this.target.port(row);
      for (const id of sources) {
        const from = this.source.rows.get(id);
        if (!from) continue;
        const start = this.source.port(from);
        // A line to a row out of sight is drawn only while one of its ends is pointed at: 40 of them would be a thicket.
        const lit = this.lit === row || this.lit === from;
        if ((start.far && end.far) || ((start.far || end.far) && !lit)) continue;
        const look = [item.problem && "bad", (start.far || end.far) && "far", lit && "lit"].filter(Boolean).join(" ");
        paths.push(curve(at(start.x, start.y), at(end.x, end.y), look));
      }
      if (!narrow && !end.far) {
        const chip = this.chip(item), [x, y] = at(end.edge, end.y);
        chip.style.left = `${x - 4}px`; chip.style.top = `${y}px`;
        chips.push(chip);
      }
    }
    if (this.free) {
      const [row, x, y] = this.free, start = this.source.port(row);
      paths.push(curve(at(start.x, start.y), at(x, y), "free"));
    }
    this.svg.replaceChildren(...paths);
    const focused = this.box.getRootNode().activeElement?.dataset?.chip;
    this.chips.replaceChildren(...chips);
    if (focused) chips.find((chip) => chip.dataset.chip === focused)?.focus({ preventScroll: true });
  }

  chip(item) {
    const text = item.chip || this.data.texts.plain;
    const chip = make("button", `chip${item.problem ? " bad" : ""}`, text);
    chip.type = "button"; chip.dataset.chip = item.id; chip.title = item.problem || text;
    chip.setAttribute("aria-label", `${this.data.texts.convert} ${item.label}: ${text}`);
    chip.onclick = (event) => { event.stopPropagation(); this.open(item.id); };
    return chip;
  }
}

// One column: a heading with a count, a search box, grouped rows.
class Side {
  constructor(name, moved) {
    this.box = make("div", `side ${name}`);
    this.title = make("b");
    this.search = make("input");
    this.search.type = "search";
    this.list = make("div", "list");
    this.list.setAttribute("role", "listbox");
    const head = make("div", "head");
    head.append(this.title, this.search);
    this.box.append(head, this.list);
    this.rows = new Map(); this.items = new Map(); this.made = ""; this.moved = moved;
    this.list.onscroll = moved;
    this.search.oninput = () => this.filter();
  }

  fill(items, title, texts, draw) {
    this.items = new Map(items.map((item) => [item.id, item]));
    this.search.placeholder = texts.search;
    this.search.setAttribute("aria-label", `${title}: ${texts.search}`);
    this.none = texts.none;
    if (!this.title.firstChild) this.title.append(make("span"), make("span"));
    this.title.firstChild.textContent = title;
    this.list.setAttribute("aria-label", title);
    const now = JSON.stringify(items.map(({ problem, chip, ...rest }) => rest));
    if (now === this.made) return;
    this.made = now;
    const top = this.list.scrollTop, parts = [];
    this.rows = new Map();
    let group = null;
    for (const item of items) {
      if (item.group !== group) {
        group = item.group;
        const head = make("div", "group", group);
        if (item.path) head.append(make("small", "", item.path));
        parts.push(head);
      }
      const row = make("div", "row");
      row.dataset.id = item.id; row.tabIndex = -1; row.setAttribute("role", "option");
      draw(item, row);
      this.rows.set(item.id, row);
      parts.push(row);
    }
    this.list.replaceChildren(...parts);
    const first = this.rows.values().next().value;
    if (first) first.tabIndex = 0;
    this.list.scrollTop = top;
    this.filter();
  }

  count(text, bad) { this.title.lastChild.textContent = text; this.title.lastChild.className = bad ? "bad" : ""; }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    let shown = 0, head = null, under = 0;
    const settle = () => { if (head) head.hidden = under === 0; };
    for (const node of this.list.children) {
      if (node.classList.contains("none")) continue;
      if (node.classList.contains("group")) { settle(); head = node; under = 0; continue; }
      const item = this.items.get(node.dataset.id);
      node.hidden = wanted !== "" && !`${item.label} ${item.name || ""} ${item.sample || ""}`.toLowerCase().includes(wanted);
      node.style.display = node.hidden ? "none" : "";
      if (!node.hidden) { shown += 1; under += 1; }
    }
    settle();
    this.list.querySelector(".none")?.remove();
    if (!shown) this.list.append(make("div", "none", this.none));
    this.moved();
  }

  // Where a row's line ends: its port, or, for a row out of sight, the edge it lies behind.
  port(row) {
    const box = this.list.getBoundingClientRect(), port = row.querySelector(".port").getBoundingClientRect();
    const middle = port.top + port.height / 2, hidden = row.hidden;
    const y = hidden ? box.top : Math.min(Math.max(middle, box.top), box.bottom);
    const edge = this.box.classList.contains("source") ? box.right : box.left;
    return { x: hidden ? edge : port.left + port.width / 2, y, edge, far: hidden || y !== middle };
  }

  step(row, by, wanted = () => true) {
    const rows = [...this.rows.values()].filter((each) => !each.hidden && wanted(each));
    const place = row ? rows.indexOf(row) + by : 0;
    rows[Math.max(0, Math.min(rows.length - 1, place))]?.focus();
  }

  focus(id) { (this.rows.get(id) ?? this.rows.values().next().value)?.focus(); }

  // While a drag is held near an end of the list, the list goes on that way.
  pull(y) {
    cancelAnimationFrame(this.pulling);
    if (y === null) return;
    const box = this.list.getBoundingClientRect();
    const by = y < box.top + 36 ? -9 : y > box.bottom - 36 ? 9 : 0;
    if (!by) return;
    const on = () => { this.list.scrollTop += by; this.pulling = requestAnimationFrame(on); };
    this.pulling = requestAnimationFrame(on);
  }
}

function curve(a, b, look) {
  const path = document.createElementNS(SVG, "path"), bend = Math.max(28, Math.abs(b[0] - a[0]) / 2);
  path.setAttribute("d", `M${a[0]},${a[1]}C${a[0] + bend},${a[1]} ${b[0] - bend},${b[1]} ${b[0]},${b[1]}`);
  if (look) path.setAttribute("class", look);
  return path;
}
