// The small map of a drawing that is larger than its window. Where all of it is in sight there is nothing to steer, and
// the map would lie over stations and catch the hand that wants to draw a line.
import { MiniMap, useStore } from "@xyflow/react";

const beyond = ({ nodes, transform: [x, y, zoom], width, height }) => nodes.some((node) => {
  const left = node.position.x * zoom + x, top = node.position.y * zoom + y;
  const wide = (node.measured?.width ?? 0) * zoom, high = (node.measured?.height ?? 0) * zoom;
  return left < 0 || top < 0 || left + wide > width || top + high > height;
});

export function Sheet() {
  return useStore(beyond) ? <MiniMap pannable zoomable style={{ width: 132, height: 88 }} /> : null;
}
