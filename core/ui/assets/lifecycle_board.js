// The lifecycle board: six columns of cards. A drag (mouse, or a finger going sideways), or the card's menu (keyboard too)
// sends {key, to}; Python decides. Each column turns its own pages. Cards are redrawn only when they have changed: no flicker. Texts become text nodes only.
const boards = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  const board = boards.get(root);
  board.show(component);
  return () => { board.stop?.(); board.wrap.remove(); boards.delete(root); };
}

const make = (tag, name = "", text = "") => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== "") node.textContent = text;
  return node;
};

class Board {
  constructor(root) {
    this.wrap = make("div", "wrap");
    this.box = make("div", "board");
    this.live = make("div", "live");
    this.live.setAttribute("aria-live", "polite");
    this.wrap.append(this.box, this.live);
    root.append(this.wrap);
    this.made = "";
  }

  show(component) {
    this.component = component;
    const now = JSON.stringify(component.data);
    if (now === this.made || this.stop) return;  // never under a drag
    this.made = now;
    this.data = component.data;
    const tops = new Map([...this.box.children].map((col) => [col.dataset.stage, col.querySelector(".list").scrollTop]));
    const focused = this.box.getRootNode().activeElement?.closest?.(".card")?.dataset.key;
    this.box.classList.toggle("one", this.data.columns.length === 1);
    this.box.replaceChildren(...this.data.columns.map((column) => this.column(column)));
    for (const col of this.box.children) col.querySelector(".list").scrollTop = tops.get(col.dataset.stage) ?? 0;
    if (focused) this.box.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  column(column) {
    const col = make("section", "col"), head = make("div", "head"), title = make("b"), list = make("div", "list");
    col.dataset.stage = column.stage;
    title.append(make("span", "", column.label), make("span", "num", column.count));
    const facts = make("div", "facts"), bands = make("div", "bands");
    for (const [text, bad] of column.facts) { facts.append(make("span", bad ? "bad" : "", text), " "); }
    bands.title = column.bands.map((band) => `${band.label}: ${band.count}`).join("\n");
    for (const band of column.bands) { const part = make("i"); part.style.flex = String(band.orders); bands.append(part); }
    head.append(title, facts, bands);
    for (const card of column.cards) list.append(this.card(card));
    if (!column.cards.length) list.append(make("div", "none", this.data.none));
    col.append(head, list);
    if (column.pages > 1) col.append(this.turner(column));
    return col;
  }

  turner(column) {
    const foot = make("div", "foot");
    const turn = (text, label, page) => {
      const button = make("button", "", text);
      button.type = "button"; button.setAttribute("aria-label", `${column.label}: ${label}`);
      button.disabled = page < 1 || page > column.pages;
      button.onclick = () => this.component.setTriggerValue("paged", { stage: column.stage, page });
      return button;
    };
    foot.append(turn("‹", this.data.back, column.page - 1), make("span", "num", `${column.page} / ${column.pages}`),
      turn("›", this.data.on, column.page + 1));
    return foot;
  }

  card(card) {
    const box = make("article", `card${card.held ? " held" : ""}`), no = make("div", "no", card.no);
    box.dataset.key = card.key; box.dataset.moves = card.next.length ? "1" : "0"; box.tabIndex = 0;
    box.setAttribute("aria-label", [card.no, ...card.lines].join(", "));
    no.onclick = () => this.component.setTriggerValue("opened", card.key);
    box.append(no, ...card.lines.map((line) => make("div", "small", line)));
    if (card.held) box.append(make("div", "small bad", card.held));
    box.onkeydown = (event) => { if (event.key === "Enter" && event.target === box) no.onclick(); };
    if (card.next.length) {
      const menu = make("select");
      menu.setAttribute("aria-label", `${this.data.move} ${card.no}`);
      menu.append(new Option(this.data.move, ""), ...card.next.map((step) => new Option(step.label, step.to)));
      menu.onchange = () => { const to = menu.value; menu.value = ""; if (to) this.move(card, to); };
      box.append(menu);
      box.onpointerdown = (event) => this.down(event, card, box);
    }
    return box;
  }

  move(card, to) {
    this.live.textContent = `${card.no}: ${card.next.find((step) => step.to === to)?.label ?? to}`;
    this.component.setTriggerValue("moved", { key: card.key, to });
  }

  down(event, card, box) {
    if (event.button > 0 || !event.isPrimary || event.target.closest("select")) return;
    const from = [event.clientX, event.clientY];
    let ghost = null;
    const over = (e) => this.box.getRootNode().elementFromPoint(e.clientX, e.clientY)?.closest(".col") ?? null;
    const step = (col) => col && card.next.find((each) => each.stage === col.dataset.stage);
    const go = (e) => {
      const across = e.clientX - from[0], down = e.clientY - from[1];
      if (!ghost) {
        if (Math.hypot(across, down) < 6) return;
        if (e.pointerType === "touch" && Math.abs(down) > Math.abs(across)) { this.stop(); return; }
        ghost = make("div", "ghost", card.no);
        this.wrap.append(ghost);
        box.classList.add("drag");
        try { box.setPointerCapture(event.pointerId); } catch { /* the pointer has gone: its end event follows */ }
        for (const col of this.box.children) col.classList.toggle("legal", Boolean(step(col)));
      }
      ghost.style.left = `${e.clientX + 8}px`; ghost.style.top = `${e.clientY + 8}px`;
      const hot = over(e);
      for (const col of this.box.children) col.classList.toggle("hot", col === hot && Boolean(step(col)));
    };
    const up = (e) => {
      const col = ghost ? over(e) : null, found = step(col), own = box.closest(".col");
      this.stop();
      if (found) this.move(card, found.to);
      else if (col && col !== own) this.component.setTriggerValue("moved", { key: card.key, to: `stage:${col.dataset.stage}` });
    };
    const events = { pointermove: go, pointerup: up, pointercancel: () => this.stop() };
    this.stop = () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name, listener);
      ghost?.remove(); box.classList.remove("drag"); this.stop = null;
      for (const col of this.box.children) col.classList.remove("legal", "hot");
    };
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name, listener);
  }
}
