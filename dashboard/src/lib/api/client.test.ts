import { afterEach, describe, expect, it } from 'vitest';
import { answer, clientWith, credentials, tagged } from './client';
import { Problem } from './problem';

const session = {
  user: { id: 'u1', email: 'a@b.c', name: 'Ann' },
  everywhere: false,
  projects: [],
  csrf: 'c1',
};

function serverThat(answers: (request: Request) => Response | Promise<Response>) {
  const seen: Request[] = [];
  const client = clientWith(async (request) => {
    seen.push(request as Request);
    return answers(request as Request);
  });
  return { client, seen };
}

const signIn = { body: { email: 'a@b.c', password: 'secret' } };

afterEach(() => {
  credentials.csrf = '';
  credentials.onsignedout = () => {};
});

describe('the client', () => {
  it('sends the CSRF token with what changes something, and not with what reads', async () => {
    credentials.csrf = 'c1';
    const { client, seen } = serverThat(() => Response.json(session));
    await answer(client.GET('/api/v1/session'));
    await answer(client.POST('/api/v1/session', signIn));
    expect(seen.map((request) => request.headers.get('X-CSRF-Token'))).toEqual([null, 'c1']);
  });

  it('throws an error answer as a problem, with its faults', async () => {
    const fault = { code: 'no_exit', severity: 'error', node: 'ask', message: 'Wire it.' };
    const body = { code: 'invalid_flow', message: 'It has faults.', faults: [fault] };
    const { client } = serverThat(() => Response.json(body, { status: 422 }));
    const problem = await answer(client.GET('/api/v1/projects')).catch((error: unknown) => error);
    expect(problem).toMatchObject({
      status: 422,
      code: 'invalid_flow',
      message: 'It has faults.',
      faults: [fault],
    });
  });

  it('makes a problem of an answer in another shape', async () => {
    const { client } = serverThat(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(client.GET('/api/v1/projects')).rejects.toMatchObject({ status: 502, code: 'internal' });
  });

  it('says that the server cannot be reached, and what to do', async () => {
    const { client } = serverThat(() => Promise.reject(new TypeError('Failed to fetch')));
    const problem = await client.GET('/api/v1/projects').catch((error: unknown) => error as Problem);
    expect(problem).toMatchObject({ code: 'unreachable', remedy: expect.stringContaining('running') });
  });

  it('tells that the user was signed out, but not when signing in failed', async () => {
    let told = 0;
    credentials.onsignedout = () => void told++;
    const { client } = serverThat(() =>
      Response.json({ code: 'signed_out', message: 'No.', faults: [] }, { status: 401 }),
    );
    await expect(client.POST('/api/v1/session', signIn)).rejects.toBeInstanceOf(Problem);
    expect(told).toBe(0);
    await expect(client.GET('/api/v1/projects')).rejects.toBeInstanceOf(Problem);
    expect(told).toBe(1);
  });

  it('brings the ETag along when asked', async () => {
    const { client } = serverThat(() => Response.json(session, { headers: { ETag: '"7"' } }));
    expect((await tagged(client.GET('/api/v1/session'))).etag).toBe('"7"');
  });
});
