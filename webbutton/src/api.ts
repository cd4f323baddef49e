/** What the button asks of its server. */

export interface Texts {
  title: string;
  consent: string;
  captions: boolean;
  language: string;
}

export interface Ticket {
  url: string;
  token: string;
}

/** Why something could not be, in a sentence for the visitor. */
export class Refused extends Error {}

export interface Place {
  server: string;
  project: string;
  agent: string;
}

export interface Api {
  texts(): Promise<Texts>;
  ticket(): Promise<Ticket>;
}

const UNREACHABLE = 'The server cannot be reached. Check your connection, or try again later.';

/** The agent's public addresses. No cookie is sent: whoever asks is nobody. */
export function apiOf(place: Place, get: typeof fetch = fetch.bind(globalThis)): Api {
  const base = `${place.server}/api/v1/web/${encodeURIComponent(place.project)}/${encodeURIComponent(place.agent)}`;

  async function ask<T>(path: string, method: 'GET' | 'POST'): Promise<T> {
    let answer: Response;
    try {
      answer = await get(base + path, { method, credentials: 'omit', cache: 'no-store' });
    } catch {
      throw new Refused(UNREACHABLE);
    }
    const body = (await answer.json().catch(() => ({}))) as { message?: unknown };
    if (!answer.ok) throw new Refused(typeof body.message === 'string' ? body.message : UNREACHABLE);
    return body as T;
  }

  return { texts: () => ask<Texts>('', 'GET'), ticket: () => ask<Ticket>('/calls', 'POST') };
}
