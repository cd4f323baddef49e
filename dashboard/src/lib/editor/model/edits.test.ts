import { describe, expect, it } from 'vitest';
import type { FlowDocument } from './document';
import { addNode, fragmentOf, moveNodes, paste, removeNodes, renameNode, setField, wire } from './edits';
import { fromClipboard, toClipboard } from './clipboard';

const flow: FlowDocument = {
  flow: 'support',
  start: 'welcome',
  handlers: { person: { go: 'staff' }, hours: { say: 'Nine to five.' } },
  nodes: {
    welcome: { kind: 'say', say: 'Hello', at: [0, 0], exits: { said: 'reason' } },
    reason: {
      kind: 'intent',
      ask: 'What is it?',
      intents: { order: { examples: ['a pizza'] }, person: {} },
      exits: { order: 'done', person: 'staff', unclear: 'staff', silent: 'done' },
    },
    staff: { kind: 'transfer', to: 'staff', exits: { connected: 'done', nobody: 'done', failed: 'done' } },
    done: { kind: 'end' },
  },
};

const exits = (document: FlowDocument, node: string) =>
  (document.nodes as Record<string, Record<string, unknown>>)[node]?.exits;

describe('removing', () => {
  it('takes every wire and handler to a removed node along', () => {
    const after = removeNodes(flow, ['staff']);
    expect(exits(after, 'reason')).toEqual({ order: 'done', silent: 'done' });
    expect(after.handlers).toEqual({ person: {}, hours: { say: 'Nine to five.' } });
    expect(Object.keys(after.nodes as object)).toEqual(['welcome', 'reason', 'done']);
  });

  it('leaves what it does not touch the same object', () => {
    const after = removeNodes(flow, ['staff']);
    expect((after.nodes as Record<string, unknown>).welcome).toBe(
      (flow.nodes as Record<string, unknown>).welcome,
    );
  });
});

describe('renaming a node', () => {
  it('follows it in wires, handlers and the start, in the order it was written', () => {
    const after = renameNode(renameNode(flow, 'staff', 'a_person'), 'welcome', 'greeting');
    expect(after.start).toBe('greeting');
    expect(after.handlers).toEqual({ person: { go: 'a_person' }, hours: { say: 'Nine to five.' } });
    expect(exits(after, 'reason')).toEqual({
      order: 'done',
      person: 'a_person',
      unclear: 'a_person',
      silent: 'done',
    });
    expect(Object.keys(after.nodes as object)).toEqual(['greeting', 'reason', 'a_person', 'done']);
  });

  it('to a name that is taken does nothing', () => {
    expect(renameNode(flow, 'staff', 'done')).toBe(flow);
  });
});

describe('wires', () => {
  it('are set and taken away', () => {
    expect(exits(wire(flow, 'welcome', 'said', 'done'), 'welcome')).toEqual({ said: 'done' });
    expect(exits(wire(flow, 'welcome', 'said', null), 'welcome')).toEqual({});
  });

  it('follow an intent that is given another name', () => {
    const after = setField(flow, 'reason', ['intents'], { ordering: { examples: ['a pizza'] }, person: {} });
    expect(exits(after, 'reason')).toEqual({
      ordering: 'done',
      person: 'staff',
      unclear: 'staff',
      silent: 'done',
    });
  });

  it('go with an intent that is taken out', () => {
    const after = setField(flow, 'reason', ['intents', 'order'], undefined);
    expect(exits(after, 'reason')).toEqual({ person: 'staff', unclear: 'staff', silent: 'done' });
  });
});

describe('adding', () => {
  it('gives a free name, and the first node of an empty flow is its start', () => {
    const first = addNode({ flow: 'new', start: '', nodes: {} }, 'say', { x: 10.4, y: 3 });
    const second = addNode(first.document, 'say', { x: 0, y: 0 });
    expect([first.name, second.name, second.document.start]).toEqual(['say', 'say_2', 'say']);
    expect((first.document.nodes as Record<string, unknown>).say).toMatchObject({ kind: 'say', at: [10, 3] });
  });
});

describe('copies', () => {
  it('keep the wires among themselves and those to nodes the flow has', () => {
    const { document, names } = paste(flow, fragmentOf(flow, ['welcome', 'reason']), { x: 100, y: 100 });
    expect(names).toEqual(['welcome_2', 'reason_2']);
    expect(exits(document, 'welcome_2')).toEqual({ said: 'reason_2' });
    expect(exits(document, 'reason_2')).toEqual({
      order: 'done',
      person: 'staff',
      unclear: 'staff',
      silent: 'done',
    });
  });

  it('come through the clipboard into another flow, without the wires that lead nowhere there', () => {
    const fragment = fromClipboard(toClipboard(fragmentOf(flow, ['reason', 'staff'])));
    const other: FlowDocument = { flow: 'other', start: 'x', nodes: {} };
    const { document } = paste(other, fragment!, { x: 0, y: 0 });
    expect(exits(document, 'reason')).toEqual({ person: 'staff', unclear: 'staff' });
    expect(document.start).toBe('reason');
  });

  it('are not made of a text that holds no nodes', () => {
    for (const text of ['', 'hello', '{"a": 1}', '[]', 'null', '{"nodes": {"a": {}}}'])
      expect(fromClipboard(text)).toBeUndefined();
  });
});

it('moving a node to where it stands changes nothing of it', () => {
  const after = moveNodes(flow, new Map([['welcome', { x: 0.2, y: 0 }]]));
  expect((after.nodes as Record<string, unknown>).welcome).toBe(
    (flow.nodes as Record<string, unknown>).welcome,
  );
});
