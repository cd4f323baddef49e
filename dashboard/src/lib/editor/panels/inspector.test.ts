import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { nodeOf, type FlowDocument } from '../model/document';
import { Editor } from '../state/editor.svelte';
import type { Checked, Tower } from '../state/tower';
import Inspector from './Inspector.svelte';

const flow: FlowDocument = {
  flow: 'support',
  start: 'welcome',
  variables: { customer: 'record' },
  nodes: {
    welcome: { kind: 'say', say: 'Hello.', exits: { said: 'reason' } },
    reason: {
      kind: 'intent',
      ask: 'What is it?',
      intents: { order: { examples: ['a pizza'] } },
      exits: { order: 'find', unclear: 'done', silent: 'done' },
    },
    find: { kind: 'lookup', tool: 'orders.get', exits: { found: 'done', missing: 'done' } },
    done: { kind: 'end' },
  },
};
const checked: Checked = {
  faults: [
    {
      code: 'unwired_exit',
      severity: 'error',
      node: 'find',
      message: 'Exit `failed` leads nowhere; wire it to a node.',
    },
    {
      code: 'unreachable_node',
      severity: 'error',
      node: 'find',
      message: 'No path leads here from the start.',
    },
  ],
  exits: {},
};

async function opened(node: string): Promise<Editor> {
  const tower = { check: async () => checked, save: () => new Promise(() => {}) } as unknown as Tower;
  const parts = {
    tools: { 'orders.get': ['number'] },
    catalogues: [],
    routes: [],
    facts: ['phone'],
    flows: [],
  };
  const editor = new Editor(
    tower,
    'support',
    { document: flow, etag: '"1"', savedAt: '', savedBy: '' },
    parts,
    () => () => {},
  );
  await editor.checking.check(flow);
  editor.select([node]);
  render(Inspector, { editor, readOnly: false, onflow: () => {} });
  return editor;
}

describe('the form of a node', () => {
  it('writes what is typed into the document, as one step', async () => {
    const editor = await opened('welcome');
    const field = screen.getByLabelText(/^Say/);
    for (const value of ['Hello!', 'Hello! Hi']) await fireEvent.input(field, { target: { value } });
    expect(nodeOf(editor.document, 'welcome')['say']).toBe('Hello! Hi');
    editor.undo();
    expect(editor.document).toBe(flow);
  });

  it('offers the variables in braces, and puts the chosen one in', async () => {
    const editor = await opened('welcome');
    const field = screen.getByLabelText<HTMLTextAreaElement>(/^Say/);
    await fireEvent.input(field, { target: { value: 'Hello {{ cust' } });
    expect(screen.getByRole('option', { name: /customer/ })).toBeInTheDocument();
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(nodeOf(editor.document, 'welcome')['say']).toBe('Hello {{ customer }}');
  });

  it('gives an intent another name, and its wire follows', async () => {
    const editor = await opened('reason');
    const intents = within(screen.getByRole('group', { name: /Intents/ }));
    await fireEvent.change(intents.getByLabelText('Name'), { target: { value: 'Place an order' } });
    const node = nodeOf(editor.document, 'reason');
    expect(node['intents']).toEqual({ place_an_order: { examples: ['a pizza'] } });
    expect(node['exits']).toEqual({ unclear: 'done', silent: 'done', place_an_order: 'find' });
  });

  it('takes examples one a line', async () => {
    const editor = await opened('reason');
    await fireEvent.input(screen.getByLabelText('Examples'), { target: { value: 'a pizza\ntwo pizzas' } });
    expect(nodeOf(editor.document, 'reason')['intents']).toEqual({
      order: { examples: ['a pizza', 'two pizzas'] },
    });
  });

  it('wires an exit from a list of nodes', async () => {
    const editor = await opened('find');
    await fireEvent.change(screen.getByLabelText('failed'), { target: { value: 'done' } });
    expect(nodeOf(editor.document, 'find')['exits']).toEqual({
      found: 'done',
      missing: 'done',
      failed: 'done',
    });
  });

  it('offers the arguments of its tool', async () => {
    const editor = await opened('find');
    await fireEvent.click(screen.getByRole('button', { name: 'number' }));
    expect(nodeOf(editor.document, 'find')['with']).toEqual({ number: '' });
  });

  it('shows a fault at its field, and one of the whole node at its head', async () => {
    await opened('find');
    flushSync();
    expect(screen.getByLabelText('failed')).toHaveAccessibleDescription(/leads nowhere/);
    expect(screen.getByText(/No path leads here/)).toBeInTheDocument();
    expect(screen.getAllByText(/leads nowhere/)).toHaveLength(1);
  });

  it('leaves out what says no more than the default', async () => {
    const editor = await opened('reason');
    await fireEvent.input(screen.getByLabelText('Attempts'), { target: { value: '5' } });
    expect(nodeOf(editor.document, 'reason')['attempts']).toBe(5);
    await fireEvent.input(screen.getByLabelText('Attempts'), { target: { value: '3' } });
    expect(nodeOf(editor.document, 'reason')['attempts']).toBeUndefined();
  });
});
