import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { Talking } from '$lib/calls/talking.svelte';
import { Voice } from '$lib/calls/voice.svelte';
import type { FlowDocument } from '../model/document';
import type { Editor } from '../state/editor.svelte';
import type { Tower } from '../state/tower';
import { Trying } from '../state/trying.svelte';
import SidePanel from './SidePanel.svelte';

const flow: FlowDocument = { flow: 'a', start: 'x', nodes: { x: { kind: 'end' } } };

function panel() {
  const room = { setMicrophone: async () => {}, allowSound: async () => {}, leave: async () => {} };
  const watch = () => () => {};
  const call = async () => ({ url: 'wss://rooms.test', token: 't', room: 'r' });
  const tower = { call, watch, project: 'shop', versions: async () => [] } as unknown as Tower;
  const trying = new Trying(tower, 'a', new Talking(watch, new Voice(async () => room)));
  const editor = { trying, tower, document: flow, flow: 'a', checking: { faults: [], errors: 0 } };
  render(SidePanel, {
    side: 'try',
    editor: editor as unknown as Editor,
    shown: { selected: [] } as unknown as Editor,
    looked: undefined,
    readOnly: false,
    mayEdit: true,
    published: 0,
    onflow: () => {},
    onshow: () => {},
    oncompare: () => {},
    onrollback: async () => {},
  });
  return trying;
}

describe('the panels beside a trial by voice', () => {
  it('tell that the microphone is open, and hang up', async () => {
    const trying = panel();
    await fireEvent.click(screen.getByRole('button', { name: 'Call it by voice' }));
    await screen.findByRole('button', { name: 'Mute' });
    expect(screen.queryByText('The draft hears your microphone')).toBeNull();
    await fireEvent.click(screen.getByRole('tab', { name: 'Versions' }));
    expect(screen.getByText('The draft hears your microphone')).toBeVisible();
    expect(screen.getByRole('tab', { name: /Try it.*a call runs/ })).toBeVisible();
    await fireEvent.click(screen.getByRole('button', { name: 'Hang up' }));
    expect(trying.talking.voice.busy).toBe(false);
    expect(screen.queryByText('The draft hears your microphone')).toBeNull();
  });
});
