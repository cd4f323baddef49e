/** Which part of a flow's graph is shown. Pure. */
import { nodeOf, startOf, wiresOf, type FlowDocument } from '$lib/editor/model/document';
import type { Placed } from '$lib/editor/model/graph';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Seat = Pick<Placed, 'id' | 'position' | 'width' | 'height'>;

/** Room around what is shown, in the graph's pixels. */
const margin = 32;

/** Everything. */
export function boundsOf(nodes: readonly Seat[]): Box {
  if (nodes.length === 0) return { x: 0, y: 0, width: 1, height: 1 };
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const right = Math.max(...nodes.map((node) => node.position.x + node.width));
  const bottom = Math.max(...nodes.map((node) => node.position.y + node.height));
  return {
    x: left - margin,
    y: top - margin,
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
  };
}

/** The neighbourhood of a node, drawn small enough to see where it leads and large enough to be read. */
export function fitted(nodes: readonly Seat[], around: string, width: number, height: number): Box {
  const whole = boundsOf(nodes);
  const node = nodes.find((one) => one.id === around) ?? nodes[0];
  const shrunk = 1.35;
  const [wide, high] = [width * shrunk, height * shrunk];
  if (node === undefined || (whole.width <= wide && whole.height <= high)) return whole;
  const x = node.position.x + node.width * 0.75 - wide / 2;
  const y = node.position.y + node.height / 2 - high / 2;
  return {
    x: within(x, whole.x, whole.width, wide),
    y: within(y, whole.y, whole.height, high),
    width: wide,
    height: high,
  };
}

/** Moved so that no room is wasted beyond an edge; in the middle where everything fits. */
function within(from: number, start: number, length: number, shown: number): number {
  if (length <= shown) return start - (shown - length) / 2;
  return Math.min(Math.max(from, start), start + length - shown);
}

/** The node that a path has led to: where its last exit leads, or the first node. */
export function standsAt(document: FlowDocument, path: readonly string[]): string {
  const [node = '', exit = ''] = (path.at(-1) ?? '').split('.');
  return node === '' ? startOf(document) : (wiresOf(nodeOf(document, node))[exit] ?? '');
}
