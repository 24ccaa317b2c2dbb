// Audit: the medians of five runs of Lighthouse, as it sees a phone of the middle class. How often five is said by the first word.
//
// Lighthouse makes that phone of this machine by slowing its processor down four times, which is meant for a fast desktop. It also
// measures how fast the machine is (its benchmark index, about 1750 on such a desktop): a slower one is slowed down by less, so
// that the phone is the same. A machine that something else keeps busy has bad marks all the same.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Server } from '../server.js';

const least = 98;
const mostShift = 0.02;
const desktop = { index: 1750, slowdown: 4 };
const runs = Number(process.argv[2] ?? 5);
const program = new URL('node_modules/.bin/lighthouse', import.meta.url).pathname;
const flags = ['--quiet', '--chrome-flags=--headless=new --no-sandbox --disable-gpu', '--output=json', '--output-path=stdout'];

async function audit(address, slowdown) {
  const words = [address, ...flags, `--throttling.cpuSlowdownMultiplier=${slowdown.toFixed(2)}`];
  const { stdout } = await promisify(execFile)(program, words, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const slowdownOf = ({ environment }) => Math.min(desktop.slowdown, Math.max(1, (desktop.slowdown * environment.benchmarkIndex) / desktop.index));

const server = await new Server().start();
const reports = [];
// The first run only tells how fast the machine is.
let slowdown = slowdownOf(await audit(server.base, desktop.slowdown));
for (let i = 0; i < runs; i += 1) {
  reports.push(await audit(server.base, slowdown));
  slowdown = slowdownOf(reports.at(-1));
}
await server.stop();

const times = ['first-contentful-paint', 'largest-contentful-paint', 'speed-index', 'total-blocking-time'];
for (const { environment, configSettings, audits } of reports)
  console.log(`index ${environment.benchmarkIndex}, slowed down ${configSettings.throttling.cpuSlowdownMultiplier} times:`,
    times.map((name) => `${name} ${Math.round(audits[name].numericValue)} ms`).join(', '));
let failed = false;
const tell = (name, value, good) => {
  console.log(`${good ? 'ok' : 'not ok'} - ${name}: ${value}`);
  failed ||= !good;
};
for (const [name, { title }] of Object.entries(reports[0].categories)) {
  const score = Math.round(100 * median(reports.map(({ categories }) => categories[name].score)));
  tell(title, `${score} of 100, at least ${least}`, score >= least);
}
const shift = median(reports.map(({ audits }) => audits['cumulative-layout-shift'].numericValue));
tell('Cumulative layout shift', `${shift.toFixed(3)}, at most ${mostShift}`, shift <= mostShift);
process.exitCode = failed ? 1 : 0;
