/** The tower over HTTP: the server's flow routes, in the editor's words. */
import { Problem, request } from '$lib/api';
import type { FlowDocument } from '../model/document';
import type { Fault } from '../model/faults';
import {
  Faulty,
  Stale,
  type Draft,
  type FlowHead,
  type Parts,
  type Person,
  type Tower,
  type Trial,
  type TrialTurn,
  type Version,
} from './tower';

interface DraftAnswer {
  document: FlowDocument;
  revision: number;
  saved_at: string;
  saved_by: string;
}

interface VersionAnswer {
  number: number;
  note: string;
  created_at: string;
  created_by: string;
  published: boolean;
}

export class HttpTower implements Tower {
  readonly #base: string;

  constructor(project: string) {
    this.#base = `/api/v1/projects/${encodeURIComponent(project)}`;
  }

  async flows(): Promise<readonly FlowHead[]> {
    const { items } = await this.#json<{ items: Record<string, never>[] }>('GET', '/flows?limit=200');
    return items.map((one) => ({
      name: one['flow'] ?? one['name'] ?? '',
      title: one['title'] ?? '',
      published: one['published'] ?? null,
      publishedAt: one['published_at'] ?? null,
      publishedBy: one['published_by'] ?? '',
      changed: one['changed'] ?? false,
      savedAt: one['saved_at'] ?? '',
      savedBy: one['saved_by'] ?? '',
    }));
  }

  async parts(): Promise<Parts> {
    return this.#json<Parts>('GET', '/flow-parts');
  }

  async draft(flow: string): Promise<Draft> {
    return draftOf(await this.#json<DraftAnswer>('GET', `/flows/${flow}/draft`));
  }

  async create(flow: string, document: FlowDocument): Promise<Draft> {
    return draftOf(await this.#json<DraftAnswer>('POST', '/flows', { flow, document }));
  }

  async save(flow: string, document: FlowDocument, etag: string): Promise<Draft> {
    try {
      const saved = await this.#json<DraftAnswer>(
        'PUT',
        `/flows/${flow}/draft`,
        { document },
        { 'If-Match': etag },
      );
      return draftOf({ ...saved, document });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) throw error;
      throw new Stale(draftOf((error.body as { current: DraftAnswer }).current));
    }
  }

  async check(flow: string, document: FlowDocument, signal: AbortSignal): Promise<readonly Fault[]> {
    const { faults } = await this.#json<{ faults: Fault[] }>(
      'POST',
      `/flows/${flow}/check`,
      { document },
      {},
      signal,
    );
    return faults;
  }

  async publish(flow: string, note: string): Promise<Version> {
    try {
      return versionOf(await this.#json<VersionAnswer>('POST', `/flows/${flow}/publish`, { note }));
    } catch (error) {
      if (error instanceof Problem && error.faults.length > 0)
        throw new Faulty(error.message, error.faults as readonly Fault[]);
      throw error;
    }
  }

  async versions(flow: string): Promise<readonly Version[]> {
    const { items } = await this.#json<{ items: VersionAnswer[] }>(
      'GET',
      `/flows/${flow}/versions?limit=200`,
    );
    return items.map(versionOf);
  }

  async version(flow: string, number: number): Promise<FlowDocument> {
    return (await this.#json<{ document: FlowDocument }>('GET', `/flows/${flow}/versions/${number}`))
      .document;
  }

  async rollback(flow: string, number: number): Promise<void> {
    await this.#json('POST', `/flows/${flow}/rollback`, { version: number });
  }

  async written(flow: string, document: FlowDocument, format: 'yaml' | 'json'): Promise<string> {
    if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
    const { text } = await this.#json<{ text: string }>('POST', '/flow-text/write', { document, format });
    return text;
  }

  async read(text: string): Promise<FlowDocument> {
    return (await this.#json<{ document: FlowDocument }>('POST', '/flow-text/read', { text })).document;
  }

  async presence(flow: string): Promise<readonly Person[]> {
    return (await this.#json<{ others: Person[] }>('POST', `/flows/${flow}/presence`)).others;
  }

  async trial(flow: string, document: FlowDocument): Promise<Trial> {
    const begun = await this.#json<TrialTurn & { id: string }>('POST', `/flows/${flow}/trials`, { document });
    const at = `/flows/${flow}/trials/${begun.id}`;
    return {
      turn: begun,
      say: (text) => this.#json<TrialTurn>('POST', `${at}/turns`, { said: text }),
      silent: () => this.#json<TrialTurn>('POST', `${at}/turns`, { silent: true }),
      end: async () => {
        await request(`${this.#base}${at}`, { method: 'DELETE' });
      },
    };
  }

  async #json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const answer = await request(`${this.#base}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
}

function draftOf(one: DraftAnswer): Draft {
  return { document: one.document, etag: `"${one.revision}"`, savedAt: one.saved_at, savedBy: one.saved_by };
}

function versionOf(one: VersionAnswer): Version {
  return {
    number: one.number,
    note: one.note,
    at: one.created_at,
    by: one.created_by,
    published: one.published,
  };
}
