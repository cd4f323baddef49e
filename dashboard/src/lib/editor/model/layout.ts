/** Automatic layout: elkjs, in a worker, loaded when it is first wanted. */
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Point } from './edits';
import { exitTop, type Picture } from './graph';

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '96',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.componentComponent': '72',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
};

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
  const edges = picture.wires.map((wire) => ({ id: wire.id, sources: [wire.id], targets: [`${wire.to}.`] }));
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
