// A station on the drawing: what it is, what it is set to, what is in it now, one row a way out.
import { createContext, memo, useContext } from "react";
import { Handle, Position } from "@xyflow/react";
import { Icon } from "./icons.jsx";
import { outcomesOf } from "./graph.js";

export const Given = createContext({ kinds: {}, about: {}, live: {}, texts: {} });

export const Card = memo(({ id, data, selected }) => {
  const { kinds, about, live, texts } = useContext(Given);
  const kind = kinds[data.kind] || { title: data.kind, group: "decide" };
  const said = about[id] || {};
  const now = live[id] || {};
  const outcomes = outcomesOf({ ...data, ...said }, kinds);
  const mark = said.problem ? "bad" : said.mark || "";
  return (
    <div className={`card g-${kind.group} ${selected ? "chosen" : ""} ${mark ? `mark-${mark}` : ""}`} title={said.problem || kind.help}>
      {kind.enters !== false && <Handle type="target" position={Position.Left} />}
      <div className="head">
        <Icon name={kind.group} />
        <b>{said.label || data.label || kind.title}</b>
        {now.count > 0 && <span className="count" title={texts.here}>{now.count}</span>}
        {now.errors > 0 && <span className="count errors" title={texts.errors}>{now.errors}</span>}
      </div>
      <div className="line">{said.problem || said.summary || now.told || kind.title}</div>
      {outcomes.length === 1 && <Handle type="source" position={Position.Right} id={outcomes[0].name} />}
      {outcomes.length > 1 && outcomes.map((outcome) => (
        <div className="way" key={outcome.name}>
          {outcome.label}
          <Handle type="source" position={Position.Right} id={outcome.name} />
        </div>
      ))}
    </div>
  );
});
