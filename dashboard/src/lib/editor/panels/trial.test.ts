import { fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { Talking } from '$lib/calls/talking.svelte';
import type { LiveEvents } from '$lib/calls/live_calls';
import { Voice, type JoinedRoom, type RoomEvents } from '$lib/calls/voice.svelte';
import type { Handlers } from '$lib/live.svelte';
import type { FlowDocument } from '../model/document';
import type { Tower } from '../state/tower';
import { Trying } from '../state/trying.svelte';
import TrialPanel from './TrialPanel.svelte';

const flow: FlowDocument = { flow: 'a', start: 'x', nodes: { x: { kind: 'end' } } };
const room: JoinedRoom = { setMicrophone: async () => {}, allowSound: async () => {}, leave: async () => {} };

/** The panel, with a room that is joined at once; what is called, and what is told of it. */
function panel() {
  const called: FlowDocument[] = [];
  let told: Handlers<LiveEvents> = {};
  let events!: RoomEvents;
  const watch = (handlers: Handlers<LiveEvents>) => {
    told = handlers;
    return () => {};
  };
  const call = async (_: string, document: FlowDocument) => {
    called.push(document);
    return { url: 'wss://rooms.test', token: 't', room: 'ours' };
  };
  const voice = new Voice(async (_, given) => {
    events = given;
    return room;
  });
  const tower = { call, watch } as unknown as Tower;
  const trying = new Trying(tower, 'a', new Talking(watch, voice));
  const shown = render(TrialPanel, { trying, document: flow, project: 'shop' });
  const tell = (more: (told: Handlers<LiveEvents>, events: RoomEvents) => void) => {
    more(told, events);
    flushSync();
  };
  return { called, trying, tell, shown };
}

const byVoice = () => fireEvent.click(screen.getByRole('button', { name: 'Call it by voice' }));

describe('the trial by voice', () => {
  it('is begun beside the canvas, and shows what is said and where the call is', async () => {
    const { called, tell } = panel();
    await byVoice();
    await screen.findByRole('button', { name: 'Hang up' });
    expect(called).toEqual([flow]);
    tell((told, events) => {
      events.company(true);
      told.entry?.({ call: 'c', seq: 0, at: '', kind: 'note', type: 'room', data: { room: 'ours' } });
      told.entry?.({
        call: 'c',
        seq: 1,
        at: '',
        kind: 'event',
        type: 'caller_spoke',
        data: { text: 'two pizzas' },
      });
      told.call_changed?.({ call: { id: 'c', flow_now: 'a', node: 'x' } as never });
    });
    expect(screen.getByText('two pizzas')).toBeTruthy();
    expect(screen.getByText('a/x')).toBeTruthy();
  });

  it('gives the focus to what hangs up, and then to what calls again', async () => {
    panel();
    screen.getByRole('button', { name: 'Call it by voice' }).focus();
    await byVoice();
    const hangUp = await screen.findByRole('button', { name: 'Hang up' });
    expect(hangUp).toHaveFocus();
    await fireEvent.click(hangUp);
    expect(await screen.findByRole('button', { name: 'Call again' })).toHaveFocus();
  });

  it('says when the flow was edited since, and goes on', async () => {
    const { shown, trying } = panel();
    await byVoice();
    await screen.findByRole('button', { name: 'Hang up' });
    await shown.rerender({ document: { ...flow } });
    expect(screen.getByText('edited since')).toBeTruthy();
    expect(trying.talking.voice.busy).toBe(true);
  });

  it('goes on while another panel is looked at, and is there when one comes back', async () => {
    const { shown, trying } = panel();
    await byVoice();
    await screen.findByRole('button', { name: 'Hang up' });
    shown.unmount();
    expect(trying.talking.voice.busy).toBe(true);
    render(TrialPanel, { trying, document: flow, project: 'shop' });
    expect(screen.getByRole('button', { name: 'Hang up' })).toBeTruthy();
  });

  it('is left for the trial by text', async () => {
    const { trying } = panel();
    await byVoice();
    await fireEvent.click(await screen.findByRole('button', { name: 'Hang up, and try it otherwise' }));
    expect(await screen.findByRole('button', { name: 'Begin' })).toBeTruthy();
    expect(trying.talking.voice.busy).toBe(false);
  });
});
