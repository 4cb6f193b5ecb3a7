// The drawing as plain records, and what may be connected. Python checks it all again.
import dagre from "@dagrejs/dagre";
import { MarkerType } from "@xyflow/react";

export const WIDTH = 208;
const HEAD = 58, ROW = 22;

export const outcomesOf = (node, kinds) => node.outcomes || (kinds[node.kind] || {}).outcomes || [];
export const heightOf = (node, kinds) => {
  const rows = outcomesOf(node, kinds).length;
  return HEAD + (rows > 1 ? rows * ROW : 0);
};

export const toNode = (record) => ({ id: record.id, type: "card", position: { x: record.x, y: record.y }, data: record });

export const toEdge = (record) => ({
  id: `${record.from}\u001f${record.outcome}`,
  source: record.from, sourceHandle: record.outcome, target: record.to,
  type: "smoothstep", markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
  className: record.mark ? `mark-${record.mark}` : "",
  label: record.count ? String(record.count) : undefined,
});

export const plain = (nodes, edges) => ({
  nodes: nodes.map((node) => ({
    id: node.id, kind: node.data.kind, label: node.data.label || "",
    x: Math.round(node.position.x), y: Math.round(node.position.y),
  })),
  edges: edges.map((edge) => ({ from: edge.source, outcome: edge.sourceHandle || "", to: edge.target })),
});

export const fresh = (kind, position, nodes) => {
  const stem = kind.replace(/[^a-z0-9_]/g, "");
  let number = 1;
  const taken = new Set(nodes.map((node) => node.id));
  while (taken.has(`${stem}_${number}`)) number += 1;
  return toNode({ id: `${stem}_${number}`, kind, label: "", x: Math.round(position.x), y: Math.round(position.y) });
};

// One line an outcome: a new line from it takes the place of the old one.
export const joined = (edges, connection) => {
  const record = { from: connection.source, outcome: connection.sourceHandle, to: connection.target };
  const edge = toEdge(record);
  return edges.filter((other) => other.id !== edge.id).concat(edge);
};

export function arranged(nodes, edges, kinds) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 64, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: WIDTH, height: heightOf(node.data, kinds) });
  for (const edge of edges) graph.setEdge(edge.source, edge.target);
  dagre.layout(graph);
  return folded(nodes.map((node) => {
    const place = graph.node(node.id);
    return { ...node, position: { x: place.x - place.width / 2, y: place.y - place.height / 2 } };
  }), kinds);
}

// A long row is cut into rows of equal length, one below the other, so that it can be read without zooming.
const COLUMNS = 5, GAP = 70;
function folded(nodes, kinds) {
  const columns = [...new Set(nodes.map((node) => Math.round(node.position.x)))].sort((a, b) => a - b);
  const rows = Math.ceil(columns.length / COLUMNS);
  if (rows < 2) return nodes;
  const each = Math.ceil(columns.length / rows);
  const rowOf = (node) => Math.floor(columns.indexOf(Math.round(node.position.x)) / each);
  const tops = [], heights = [];
  for (let row = 0; row < rows; row += 1) {
    const mine = nodes.filter((node) => rowOf(node) === row);
    tops[row] = Math.min(...mine.map((node) => node.position.y));
    heights[row] = Math.max(...mine.map((node) => node.position.y + heightOf(node.data, kinds))) - tops[row];
  }
  return nodes.map((node) => {
    const row = rowOf(node);
    const above = heights.slice(0, row).reduce((sum, height) => sum + height + GAP, 0);
    return { ...node, position: { x: node.position.x - columns[row * each], y: node.position.y - tops[row] + above } };
  });
}
