// The stations there are, by group: dragged onto the drawing, or chosen by click or key.
import { useState } from "react";
import { Icon } from "./icons.jsx";

export function Palette({ kinds, groups, texts, onAdd }) {
  const [sought, seek] = useState("");
  const wanted = sought.trim().toLowerCase();
  const fits = ([name, kind]) => !wanted || `${name} ${kind.title} ${kind.help || ""}`.toLowerCase().includes(wanted);
  const entries = Object.entries(kinds).filter(fits);
  return (
    <div className="palette">
      <input type="search" value={sought} placeholder={texts.search} aria-label={texts.search}
        onChange={(event) => seek(event.target.value)} />
      {groups.map((group) => {
        const mine = entries.filter(([, kind]) => kind.group === group.name);
        return mine.length === 0 ? null : (
          <section key={group.name}>
            <h4>{group.title}</h4>
            {mine.map(([name, kind]) => (
              <button key={name} type="button" className={`item g-${kind.group}`} draggable title={kind.help}
                onDragStart={(event) => event.dataTransfer.setData("text/danliu-station", name)}
                onClick={() => onAdd(name)}>
                <Icon name={kind.group} />{kind.title}
              </button>
            ))}
          </section>
        );
      })}
      {entries.length === 0 && <p className="none">{texts.none}</p>}
    </div>
  );
}
