/** All flows of a project. */
import { HttpTower } from '$lib/editor/state/http';

export async function load({ params, depends }) {
  depends('flows:list');
  const tower = new HttpTower(params.project);
  return { tower, flows: await tower.flows() };
}
