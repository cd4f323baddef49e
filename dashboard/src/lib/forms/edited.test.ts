import { describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import { Edited, type Tagged } from './edited.svelte';

interface Thing {
  name: string;
  tags: string[];
}

/** A server that keeps one thing, and refuses what was read before its last change. */
function kept(first: Thing) {
  let stored: Tagged<Thing> = { data: first, etag: '1' };
  const save = async (value: Thing, etag: string) => {
    if (value.name === '') {
      const fault = { code: 'x', severity: 'error', node: 'body.name', message: 'body.name: It is empty' };
      throw new Problem(422, 'invalid_request', 'No.', [fault]);
    }
    if (etag !== stored.etag) throw new Problem(412, 'stale_resource', 'Somebody has saved.');
    stored = { data: value, etag: String(Number(stored.etag) + 1) };
    return stored;
  };
  return { edited: new Edited(stored, { load: async () => stored, save }), save, now: () => stored.data };
}

describe('what is edited', () => {
  it('is changed while it says something else than what is stored', async () => {
    const { edited, now } = kept({ name: 'main', tags: [] });
    expect(edited.changed).toBe(false);
    edited.value.tags.push('new');
    expect(edited.changed).toBe(true);
    expect(await edited.save()).toBe(true);
    expect(edited.changed).toBe(false);
    expect(now().tags).toEqual(['new']);
  });

  it('can be given up', () => {
    const { edited } = kept({ name: 'main', tags: [] });
    edited.value.name = 'other';
    edited.discard();
    expect(edited.value.name).toBe('main');
  });

  it('keeps what was typed, with the fault at its field, when it is refused', async () => {
    const { edited } = kept({ name: 'main', tags: [] });
    edited.value.name = '';
    expect(await edited.save()).toBe(false);
    expect(edited.faults.at('name')).toBe('It is empty.');
    expect(edited.changed).toBe(true);
  });

  it('shows what somebody else has saved, and can be saved over it', async () => {
    const { edited, save, now } = kept({ name: 'main', tags: [] });
    await save({ name: 'theirs', tags: [] }, '1');
    edited.value.name = 'mine';
    expect(await edited.save()).toBe(false);
    expect(edited.theirs?.name).toBe('theirs');
    expect(await edited.keepMine()).toBe(true);
    expect(now().name).toBe('mine');
  });

  it('follows what is stored while nothing is changed here, and not when something is', () => {
    const { edited } = kept({ name: 'main', tags: [] });
    edited.follow({ data: { name: 'newer', tags: [] }, etag: '2' });
    expect(edited.value.name).toBe('newer');
    edited.value.name = 'mine';
    edited.follow({ data: { name: 'newest', tags: [] }, etag: '3' });
    expect(edited.value.name).toBe('mine');
  });

  it('can give way to what somebody else has saved', async () => {
    const { edited, save } = kept({ name: 'main', tags: [] });
    await save({ name: 'theirs', tags: [] }, '1');
    edited.value.name = 'mine';
    await edited.save();
    edited.takeTheirs();
    expect(edited.value.name).toBe('theirs');
    expect(edited.changed).toBe(false);
  });
});
