import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentials, Problem } from '$lib/api';
import { session } from './session.svelte';

const answered = {
  user: { id: 'u1', email: 'a@b.c', name: 'Ann' },
  everywhere: false,
  projects: [
    { id: 'shop', name: 'Shop', role: 'editor' },
    { id: 'bank', name: 'Bank', role: 'viewer' },
  ],
  csrf: 'c1',
};
const realFetch = globalThis.fetch;

function serverAnswers(status: number, body?: unknown): void {
  globalThis.fetch = () =>
    Promise.resolve(body === undefined ? new Response(null, { status }) : Response.json(body, { status }));
}

beforeEach(() => {
  session.forget();
  localStorage.clear();
});

afterEach(() => {
  globalThis.fetch = realFetch;
});

describe('the session', () => {
  it('has the user, the CSRF token and the roles once signed in, and nothing of them once signed out', async () => {
    serverAnswers(200, answered);
    await session.signIn('a@b.c', 'secret');
    expect([session.user?.name, session.signature, credentials.csrf]).toEqual(['Ann', 'a@b.c', 'c1']);
    expect([session.can('editor', 'shop'), session.can('supervisor', 'bank'), session.knows('mine')]).toEqual(
      [true, false, false],
    );
    serverAnswers(204);
    await session.signOut();
    expect([session.user, session.signature, credentials.csrf]).toEqual([null, '', '']);
    expect(session.can('viewer', 'shop')).toBe(false);
  });

  it('is nobody’s when the server answers so, and throws when the server fails', async () => {
    serverAnswers(401, { code: 'signed_out', message: 'Nobody is signed in.', faults: [] });
    expect(await session.known()).toBe(false);
    serverAnswers(503, { code: 'store_unavailable', message: 'The store does not answer.', faults: [] });
    await expect(session.known()).rejects.toBeInstanceOf(Problem);
  });

  it('prefers the project looked at last, while it is still there', async () => {
    serverAnswers(200, answered);
    await session.refresh();
    expect(session.preferred).toBe('shop');
    session.prefer('bank');
    expect(session.preferred).toBe('bank');
    session.prefer('gone');
    expect(session.preferred).toBe('shop');
  });
});
