import { describe, expect, it } from 'vitest';
import type { FlowDocument } from './document';
import { moveNodes, setField } from './edits';
import { byNode, fieldOf, type Fault } from './faults';
import { exitTop, heightOf, picture } from './graph';
import { elkGraph, shaping } from './layout';
import { litBy } from './path';

const flow: FlowDocument = {
  flow: 'support',
  start: 'reason',
  handlers: { person: { go: 'staff' } },
  nodes: {
    reason: {
      kind: 'intent',
      ask: 'What is it?',
      intents: { order: {} },
      exits: { order: 'sub', oder: 'sub' },
    },
    sub: { kind: 'run', flow: 'orders' },
    which: {
      kind: 'branch',
      when: [{ if: 'a > 1', exit: 'more' }],
      exits: { otherwise: 'staff', more: 'resume' },
    },
    staff: { kind: 'end', at: [10, 20] },
    broken: 'no mapping at all',
  },
};

const endsOf = (name: string) => (name === 'orders' ? ['placed', 'stopped'] : undefined);

const card = (of: FlowDocument, name: string) =>
  picture(of, { endsOf }).nodes.find((node) => node.id === name)!.card;

describe('exits', () => {
  it('are those of the configuration, then those of the kind, then what is wired besides', () => {
    expect(card(flow, 'reason').exits).toEqual([
      { name: 'order', to: 'sub', stray: false },
      { name: 'unclear', to: '', stray: false },
      { name: 'silent', to: '', stray: false },
      { name: 'oder', to: 'sub', stray: true },
    ]);
  });

  it('of a node that runs a flow are the ends of that flow', () => {
    expect(card(flow, 'sub').exits.map((exit) => exit.name)).toEqual(['placed', 'stopped']);
  });

  it('of a branch are its conditions and otherwise', () => {
    expect(card(flow, 'which').exits.map((exit) => exit.name)).toEqual(['more', 'otherwise']);
    expect(card(flow, 'which').says).toBe('a > 1');
  });
});

describe('a picture', () => {
  it('draws a wire for every exit that leads to a node, and none for resume or for nodes that are not there', () => {
    expect(picture(flow, { endsOf }).wires.map((wire) => `${wire.id}>${wire.to}`)).toEqual([
      'reason.order>sub',
      'reason.oder>sub',
      'which.otherwise>staff',
    ]);
  });

  it('takes over every node and wire that did not change', () => {
    const before = picture(flow, { endsOf });
    const edited = setField(flow, 'reason', ['ask'], 'How can I help?');
    const after = picture(edited, { endsOf }, before);
    expect(after.nodes[0]).not.toBe(before.nodes[0]);
    expect(after.nodes.slice(1)).toEqual(before.nodes.slice(1));
    for (const at of [1, 2, 3, 4]) expect(after.nodes[at]).toBe(before.nodes[at]);
    for (const at of [0, 1, 2]) expect(after.wires[at]).toBe(before.wires[at]);
  });

  it('keeps the card of a node that only moved', () => {
    const before = picture(flow, { endsOf });
    const after = picture(moveNodes(flow, new Map([['staff', { x: 5, y: 5 }]])), { endsOf }, before);
    expect(after.nodes[3]!.position).toEqual({ x: 5, y: 5 });
    expect(after.nodes[3]!.card).toBe(before.nodes[3]!.card);
  });

  it('survives a draft that is no flow at all', () => {
    for (const nodes of [undefined, null, 'x', [1, 2], { a: null, b: [], c: { kind: 7, exits: ['x'] } }])
      expect(() => picture({ nodes: nodes ?? null })).not.toThrow();
  });

  it('shows handlers, the start and the path of a call', () => {
    const lit = litBy(['reason.order', 'sub.placed', 'reason.order'], 'staff');
    const { nodes, wires } = picture(flow, { endsOf, lit });
    expect(nodes.map((node) => node.card.visits)).toEqual([2, 1, 0, 1, 0]);
    expect(nodes[3]!.card).toMatchObject({ here: true, handlers: ['person'], start: false });
    expect(wires.map((wire) => wire.taken)).toEqual([true, false, false]);
  });

  it('gives every exit a port in its row for the layout', () => {
    const made = elkGraph(picture(flow, { endsOf }));
    expect(made.edges!.map((edge) => [edge.sources[0], edge.targets[0]])).toContainEqual([
      'reason.order',
      'sub.',
    ]);
    const { card } = picture(flow, { endsOf }).nodes[0]!;
    expect(exitTop(card, card.exits.length - 1)).toBeLessThan(heightOf(card));
  });
});

describe('a layout', () => {
  it('places a node that wires from everywhere lead to by the farthest of them', () => {
    const steps = Array.from({ length: 12 }, (_, at) => [
      `s${at}`,
      { kind: 'lookup', exits: { found: at < 11 ? `s${at + 1}` : 'end', failed: 'end' } },
    ]);
    const all = {
      start: 's0',
      nodes: { ...Object.fromEntries(steps), end: { kind: 'end' } },
    } as FlowDocument;
    const kept = shaping(picture(all)).filter((wire) => wire.to === 'end');
    expect(kept.map((wire) => wire.id)).toEqual(['s10.failed', 's11.found', 's11.failed']);
    expect(shaping(picture(all)).length).toBe(14);
  });
});

describe('faults', () => {
  const fault = (code: string, message: string): Fault => ({ code, message, node: 'n', severity: 'error' });

  it('know the field they are about', () => {
    expect(fieldOf(fault('unwired_exit', 'Exit `said` leads nowhere; wire it to a node.'))).toBe(
      'exits.said',
    );
    expect(fieldOf(fault('unwired_exit', 'The flow `a` can end as `b`; wire that exit to a node.'))).toBe(
      'exits.b',
    );
    expect(fieldOf(fault('missing_field', '`slots.phone.type` is missing.'))).toBe('slots.phone.type');
    expect(fieldOf(fault('unknown_slot_type', 'Slot `phone` has the type `x`; …'))).toBe('slots.phone');
    expect(fieldOf(fault('unreachable_node', 'No path leads here.'))).toBeUndefined();
  });

  it('are counted on their nodes', () => {
    const faults = byNode([
      { code: 'a', message: 'x', node: 'sub', severity: 'error' },
      { code: 'b', message: 'x', node: 'sub', severity: 'warning' },
    ]);
    const { nodes } = picture(flow, { endsOf, faults });
    expect([nodes[1]!.card.errors, nodes[1]!.card.warnings, nodes[0]!.card.errors]).toEqual([1, 1, 0]);
  });
});
