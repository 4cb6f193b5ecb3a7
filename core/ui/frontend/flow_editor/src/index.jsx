// Entry of the component: called again at each run with new data. The root is kept, so that the drawing stays in place.
import { createRoot } from "react-dom/client";
import { ReactFlowProvider } from "@xyflow/react";
import { Editor } from "./editor.jsx";
import "./editor.css";

const roots = new WeakMap();

export default function mount(component) {
  const host = component.parentElement;
  let kept = roots.get(host);
  if (!kept) {
    const element = document.createElement("div");
    element.className = "flow-editor";
    host.appendChild(element);
    kept = { element, root: createRoot(element), component };
    kept.say = {
      state: (name, value) => kept.component.setStateValue(name, value),
      trigger: (name, value) => kept.component.setTriggerValue(name, value),
    };
    roots.set(host, kept);
  }
  kept.component = component;
  kept.root.render(<ReactFlowProvider><Editor data={component.data} say={kept.say} /></ReactFlowProvider>);
  return () => { kept.root.unmount(); kept.element.remove(); roots.delete(host); };
}
