/** The tower over HTTP: the server's flow routes, in the editor's words. */
import { Problem, request, type Schema } from '$lib/api';
import { watchProject, type Watch } from '$lib/calls/talking.svelte';
import type { FlowDocument } from '../model/document';
import type { Fault } from '../model/faults';
import { HttpTrial, type TrialAnswer } from './http-trial';
import { Faulty, Stale, type Checked, type Draft, type FlowHead, type Parts, type Person } from './tower';
import type { Tower, Trial, Version } from './tower';

interface SavedAnswer {
  revision: number;
  saved_at: string;
}

interface DraftAnswer extends SavedAnswer {
  document: FlowDocument;
  saved_by: string;
}

interface FlowAnswer extends SavedAnswer {
  name: string;
  saved_by: string;
  published: number | null;
  changed: boolean;
}

interface VersionAnswer {
  number: number;
  note: string;
  created_at: string;
  created_by: string;
  published: boolean;
}

interface Named {
  name: string;
}

/** Sends a request to an address within the project, and gives what was answered. */
export type Send = <T>(method: string, path: string, body?: unknown, more?: RequestInit) => Promise<T>;

export class HttpTower implements Tower {
  readonly watch: Watch;
  /** Which window of this user's it is. */
  readonly #tab = Math.random().toString(36).slice(2, 10);

  constructor(
    readonly project: string,
    private readonly send: Send = sender(`/api/v1/projects/${encodeURIComponent(project)}`),
  ) {
    this.watch = watchProject(project);
  }

  async flows(): Promise<readonly FlowHead[]> {
    const flows = await this.send<FlowAnswer[]>('GET', '/flows');
    return flows.map(({ name, published, changed, saved_at, saved_by }) => ({
      name,
      published,
      changed,
      savedAt: saved_at,
      savedBy: saved_by,
    }));
  }

  async parts(): Promise<Parts> {
    const [flows, tools, catalogues, settings, routes] = await Promise.all([
      this.send<Named[]>('GET', '/flows'),
      this.send<{ tool: Named & { arguments?: Record<string, unknown> } }[]>('GET', '/tools'),
      this.send<Named[]>('GET', '/catalogues'),
      this.send<{ facts: Record<string, unknown> }>('GET', '/settings'),
      sender('/api/v1')<{ routes: object; chains: object }>('GET', '/routes'),
    ]);
    return {
      flows: flows.map((flow) => flow.name),
      tools: Object.fromEntries(tools.map(({ tool }) => [tool.name, Object.keys(tool.arguments ?? {})])),
      catalogues: catalogues.map((catalogue) => catalogue.name),
      facts: Object.keys(settings.facts),
      routes: [...Object.keys(routes.chains), ...Object.keys(routes.routes)],
    };
  }

  async draft(flow: string): Promise<Draft> {
    return draftOf(await this.send<DraftAnswer>('GET', `/flows/${flow}/draft`));
  }

  async create(flow: string, document?: FlowDocument): Promise<void> {
    const headers = { 'If-None-Match': '*' };
    if (document) await this.send('PUT', `/flows/${flow}/draft`, { document }, { headers });
    else await this.send('POST', `/flows/${flow}/draft`);
  }

  async save(flow: string, document: FlowDocument, etag: string): Promise<Draft> {
    try {
      const headers = { 'If-Match': etag };
      const saved = await this.send<SavedAnswer>('PUT', `/flows/${flow}/draft`, { document }, { headers });
      return draftOf({ ...saved, document, saved_by: '' });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) throw error;
      throw new Stale(draftOf((error.body as { current: DraftAnswer }).current));
    }
  }

  async check(flow: string, document: FlowDocument, signal: AbortSignal): Promise<Checked> {
    return this.send<Checked>('POST', `/flows/${flow}/check`, { document }, { signal });
  }

  async publish(flow: string, note: string, etag: string): Promise<number> {
    try {
      const given = { note, revision: Number(etag.replaceAll('"', '')) };
      return (await this.send<{ version: number }>('POST', `/flows/${flow}/publish`, given)).version;
    } catch (error) {
      if (error instanceof Problem && error.faults.length > 0)
        throw new Faulty(error.message, error.faults as readonly Fault[]);
      throw error;
    }
  }

  async versions(flow: string): Promise<readonly Version[]> {
    const { versions } = await this.send<{ versions: VersionAnswer[] }>('GET', `/flows/${flow}/versions`);
    return versions.map(({ number, note, created_at, created_by, published }) => ({
      number,
      note,
      at: created_at,
      by: created_by,
      published,
    }));
  }

  async version(flow: string, number: number): Promise<FlowDocument> {
    return (await this.send<DraftAnswer>('GET', `/flows/${flow}/versions/${number}`)).document;
  }

  async rollback(flow: string, number: number): Promise<void> {
    await this.send('POST', `/flows/${flow}/versions/${number}/rollback`);
  }

  async written(flow: string, version: number | undefined, format: 'yaml' | 'json'): Promise<string> {
    const which = version === undefined ? '' : `&version=${version}`;
    return this.send<string>('GET', `/flows/${flow}/export?format=${format}${which}`, undefined, {
      headers: text,
    });
  }

  async read(given: string): Promise<FlowDocument> {
    return (await this.send<{ document: FlowDocument }>('POST', '/flows/read', { text: given })).document;
  }

  async presence(flow: string, node: string): Promise<readonly Person[]> {
    const here = { tab: this.#tab, node };
    const others = await this.send<(Person & { you: boolean })[]>('POST', `/flows/${flow}/presence`, here);
    return others.map((one) => (one.you ? { ...one, name: `${one.name} (you, in another window)` } : one));
  }

  async leave(flow: string): Promise<void> {
    await this.send(
      'POST',
      `/flows/${flow}/presence`,
      { tab: this.#tab, leaving: true },
      { keepalive: true },
    );
  }

  async trial(flow: string, document: FlowDocument): Promise<Trial> {
    return new HttpTrial(
      this.send,
      flow,
      await this.send<TrialAnswer>('POST', '/trials', { flow, document }),
    );
  }

  async call(flow: string, document: FlowDocument): Promise<Schema<'WayIn'>> {
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const started = await this.send<Schema<'StartedCall'>>(
      'POST',
      '/trials/calls',
      { flow, document },
      { headers },
    );
    if (!started.join) throw new Error('The server gave no way into the call.');
    return started.join;
  }
}

/** A file's text is wanted, not JSON. */
const text = { Accept: 'application/yaml' };

function sender(base: string): Send {
  return async <T>(method: string, path: string, body?: unknown, more: RequestInit = {}): Promise<T> => {
    const headers = new Headers(more.headers);
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const answer = await request(`${base}${path}`, {
      ...more,
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status === 204) return undefined as T;
    return (headers.get('Accept') === text.Accept ? await answer.text() : await answer.json()) as T;
  };
}

function draftOf({ document, revision, saved_at, saved_by }: DraftAnswer): Draft {
  return { document, etag: `"${revision}"`, savedAt: saved_at, savedBy: saved_by };
}
