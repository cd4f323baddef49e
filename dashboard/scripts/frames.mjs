/**
 * How smooth the canvas is: a flow of 200 nodes in Chromium, panned, zoomed and dragged, and beside it xyflow as it
 * comes, with its plainest nodes, of the same flow. Prints the times between frames. Chromium draws in software where
 * it finds no graphics card. `npm run build && node scripts/frames.mjs [nodes]`
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { large, standIn } from './stand-in.mjs';

/** @typedef {import('playwright-core').Page} Page */

const count = Number(process.argv[2] ?? 200);
const flow = placed(large(count));

/**
 * In columns, as somebody might have put them: all of them are seen at once.
 * @param {Record<string, any>} flow
 */
function placed(flow) {
  const high = Math.ceil(Math.sqrt(count / 2));
  Object.values(flow['nodes']).forEach((node, at) => {
    node.at = [Math.floor(at / high) * 360, (at % high) * 280];
  });
  return flow;
}

/** Builds the bare canvas and gives the folder it is in. */
async function bare() {
  const outDir = resolve(import.meta.dirname, '../.svelte-kit/bare');
  await build({
    configFile: false,
    logLevel: 'error',
    root: resolve(import.meta.dirname, 'bare'),
    plugins: [svelte({ configFile: false })],
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  writeFileSync(resolve(outDir, 'flow.json'), JSON.stringify(flow));
  return outDir;
}

/**
 * Runs a gesture and prints the milliseconds between the frames meanwhile.
 * @param {Page} page
 * @param {string} name
 * @param {() => Promise<void>} gesture
 */
async function measured(page, name, gesture) {
  await page.evaluate(() => {
    const given = /** @type {any} */ (window);
    given.frames = [];
    let last = performance.now();
    given.measuring = true;
    const next = (/** @type {number} */ now) => {
      given.frames.push(now - last);
      last = now;
      if (given.measuring) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await gesture();
  const frames = await page.evaluate(() => {
    const given = /** @type {any} */ (window);
    given.measuring = false;
    return given.frames.slice(1);
  });
  const sorted = frames.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const quantile = (/** @type {number} */ q) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(1).padStart(5);
  process.stdout.write(
    `  ${name.padEnd(18)} ${String(frames.length).padStart(4)} frames  p50 ${quantile(0.5)} ms` +
      `  p95 ${quantile(0.95)} ms  longest ${quantile(1)} ms\n`,
  );
}

/**
 * Pans, zooms and drags what is on the page.
 * @param {Page} page
 */
async function gestures(page) {
  const shown = async () => page.locator('.svelte-flow__node').count();
  const box = await page.locator('.svelte-flow').boundingBox();
  if (!box) throw new Error('There is no canvas on the page.');
  const zoom = async (/** @type {number} */ by) => {
    await page.keyboard.down('Control');
    for (let step = 0; step < 24; step += 1) await page.mouse.wheel(0, by);
    await page.keyboard.up('Control');
  };
  process.stdout.write(`  ${await shown()} of ${count} nodes drawn when the whole flow is seen\n`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await measured(page, 'pan, whole flow', async () => {
    for (let step = 0; step < 60; step += 1)
      await page.mouse.wheel(step % 2 ? 12 : -8, step % 20 < 10 ? 8 : -8);
  });
  await measured(page, 'zoom in', () => zoom(-60));
  await page.waitForTimeout(500);
  process.stdout.write(`  ${await shown()} nodes drawn after zooming in\n`);
  await measured(page, 'pan, zoomed in', async () => {
    for (let step = 0; step < 60; step += 1) await page.mouse.wheel(step < 30 ? 24 : -24, 4);
  });
  await page.waitForTimeout(500);
  await drag(page, box);
  await measured(page, 'zoom out', () => zoom(60));
}

/**
 * @param {Page} page
 * @param {{ x: number; y: number; width: number; height: number }} box
 */
async function drag(page, box) {
  for (const node of await page.locator('.svelte-flow__node').all()) {
    const card = await node.boundingBox();
    if (!card || card.x < box.x + 70 || card.x + card.width > box.x + box.width - 70) continue;
    if (card.y < box.y + 60 || card.y > box.y + box.height - 120) continue;
    const [x, y] = [card.x + Math.min(80, card.width / 2), card.y + 16];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await measured(page, 'drag a node', async () => {
      for (let step = 0; step < 60; step += 1)
        await page.mouse.move(x + 60 * Math.sin(step / 8), y + 40 * Math.cos(step / 8));
    });
    await page.mouse.up();
    return;
  }
  process.stdout.write('  no node to drag is in sight\n');
}

/** @param {import('node:http').Server} server */
async function opened(server) {
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
}

const servers = [standIn([flow]), standIn([], await bare())];
const [editor, peer] = await Promise.all(servers.map(opened));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${editor}/p/shop/flows/large`);
await page.locator('.svelte-flow__node').first().waitFor();
await page.waitForTimeout(2000);
await page.getByRole('button', { name: 'See the whole flow' }).click();
await page.waitForTimeout(1000);
const canvas = await page.locator('.svelte-flow').boundingBox();
process.stdout.write('The editor\n');
await gestures(page);
await page.getByRole('combobox', { name: /Search nodes/ }).fill('step_100');
await page.keyboard.press('Enter');
await page.waitForTimeout(1500);
const field = page.getByRole('tabpanel').getByRole('textbox').first();
await measured(page, 'type into a form', async () => {
  await field.click();
  await field.pressSequentially('What can we do for you today?', { delay: 16 });
});
await page.close();
const plain = await browser.newPage({
  viewport: { width: Math.round(canvas?.width ?? 800), height: Math.round(canvas?.height ?? 600) },
});
await plain.goto(peer ?? '');
await plain.locator('.svelte-flow__node').first().waitFor();
await plain.waitForTimeout(1500);
process.stdout.write('xyflow as it comes, its plainest nodes, a window of the same size\n');
await gestures(plain);
await browser.close();
for (const server of servers) server.close();
