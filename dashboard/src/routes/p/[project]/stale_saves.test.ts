import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '$lib/api';
import SourceDialog from './knowledge/SourceDialog.svelte';
import MemberList from './people/MemberList.svelte';
import WebhookDialog from './people/WebhookDialog.svelte';
import QueueList from './tools/QueueList.svelte';

/** What the server was asked to change, and with which tag. */
let saves: { method: string; body: unknown; tag: string | null }[] = [];
/** What a request to read answers with. */
let stored: unknown;
/** The tag of what is stored; a save with another one is refused. */
let current = '"2"';

const stale = { code: 'stale_resource', message: 'It was saved by somebody else.', faults: [] };

beforeEach(() => {
  [saves, current] = [[], '"2"'];
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'GET') return Response.json(stored);
    const tag = request.headers.get('If-Match') ?? request.headers.get('If-None-Match');
    const body: object = await request.json();
    saves.push({ method: request.method, body, tag });
    return tag === current
      ? Response.json({ ...(stored as object), ...body, etag: '"3"' })
      : Response.json(stale, { status: 412 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const shared = { project: 'bakery', edits: true };
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));

/** Both versions, side by side. */
async function refused(): Promise<HTMLElement> {
  return await screen.findByRole('dialog', { name: /^Somebody else has saved/ });
}

const webhook: Schema<'WebhookFacts'> = {
  id: 'wh_1',
  url: 'https://crm.example.com/mine',
  events: ['call.ended'],
  enabled: true,
  created_at: '2026-11-02T09:30:00Z',
  created_by: 'Ada',
  etag: '"1"',
};
const source = {
  id: '5f3c',
  title: 'handbook.pdf',
  url: '',
  tags: ['mine'],
  refresh_every_s: null,
  etag: '"1"',
} as unknown as Schema<'SourceFacts'>;

describe('a save that somebody else was before', { timeout: 20_000 }, () => {
  it('of a queue shows both, and keeps mine where that is chosen', async () => {
    let changed = 0;
    stored = { counter: { numbers: ['+12125550102'], etag: '"2"' } };
    const queues = [{ name: 'counter', numbers: ['+12125550101'], etag: '"1"' }];
    render(QueueList, { ...shared, queues, onchanged: () => void changed++ });
    await press('Change counter');
    await press('Save');
    expect(within(await refused()).getByText(/\+12125550102/)).toBeVisible();
    expect(changed).toBe(0);
    await press('Save mine over it');
    await waitFor(() => expect(changed).toBe(1));
    expect(saves).toEqual([
      { method: 'PUT', body: { numbers: ['+12125550101'] }, tag: '"1"' },
      { method: 'PUT', body: { numbers: ['+12125550101'] }, tag: '"2"' },
    ]);
  });

  it('of a new queue overwrites none', async () => {
    [stored, current] = [{ counter: { numbers: [], etag: '"2"' } }, '*'];
    render(QueueList, { ...shared, queues: [], onchanged: () => {} });
    await press('New queue');
    await fireEvent.input(screen.getByLabelText(/^Name/), { target: { value: 'counter' } });
    await press('Save');
    await waitFor(() => expect(saves).toEqual([{ method: 'PUT', body: { numbers: [] }, tag: '*' }]));
  });

  it('of a source goes on with theirs where that is chosen', async () => {
    let changed = 0;
    stored = { ...source, tags: ['theirs'], etag: '"2"' };
    render(SourceDialog, { project: 'bakery', source, onchanged: () => void changed++ });
    await press('Save');
    await refused();
    await press('Take theirs');
    expect(await screen.findByText('theirs')).toBeVisible();
    await press('Save');
    await waitFor(() => expect(changed).toBe(1));
    expect(saves).toEqual([
      { method: 'PATCH', body: { tags: ['mine'] }, tag: '"1"' },
      { method: 'PATCH', body: { tags: ['theirs'] }, tag: '"2"' },
    ]);
  });

  it('of a webhook leaves both where nothing is chosen yet', async () => {
    stored = { ...webhook, url: 'https://crm.example.com/theirs', etag: '"2"' };
    render(WebhookDialog, { open: true, project: 'bakery', webhook, onchanged: () => {} });
    await press('Save');
    expect(within(await refused()).getByText('https://crm.example.com/theirs')).toBeVisible();
    await press('Decide later');
    expect(screen.getByLabelText(/^Address/)).toHaveValue('https://crm.example.com/mine');
    expect(saves.map(({ method, tag }) => [method, tag])).toEqual([['PATCH', '"1"']]);
  });

  it('of a member reads the list anew', async () => {
    let changed = 0;
    const ada = { id: 'u_1', email: 'ada@example.com', name: 'Ada', disabled: false };
    const members = [{ ...ada, role: 'editor', etag: '"editor"' }] as const;
    render(MemberList, { project: 'bakery', members, onchanged: () => void changed++ });
    const select = screen.getByLabelText('Role of ada@example.com');
    await fireEvent.change(select, { target: { value: 'admin' } });
    await waitFor(() => expect(changed).toBe(1));
    expect(saves).toEqual([{ method: 'PUT', body: { role: 'admin' }, tag: '"editor"' }]);
  });
});
