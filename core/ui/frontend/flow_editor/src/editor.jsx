// The drawing. The browser owns the drag and sends the whole graph once per finished action; Python's graph replaces it
// only when `version` changes. Labels, problems, counts and marks come from Python at every run.
import { useCallback, useEffect, useMemo, useRef } from "react";
import {
  Background, Controls, Panel, ReactFlow, useEdgesState, useNodesState, useReactFlow,
} from "@xyflow/react";
import { Card, Given } from "./card.jsx";
import { Palette } from "./palette.jsx";
import { Sheet } from "./sheet.jsx";
import { arranged, fresh, joined, plain, toEdge, toNode } from "./graph.js";

const TYPES = { card: Card };
const STEPS = 100;

export function Editor({ data, say }) {
  const { kinds, texts, locked } = data;
  const [nodes, setNodes, onNodes] = useNodesState(data.nodes.map(toNode));
  const [edges, setEdges, onEdges] = useEdgesState(data.edges.map(toEdge));
  const flow = useReactFlow();
  const frame = useRef(null);
  const now = useRef({}); now.current = { nodes, edges };
  const past = useRef([]), future = useRef([]), sent = useRef(0), version = useRef(data.version);

  useEffect(() => {
    if (data.version === version.current) return;
    version.current = data.version;
    past.current = []; future.current = [];
    setNodes(data.nodes.map(toNode)); setEdges(data.edges.map(toEdge));
    setTimeout(() => flow.fitView({ padding: 0.06, minZoom: 0.4 }), 60);
  }, [data.version]);

  const told = useRef({});
  const dressed = useCallback((all) => all.map((edge) => {  // with the counts and marks that Python gave
    const given = told.current[edge.id];
    return given && given.target === edge.target ? { ...edge, label: given.label, className: given.className } : edge;
  }), []);
  useEffect(() => {
    told.current = Object.fromEntries(data.edges.map(toEdge).map((edge) => [edge.id, edge]));
    setEdges(dressed);
  }, [data.edges]);

  const send = useCallback(() => setTimeout(() => {
    sent.current += 1;
    say.state("work", { base: version.current, sent: sent.current, ...plain(now.current.nodes, now.current.edges) });
  }, 0), [say]);
  const remember = useCallback(() => {
    past.current.push(JSON.stringify(plain(now.current.nodes, now.current.edges)));
    if (past.current.length > STEPS) past.current.shift();
    future.current = [];
  }, []);
  const step = useCallback((from, to) => {
    const text = from.current.pop();
    if (!text) return;
    to.current.push(JSON.stringify(plain(now.current.nodes, now.current.edges)));
    const graph = JSON.parse(text);
    setNodes(graph.nodes.map(toNode)); setEdges(dressed(graph.edges.map(toEdge)));
    send();
  }, [send]);
  const add = useCallback((kind, position) => {
    remember();
    const box = frame.current.getBoundingClientRect();
    const middle = () => flow.screenToFlowPosition({ x: box.left + box.width / 2 - 100, y: box.top + box.height / 2 - 30 });
    const node = fresh(kind, position || middle(), now.current.nodes);
    setNodes((all) => all.map((other) => ({ ...other, selected: false })).concat({ ...node, selected: true }));
    send(); say.trigger("picked", node.id);
  }, [flow, remember, send, say]);
  const arrange = useCallback(() => {
    remember();
    setNodes((all) => arranged(all, now.current.edges, kinds));
    send(); setTimeout(() => flow.fitView({ padding: 0.06, minZoom: 0.4, duration: 200 }), 60);
  }, [kinds, flow, remember, send]);

  const onKey = (event) => {
    if (locked || event.target.tagName === "INPUT" || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") {
      event.preventDefault();
      if (key === "y" || event.shiftKey) step(future, past); else step(past, future);
    }
  };
  const drop = (event) => {
    event.preventDefault();
    const kind = event.dataTransfer.getData("text/danliu-station");
    if (kind && kinds[kind]) add(kind, flow.screenToFlowPosition({ x: event.clientX - 40, y: event.clientY - 20 }));
  };
  const given = useMemo(() => ({ kinds, about: data.about || {}, live: data.live || {}, texts }), [data]);
  const changes = locked ? {} : {
    onConnect: (connection) => { remember(); setEdges((all) => joined(all, connection)); send(); },
    isValidConnection: (connection) => connection.source !== connection.target,
    onNodeDragStart: remember, onNodeDragStop: send, onSelectionDragStart: remember, onSelectionDragStop: send,
    onBeforeDelete: async () => { remember(); return true; }, onDelete: send,
    onReconnectStart: remember,
    onReconnect: (old, connection) => { setEdges((all) => joined(all.filter((edge) => edge.id !== old.id), connection)); send(); },
  };
  return (
    <Given.Provider value={given}>
      <div className={`editor ${locked ? "locked" : ""}`} onKeyDown={onKey}>
        {!locked && <Palette kinds={kinds} groups={data.groups} texts={texts} onAdd={add} />}
        <div className="canvas" ref={frame} onDragOver={(event) => event.preventDefault()} onDrop={locked ? undefined : drop}>
          <ReactFlow nodes={nodes} edges={edges} nodeTypes={TYPES} onNodesChange={onNodes} onEdgesChange={onEdges}
            {...changes} onNodeClick={(_event, node) => say.trigger("picked", node.id)}
            nodesDraggable={!locked} nodesConnectable={!locked} edgesReconnectable={!locked}
            deleteKeyCode={locked ? null : ["Delete", "Backspace"]} fitView fitViewOptions={{ padding: 0.06, minZoom: 0.4 }}
            minZoom={0.15} maxZoom={1.6} proOptions={{ hideAttribution: true }} connectionRadius={28}>
            <Background gap={20} />
            <Controls showInteractive={false} />
            {!data.small && <Sheet />}
            {!locked && (
              <Panel position="top-right" className="tools">
                <button type="button" onClick={() => step(past, future)} title="Ctrl+Z">{texts.undo}</button>
                <button type="button" onClick={() => step(future, past)} title="Ctrl+Y">{texts.redo}</button>
                <button type="button" onClick={arrange}>{texts.arrange}</button>
              </Panel>
            )}
          </ReactFlow>
        </div>
      </div>
    </Given.Provider>
  );
}
