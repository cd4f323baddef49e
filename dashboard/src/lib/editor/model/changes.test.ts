import { describe, expect, it } from 'vitest';
import { diff, nodeChanges, together } from './diff';
import type { FlowDocument } from './document';
import { differences, merged, proposed } from './merge';
import { search } from './search';
import { beingWritten, knownVariables } from './variables';
import { History } from './history.svelte';

const base: FlowDocument = {
  flow: 'support',
  title: 'Support',
  start: 'a',
  nodes: { a: { kind: 'say', say: 'one', at: [0, 0] }, b: { kind: 'end' }, c: { kind: 'end', say: 'bye' } },
};
const with_ = (nodes: Record<string, unknown>, head: Record<string, unknown> = {}) =>
  ({ ...base, ...head, nodes: { ...(base.nodes as object), ...nodes } }) as FlowDocument;

describe('a diff', () => {
  it('names the place of every difference, what was removed last', () => {
    const { nodes: both } = with_({ a: { kind: 'say', say: 'two', at: [0, 0] }, d: { kind: 'end' } });
    const { c: _, ...nodes } = both as Record<string, never>;
    expect(diff(base, { ...base, note: 'x', nodes }).map((one) => [one.kind, one.place.join('.')])).toEqual([
      ['changed', 'nodes.a.say'],
      ['added', 'nodes.d'],
      ['removed', 'nodes.c'],
      ['added', 'note'],
    ]);
  });

  it('tells a node that moved from one that changed, and keeps what is gone in the picture', () => {
    const after: FlowDocument = {
      ...base,
      nodes: { a: { kind: 'say', say: 'one', at: [9, 9] }, b: { kind: 'end', say: 'x' }, d: { kind: 'end' } },
    };
    expect([...nodeChanges(base, after)]).toEqual([
      ['a', 'moved'],
      ['b', 'changed'],
      ['d', 'added'],
      ['c', 'removed'],
    ]);
    expect(Object.keys(together(base, after).nodes as object)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a refused save', () => {
  const mine = with_({ a: { kind: 'say', say: 'mine' }, e: { kind: 'end' } });
  const theirs = with_(
    { a: { kind: 'say', say: 'theirs' }, b: { kind: 'end', say: 'theirs' } },
    { title: 'Shop' },
  );
  const all = differences(base, mine, theirs);

  it('shows who changed what since the common copy', () => {
    expect(all.map((one) => [one.in, one.name, one.by])).toEqual([
      ['head', 'title', 'theirs'],
      ['node', 'a', 'both'],
      ['node', 'b', 'theirs'],
      ['node', 'e', 'mine'],
    ]);
  });

  it('keeps the changes of both, and of what both changed what was chosen', () => {
    const both = merged(mine, theirs, all, proposed);
    expect(both.title).toBe('Shop');
    expect(both.nodes).toEqual({
      a: { kind: 'say', say: 'mine' },
      b: { kind: 'end', say: 'theirs' },
      c: { kind: 'end', say: 'bye' },
      e: { kind: 'end' },
    });
    expect(merged(mine, theirs, all, () => 'theirs')).toEqual(theirs);
    expect(merged(mine, theirs, all, () => 'mine')).toEqual(mine);
  });

  it('leaves out what the chosen side removed', () => {
    const { c: _, ...nodes } = base.nodes as Record<string, never>;
    const without = { ...base, nodes };
    const gone = differences(base, without, with_({ c: { kind: 'end', say: 'changed' } }));
    expect(gone).toMatchObject([{ name: 'c', by: 'both', mine: undefined }]);
    expect(Object.keys(merged(without, base, gone, () => 'mine').nodes as object)).toEqual(['a', 'b']);
  });
});

describe('search', () => {
  it('finds names before texts, and exits', () => {
    const flow = with_({
      bye_now: { kind: 'end' },
      d: { kind: 'say', say: 'x', exits: { said: 'bye_now' } },
    });
    expect(search(flow, 'bye').map((hit) => [hit.node, hit.field])).toEqual([
      ['bye_now', ''],
      ['c', 'say'],
      ['d', 'exits.said'],
    ]);
    expect(search(flow, '  ')).toEqual([]);
  });
});

describe('known variables', () => {
  it('are declared, asked for, and saved', () => {
    const flow: FlowDocument = {
      variables: { customer: { type: 'record' }, found: 'record' },
      nodes: {
        q: { kind: 'ask', slots: { order_number: { type: 'digits' } } },
        l: { kind: 'lookup', save: 'hours' },
        r: { kind: 'run', flow: 'x', save: { theirs: 'ours' } },
      },
    };
    const names = knownVariables(flow, ['phone']).map((one) => `${one.name}:${one.type}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'customer:record',
        'found:record',
        'order_number:text',
        'hours:record',
        'theirs:',
        'call.caller:text',
        'project.phone:',
      ]),
    );
  });

  it('are completed inside braces, and anywhere in an expression', () => {
    expect(beingWritten('Hello {{ cust', false)).toEqual({ word: 'cust', from: 9 });
    expect(beingWritten('Hello {{ customer.na', false)).toEqual({ word: 'customer.na', from: 9 });
    expect(beingWritten('Hello cust', false)).toBeUndefined();
    expect(beingWritten('{{ a }} and b', false)).toBeUndefined();
    expect(beingWritten('{{ a | mon', false)).toBeUndefined();
    expect(beingWritten("{{ a | count('it", false)).toBeUndefined();
    expect(beingWritten('order.total > lim', true)).toEqual({ word: 'lim', from: 14 });
  });
});

describe('history', () => {
  it('undoes and redoes steps, and typing in one place is one step', () => {
    const history = new History('');
    history.commit('a', 'Type', 'say');
    history.commit('ab', 'Type', 'say');
    history.rest();
    history.commit('abc', 'Type', 'say');
    expect([history.now, history.undoes]).toEqual(['abc', 'Type']);
    history.undo();
    expect(history.now).toBe('ab');
    history.undo();
    expect([history.now, history.undoes, history.redoes]).toEqual(['', undefined, 'Type']);
    history.redo();
    history.redo();
    expect(history.now).toBe('abc');
    history.undo();
    history.commit('x', 'Other');
    expect([history.redoes, history.now]).toEqual([undefined, 'x']);
  });

  it('keeps only so many steps', () => {
    const history = new History(0, 3);
    for (const value of [1, 2, 3, 4, 5]) history.commit(value, 'Count');
    for (let times = 0; times < 9; times += 1) history.undo();
    expect(history.now).toBe(2);
  });
});
