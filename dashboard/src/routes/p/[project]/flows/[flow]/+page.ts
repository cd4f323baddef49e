/** A flow's draft, and what its forms offer. */
import { Editor } from '$lib/editor/state/editor.svelte';
import { HttpTower } from '$lib/editor/state/http';

export async function load({ params, url }) {
  const tower = new HttpTower(params.project);
  const [draft, parts] = await Promise.all([tower.draft(params.flow), tower.parts()]);
  const version = Number(url.searchParams.get('version'));
  return {
    editor: new Editor(tower, params.flow, draft, parts),
    version: Number.isInteger(version) && version !== 0 ? version : undefined,
    path: (url.searchParams.get('path') ?? '').split(',').filter(Boolean),
  };
}
