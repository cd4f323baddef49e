import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '../model/document';
import { DARK } from '../model/path';
import { Checking } from './checking.svelte';
import { HttpTower, type Send } from './http';
import { commandOf } from './keys';
import { Stale, type Checked } from './tower';
import { Trying } from './trying.svelte';
import { Problem } from '$lib/api/problem';
import type { LiveCall, LiveEntry, LiveEvents } from '$lib/calls/live_calls';
import { Talking } from '$lib/calls/talking.svelte';
import { Voice, type JoinedRoom } from '$lib/calls/voice.svelte';
import type { Handlers } from '$lib/live.svelte';

const flow: FlowDocument = { flow: 'a', start: 'x', nodes: { x: { kind: 'run', flow: 'orders' } } };

/** A server that answers by method and address, and remembers what it was asked. */
function answering(answers: Record<string, unknown>) {
  const asked: { what: string; body: unknown; headers: Headers }[] = [];
  const send = (async (method: string, path: string, body?: unknown, more?: RequestInit) => {
    const what = `${method} ${path}`;
    asked.push({ what, body, headers: new Headers(more?.headers) });
    const answer = answers[what];
    if (answer instanceof Error) throw answer;
    return structuredClone(answer);
  }) as Send;
  return { asked, tower: new HttpTower('shop', send) };
}

describe('checks', () => {
  it('count only their latest answer', async () => {
    const answers: ((checked: Checked) => void)[] = [];
    const checking = new Checking({ check: () => new Promise((answer) => answers.push(answer)) }, 'a');
    const fault = { code: 'x', severity: 'error', message: 'Wire it.', node: 'x' } as const;
    const [first, second] = [checking.check(flow), checking.check(flow)];
    answers[1]!({ faults: [fault], exits: {} });
    await second;
    answers[0]!({ faults: [], exits: {} });
    await first;
    expect([checking.faults, checking.errors, checking.warnings, checking.busy]).toEqual([
      [fault],
      1,
      0,
      false,
    ]);
  });

  it('tell the ends of the flows that are run, the same object until they change', async () => {
    const checking = new Checking(
      { check: async () => ({ faults: [], exits: { x: ['placed', 'stopped'] } }) },
      'a',
    );
    await checking.check(flow);
    const { ends } = checking;
    expect(ends).toEqual({ orders: ['placed', 'stopped'] });
    await checking.check(flow);
    expect(checking.ends).toBe(ends);
  });
});

describe('over HTTP', () => {
  it('a save names the revision it changes, and a refused one brings what is stored', async () => {
    const current = { flow: 'a', document: flow, revision: 7, saved_at: 'now', saved_by: 'Grace' };
    const refused = new Problem(412, 'stale_draft', 'Somebody saved.', [], { current });
    const { asked, tower } = answering({ 'PUT /flows/a/draft': refused });
    const error = await tower.save('a', flow, '"3"').catch((reason: unknown) => reason);
    expect(asked[0]?.headers.get('If-Match')).toBe('"3"');
    expect(error).toBeInstanceOf(Stale);
    expect((error as Stale).current).toEqual({
      document: flow,
      etag: '"7"',
      savedAt: 'now',
      savedBy: 'Grace',
    });
  });

  it('publishing names the revision that was looked at', async () => {
    const { asked, tower } = answering({ 'POST /flows/a/publish': { version: 4 } });
    expect(await tower.publish('a', 'A note', '"9"')).toBe(4);
    expect(asked[0]?.body).toEqual({ note: 'A note', revision: 9 });
  });

  it('a trial keeps all that was said, and the path within the flow that is edited', async () => {
    const turn = (more: object) => ({
      id: 't',
      said: [],
      tokens: [],
      tools: [],
      places: [],
      values: {},
      working: false,
      ended: false,
      outcome: '',
      ...more,
    });
    const { tower } = answering({
      'POST /trials': turn({
        said: ['Welcome.', 'What is it?'],
        tokens: [{ flow: 'a', node: 'welcome', exit: 'said' }],
        places: [{ flow: 'a', node: 'reason' }],
      }),
      'POST /trials/t/said': turn({
        said: ['Goodbye.'],
        tokens: [
          { flow: 'a', node: 'reason', exit: 'hours' },
          { flow: 'hours', node: 'look_up', exit: 'found' },
        ],
        tools: [{ tool: 'hours.get', answered_by: 'example' }],
        values: { hours: { today: '9 to 5' }, project: {}, empty: null },
        ended: true,
        outcome: 'told',
      }),
    });
    const trying = new Trying(tower, 'a');
    await trying.start(flow);
    expect([trying.running, trying.lit.at, [...trying.lit.exits]]).toEqual([
      true,
      'reason',
      ['welcome.said'],
    ]);
    await trying.say('when do you open');
    expect(trying.turn?.lines.map((line) => `${line.who}: ${line.text}`)).toEqual([
      'agent: Welcome.',
      'agent: What is it?',
      'caller: when do you open',
      'note: hours.get answered with its example',
      'agent: Goodbye.',
    ]);
    expect([...trying.lit.exits]).toEqual(['welcome.said', 'reason.hours']);
    expect(trying.turn).toMatchObject({ outcome: 'told', values: { hours: '{"today":"9 to 5"}' } });
    expect(trying.running).toBe(false);
  });
});

describe('a trial by voice', () => {
  const way = { url: 'wss://rooms.test', token: 't', room: 'ours' };

  /** A draft that is called, and the project's calls by hand. */
  function calling(answer: unknown = { kind: 'web', room: 'ours', join: way }) {
    const { asked, tower } = answering({ 'POST /trials/calls': answer });
    const told: Handlers<LiveEvents>[] = [];
    const room: JoinedRoom = {
      setMicrophone: async () => {},
      allowSound: async () => {},
      leave: async () => {},
    };
    const talking = new Talking(
      (handlers) => {
        told.push(handlers);
        return () => {};
      },
      new Voice(async () => room),
    );
    const trying = new Trying(tower, 'a', talking);
    const log = (seq: number, kind: LiveEntry['kind'], type: string, data: LiveEntry['data']) =>
      told.at(-1)?.entry?.({ call: 'c', seq, at: '', kind, type, data });
    const stands = (flow_now: string, node: string) =>
      told.at(-1)?.call_changed?.({ call: { id: 'c', flow_now, node } as LiveCall });
    return { asked, trying, log, stands };
  }

  it('calls what is on the canvas, and lights its path up as the call goes on', async () => {
    const { asked, trying, log, stands } = calling();
    await trying.call(flow);
    expect(asked[0]?.body).toEqual({ flow: 'a', document: flow });
    expect(asked[0]?.headers.get('Idempotency-Key')).toBeTruthy();
    expect([trying.spoken, trying.tried, trying.lit]).toEqual([true, flow, DARK]);
    log(0, 'note', 'room', { room: 'ours' });
    log(1, 'token', 'exit', { flow: 'a', node: 'welcome', exit: 'said' });
    log(2, 'token', 'exit', { flow: 'orders', node: 'what', exit: 'placed' });
    stands('a', 'reason');
    expect([[...trying.lit.exits], trying.lit.at]).toEqual([['welcome.said'], 'reason']);
    stands('orders', 'what');
    expect(trying.lit.at).toBe('welcome');
  });

  it('is over when it is stopped, and the lights are out', async () => {
    const { trying, log } = calling();
    await trying.call(flow);
    log(0, 'note', 'room', { room: 'ours' });
    log(1, 'token', 'exit', { flow: 'a', node: 'welcome', exit: 'said' });
    await trying.stop();
    expect([trying.spoken, trying.talking.voice.busy, trying.lit, trying.tried]).toEqual([
      false,
      false,
      DARK,
      undefined,
    ]);
  });

  it('says what is wrong with the draft, and no call is made', async () => {
    const { trying } = calling(new Problem(422, 'flow_faulty', 'The flow a has errors.', []));
    await trying.call(flow);
    expect([trying.spoken, trying.talking.voice.state, trying.talking.problem?.message]).toEqual([
      true,
      'failed',
      'The flow a has errors.',
    ]);
  });
});

describe('keys', () => {
  const stroke = (key: string, more: object = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...more,
  });

  it('ask for commands, but not while something is typed', () => {
    expect(commandOf(stroke('z', { ctrlKey: true }), false)).toBe('undo');
    expect(commandOf(stroke('Z', { metaKey: true, shiftKey: true }), false)).toBe('redo');
    expect(commandOf(stroke('/'), false)).toBe('search');
    expect(commandOf(stroke('/'), true)).toBeUndefined();
    expect(commandOf(stroke('z', { ctrlKey: true }), true)).toBeUndefined();
    expect(commandOf(stroke('s', { ctrlKey: true }), true)).toBe('save');
    expect(commandOf(stroke('c', { ctrlKey: true }), false)).toBeUndefined();
    expect(commandOf(stroke('toString'), false)).toBeUndefined();
  });
});
