/** Automatic layout: elkjs, in a worker, loaded when it is first wanted. */
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Point } from './edits';
import { exitTop, type Picture, type Wire } from './graph';

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '96',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.componentComponent': '72',
  // Ten times as fast as NETWORK_SIMPLEX at fifty nodes, and as tidy.
  'elk.layered.nodePlacement.strategy': 'LINEAR_SEGMENTS',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.thoroughness': '3',
};

/** A node that more wires than this lead to, such as an end, is placed by a few of them. */
const CROWDED = 6;
const ENOUGH = 3;

/**
 * The wires that shape the layout. From all over a flow, wires lead to the same few ends; each would run through every
 * layer between, and they say nothing of where a node belongs. Such a node stands behind the farthest that lead to it.
 */
export function shaping(picture: Picture): readonly Wire[] {
  const depth = depths(picture);
  const into = grouped(picture.wires, 'to');
  const dropped = new Set<Wire>();
  for (const wires of into.values()) {
    if (wires.length <= CROWDED) continue;
    const farthest = wires.toSorted(
      (one, other) => (depth.get(other.from) ?? 0) - (depth.get(one.from) ?? 0),
    );
    for (const wire of farthest.slice(ENOUGH)) dropped.add(wire);
  }
  return picture.wires.filter((wire) => !dropped.has(wire));
}

function grouped(wires: readonly Wire[], by: 'from' | 'to'): ReadonlyMap<string, readonly Wire[]> {
  const groups = new Map<string, Wire[]>();
  for (const wire of wires) groups.set(wire[by], [...(groups.get(wire[by]) ?? []), wire]);
  return groups;
}

/** How many steps each node is from where calls begin, or from a handler. */
function depths(picture: Picture): ReadonlyMap<string, number> {
  const from = grouped(picture.wires, 'from');
  const roots = picture.nodes.filter(({ card }) => card.start || card.handlers.length > 0);
  const depth = new Map(roots.map((node) => [node.id, 0]));
  for (const [name, steps] of depth) {
    for (const wire of from.get(name) ?? []) if (!depth.has(wire.to)) depth.set(wire.to, steps + 1);
  }
  return depth;
}

/** What is to be laid out: nodes with their sizes, exits as ports in their rows. */
export function elkGraph(picture: Picture): ElkNode {
  const children = picture.nodes.map(({ id, width, height, card }) => ({
    id,
    width,
    height,
    layoutOptions: {
      'elk.portConstraints': 'FIXED_POS',
      ...(card.start ? { 'elk.layered.layering.layerConstraint': 'FIRST' } : {}),
    },
    ports: [
      { id: `${id}.`, x: 0, y: 26, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'WEST' } },
      ...card.exits.map((exit, at) => ({
        id: `${id}.${exit.name}`,
        x: width,
        y: exitTop(card, at),
        width: 0,
        height: 0,
        layoutOptions: { 'elk.port.side': 'EAST' },
      })),
    ],
  }));
  const edges = shaping(picture).map((wire) => ({
    id: wire.id,
    sources: [wire.id],
    targets: [`${wire.to}.`],
  }));
  return { id: 'flow', layoutOptions: options, children, edges };
}

let engine: Promise<ELK> | undefined;

async function started(): Promise<ELK> {
  const [{ default: Engine }, { default: workerUrl }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ]);
  return new Engine({ workerFactory: () => new Worker(workerUrl) });
}

/** A place for every node. */
export async function layout(picture: Picture): Promise<ReadonlyMap<string, Point>> {
  engine ??= started();
  const done = await (await engine).layout(elkGraph(picture));
  return new Map(
    (done.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x: Math.round(x), y: Math.round(y) }]),
  );
}
