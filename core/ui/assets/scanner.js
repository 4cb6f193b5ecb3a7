// The scanner: a field that keeps the focus for a hand scanner (which types like a keyboard and ends with Enter) and, on a
// phone, the camera. Codes go out in order, one message at a time, each with a number; Python answers with that number.
// Texts become text nodes only.
const scanners = new WeakMap();
const SOUNDS = {  // [hertz, begin, length] in seconds: right is high, wrong is low, stop is low and three times
  good: [[1320, 0, 0.07]], done: [[1046, 0, 0.09], [1568, 0.1, 0.14]], ask: [[880, 0, 0.12], [660, 0.14, 0.12]],
  bad: [[196, 0, 0.35]], stop: [[165, 0, 0.22], [165, 0.28, 0.22], [165, 0.56, 0.3]],
};
const SHAKES = { bad: [200], stop: [200, 80, 200, 80, 300], ask: [80] };
const PATIENCE = 8000;  // milliseconds without an answer before a message is sent again; Python knows its number

export default function (component) {
  const root = component.parentElement;
  if (!scanners.has(root)) scanners.set(root, new Scanner(root));
  const scanner = scanners.get(root);
  scanner.show(component);
  return () => { scanner.end(); scanners.delete(root); };
}

const make = (tag, name = "", text = "") => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== "") node.textContent = text;
  return node;
};

class Scanner {
  constructor(root) {
    this.waiting = [];
    this.flight = null;
    this.number = Date.now();
    this.answered = null;
    this.wrap = make("div", "wrap");
    this.banner = make("div", "banner");
    this.banner.setAttribute("role", "alert");
    this.title = make("div", "title");
    this.hint = make("div", "hint");
    this.banner.append(this.title, this.hint);
    this.field = make("input");
    this.field.type = "text";
    this.field.autocomplete = "off";
    this.field.autocapitalize = "off";
    this.field.spellcheck = false;
    this.field.enterKeyHint = "done";
    this.camera = make("button", "camera");
    this.camera.type = "button";
    this.row = make("div", "row");
    this.row.append(this.field, this.camera);
    this.video = make("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.hidden = true;
    this.note = make("div", "note");
    this.wrap.append(this.banner, this.row, this.video, this.note);
    root.append(this.wrap);
    this.field.onkeydown = (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.typing = false;
      this.take(this.field.value);
      this.field.value = "";
    };
    this.field.onpointerdown = () => { this.typing = true; this.field.inputMode = "text"; };  // a tap wants to type
    this.camera.onclick = () => (this.stop ? this.close() : this.open());
    this.strayed = (event) => this.catch(event);
    this.left = () => setTimeout(() => this.home(), 150);
    document.addEventListener("keydown", this.strayed, true);
    document.addEventListener("focusout", this.left, true);
    document.addEventListener("click", this.left, true);
  }

  show(component) {
    this.component = component;
    const data = component.data;
    this.data = data;
    this.field.placeholder = data.placeholder;
    this.field.setAttribute("aria-label", data.placeholder);
    this.camera.textContent = this.stop ? data.words.close : data.words.open;
    if (!this.typing) this.field.inputMode = data.phone ? "none" : "text";  // with a scanner no keyboard must open by itself
    const words = `${data.answer.id} ${data.answer.title} ${data.answer.hint}`;
    if (words !== this.said) {  // also when the language has changed
      this.said = words;
      this.banner.className = `banner ${data.answer.tone}`;
      this.title.textContent = data.answer.title;
      this.hint.textContent = data.answer.hint;
    }
    if (data.answer.id !== this.answered) {
      const first = this.answered === null;
      this.answered = data.answer.id;
      if (!first && data.answer.sound) this.sound(data.answer.tone);
    }
    if (this.flight && data.ack >= this.flight.number) {
      this.wrap.dataset.ms = String(Math.round(performance.now() - this.flight.begun));
      this.wrap.dataset.ack = String(data.ack);
      clearTimeout(this.timer);
      this.flight = null;
      this.next();
    }
    this.home();
  }

  take(text) {
    const code = text.trim();
    if (!code) return;
    this.wake();
    this.waiting.push(code);
    this.banner.classList.add("busy");
    this.next();
  }

  next() {
    if (this.flight || !this.waiting.length) { if (!this.flight) this.banner.classList.remove("busy"); return; }
    this.number += 1;
    this.flight = { number: this.number, codes: this.waiting.splice(0), begun: performance.now() };
    this.send();
  }

  send() {
    const { number, codes } = this.flight;
    this.component.setTriggerValue("scanned", { number, codes });
    this.timer = setTimeout(() => this.flight && this.send(), PATIENCE);
  }

  // Keys that go nowhere are the scanner's: it types even when a click has taken the focus away.
  catch(event) {
    const place = this.field.getRootNode().activeElement;
    if (place === this.field || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (!this.nowhere()) return;
    this.field.focus({ preventScroll: true });
  }

  nowhere() {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (!active || active === document.body) return true;
    return !active.matches("input, textarea, select, [contenteditable=true], [role=textbox], [role=combobox], [role=dialog], [role=dialog] *");
  }

  home() {
    if (this.wrap.isConnected && this.nowhere()) this.field.focus({ preventScroll: true });
  }

  wake() {
    try { this.audio ??= new AudioContext(); this.audio.resume(); } catch { this.audio = null; }
  }

  sound(tone) {
    navigator.vibrate?.(SHAKES[tone] ?? []);
    this.wake();
    if (!this.audio) return;
    const now = this.audio.currentTime;
    for (const [hertz, begin, length] of SOUNDS[tone] ?? []) {
      const voice = this.audio.createOscillator(), loud = this.audio.createGain();
      voice.type = hertz < 400 ? "square" : "sine";
      voice.frequency.value = hertz;
      loud.gain.setValueAtTime(0.35, now + begin);
      loud.gain.setTargetAtTime(0, now + begin + length, 0.02);
      voice.connect(loud).connect(this.audio.destination);
      voice.start(now + begin);
      voice.stop(now + begin + length + 0.2);
    }
  }

  async open() {
    this.wake();
    this.note.textContent = "";
    if (!navigator.mediaDevices?.getUserMedia) { this.note.textContent = this.data.words.insecure; return; }
    this.stop = () => {};
    this.video.hidden = false;
    this.camera.textContent = this.data.words.close;
    try {
      const reader = await import(new URL(this.data.reader, document.baseURI).href);
      this.stop = await reader.watch(this.video, new URL(this.data.decoder, document.baseURI).href, (code) => this.take(code));
      if (this.video.hidden) this.close();
    } catch (error) {
      this.close();
      this.note.textContent = `${this.data.words.failed} ${error?.message ?? ""}`;
    }
  }

  close() {
    this.stop?.();
    this.stop = null;
    this.video.hidden = true;
    if (this.data) this.camera.textContent = this.data.words.open;
  }

  end() {
    this.close();
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.strayed, true);
    document.removeEventListener("focusout", this.left, true);
    document.removeEventListener("click", this.left, true);
    this.wrap.remove();
  }
}
