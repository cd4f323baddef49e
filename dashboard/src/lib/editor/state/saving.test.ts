import { describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import type { FlowDocument } from '../model/document';
import { AGAIN, PAUSE, Saving, type Timer } from './saving.svelte';
import { Stale, type Draft, type Tower } from './tower';

const flow = (say: string): FlowDocument => ({ flow: 'a', start: 'x', nodes: { x: { kind: 'say', say } } });
const draft = (document: FlowDocument, revision: number): Draft => ({
  document,
  etag: `"${revision}"`,
  savedAt: '2026-11-30T10:00:00Z',
  savedBy: 'Ada',
});

/** A clock that the test moves. */
class Waiting {
  #now = 0;
  #due: { at: number; run: () => void }[] = [];

  readonly timer: Timer = (run, after) => {
    const one = { at: this.#now + after, run };
    this.#due.push(one);
    return () => (this.#due = this.#due.filter((other) => other !== one));
  };

  async pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#due.filter((one) => one.at <= this.#now);
    this.#due = this.#due.filter((one) => one.at > this.#now);
    for (const one of due) one.run();
    for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
  }
}

/** A server that keeps one draft, and fails when it is told to. */
class OneDraft implements Pick<Tower, 'save'> {
  revision = 1;
  stored = flow('first');
  saves: FlowDocument[] = [];
  fails: Problem | undefined;

  async save(_flow: string, document: FlowDocument, etag: string): Promise<Draft> {
    await Promise.resolve();
    if (this.fails) throw this.fails;
    if (etag !== `"${this.revision}"`) throw new Stale(draft(this.stored, this.revision));
    this.revision += 1;
    this.stored = document;
    this.saves.push(document);
    return draft(document, this.revision);
  }
}

function open() {
  const [server, clock] = [new OneDraft(), new Waiting()];
  return { server, clock, saving: new Saving(server, 'a', draft(server.stored, 1), clock.timer) };
}

describe('autosave', () => {
  it('saves once, after the typing has paused', async () => {
    const { server, clock, saving } = open();
    saving.changed(flow('s'));
    await clock.pass(PAUSE - 1);
    saving.changed(flow('se'));
    await clock.pass(PAUSE - 1);
    expect([saving.state, server.saves.length]).toEqual(['changed', 0]);
    await clock.pass(1);
    expect([saving.state, server.saves]).toEqual(['saved', [flow('se')]]);
    expect(saving.stored.etag).toBe('"2"');
  });

  it('saves what is changed during a save in a second one, over the first', async () => {
    const { server, clock, saving } = open();
    saving.changed(flow('one'));
    const saved = saving.flush();
    saving.changed(flow('two'));
    await saved;
    await clock.pass(PAUSE);
    expect(server.saves).toEqual([flow('one'), flow('two')]);
    expect([saving.state, saving.stored.etag]).toEqual(['saved', '"3"']);
  });

  it('has nothing to save after an undo to what is stored', async () => {
    const { server, clock, saving } = open();
    saving.changed(flow('x'));
    saving.changed(flow('first'));
    expect(saving.state).toBe('saved');
    await clock.pass(PAUSE * 2);
    expect(server.saves).toEqual([]);
  });

  it('tries again by itself when the server could not be reached', async () => {
    const { server, clock, saving } = open();
    server.fails = Problem.unreachable();
    saving.changed(flow('x'));
    await clock.pass(PAUSE);
    expect([saving.state, saving.problem?.code]).toEqual(['failed', 'unreachable']);
    server.fails = undefined;
    await clock.pass(AGAIN);
    expect([saving.state, server.saves.length, saving.problem]).toEqual(['saved', 1, undefined]);
  });

  it('does not try again what the server will never take', async () => {
    const { server, clock, saving } = open();
    server.fails = new Problem(422, 'invalid', 'No.');
    saving.changed(flow('x'));
    await clock.pass(PAUSE);
    server.fails = undefined;
    await clock.pass(AGAIN * 2);
    expect([saving.state, server.saves.length]).toEqual(['failed', 0]);
    expect(await saving.flush()).toBe(true);
  });
});

describe('a refused save', () => {
  it('overwrites nothing, keeps both versions, and goes on from theirs once it is settled', async () => {
    const { server, clock, saving } = open();
    server.stored = flow('theirs');
    server.revision = 2;
    saving.changed(flow('mine'));
    await clock.pass(PAUSE);
    expect([saving.state, saving.theirs?.document]).toEqual(['refused', flow('theirs')]);
    saving.changed(flow('mine, more'));
    await clock.pass(PAUSE * 3);
    expect([saving.state, server.stored, await saving.flush()]).toEqual(['refused', flow('theirs'), false]);

    saving.settle(flow('both'));
    await clock.pass(PAUSE);
    expect([saving.state, server.stored, saving.theirs]).toEqual(['saved', flow('both'), undefined]);
  });
});
