// The page's conductor: it holds the place and the time, asks for their sky, and hands it to the dome, the table and the
// controls. Nothing else on the page keeps state that another part needs.
//
//   now   Feed gives positions every few seconds; the almanac's slower numbers are asked for anew when they grow old
//   then  one question at a time, the latest choice next; the almanac when the choice has settled
import { readAddress, writeAddress } from './address.js';
import { Almanac } from './almanac.js';
import { almanacFields, ask, Away, skyFields, skyUrl, trackUrl } from './api.js';
import { clock, dayAround, known, timestamp } from './calendar.js';
import { Dome } from './dome.js';
import { Feed } from './feed.js';
import { Hours, spokenTime } from './hours.js';
import { Observer } from './observer.js';
import { summary } from './outlook.js';
import { starsUp } from './stars.js';
import { capital } from './words.js';

const at = (id) => document.getElementById(id);
const almanacAge = 120_000;
const trackStep = 600;
const settled = 250;

const state = { place: undefined, instant: undefined, shown: undefined, chosen: undefined, pointed: undefined };
let almanac = { key: '', asked: 0, bodies: new Map() };
let asking = false;
let writing;
let settling;
const tracks = new Map();

const handlers = { onSelect: select, onPoint: point };
const dome = new Dome(at('dome'), handlers);
const table = new Almanac({ rows: at('rows'), caption: at('caption'), about: at('about') }, handlers);
const observer = new Observer(
  { places: at('places'), locate: at('locate'), edit: at('edit'), coordinates: at('coordinates'), lat: at('lat'),
    lon: at('lon'), elevation: at('elevation'), problem: at('place-problem') },
  (place) => go({ place, instant: state.instant }));
const hours = new Hours(
  { slider: at('slider'), daylight: at('daylight'), scale: at('scale'), date: at('date'), now: at('now'),
    chosen: at('chosen-time') },
  (instant) => go({ place: state.place, instant }, true));
const onMode = (mode) => (document.body.dataset.feed = mode);
const feed = new Feed({ onSky: arrived, onAway: away, onRefusal: refused, onMode });

/** Goes to a place and a time (undefined = now). A change of time is no step of the history: a slider makes many. */
function go({ place, instant }, ofTime = false) {
  const samePlace = sameSpot(place, state.place);
  Object.assign(state, { place, instant });
  observer.complain();
  clearTimeout(writing);
  // Browsers refuse to have their address changed at the rate of a slider.
  if (ofTime) writing = setTimeout(() => history.replaceState(null, '', writeAddress(place, instant)), 150);
  else history.pushState(null, '', writeAddress(place, instant));
  show(samePlace);
}

function sameSpot(one, other) {
  return one && other && writeAddress(one) === writeAddress(other);
}

function show(samePlace) {
  const { place, instant } = state;
  observer.show(place);
  at('place-name').textContent = place.name;
  document.title = `${place.name}: planets over the horizon`;
  at('json').href = skyUrl(place, almanacFields, instant && timestamp(instant));
  if (!samePlace) tracks.clear();
  if (instant === undefined) return feed.start(place);
  feed.stop();
  document.body.dataset.feed = 'chosen';
  showTime(instant);
  askThen();
}

/** One question at a time; while it is out only the latest choice waits. */
async function askThen() {
  if (asking) return;
  asking = true;
  try {
    while (state.instant !== undefined && !(await askOnce(state.place, state.instant)));
  } finally {
    asking = false;
  }
}

/** True when what was asked for is still wanted and there is no more to ask. */
async function askOnce(place, instant) {
  const isWanted = () => state.place === place && state.instant === instant;
  try {
    const answer = await ask(skyUrl(place, skyFields, timestamp(instant)));
    // On the way to a later time an earlier sky may be shown; another place's may not.
    if (state.place === place && state.instant !== undefined) arrived(answer);
  } catch (error) {
    if (error instanceof Away) {
      away();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return false;
    }
    if (isWanted()) refused(error.message);
  }
  return isWanted();
}

/** A sky has come, from the feed or as the answer for a chosen time. */
function arrived(answer) {
  notify('');
  const instant = Date.parse(answer.time);
  state.shown = { instant, bodies: answer.planets };
  at('json').dataset.time = answer.time;
  clearTimeout(settling);
  if (state.instant === undefined) {
    freshenAlmanac(instant);
    showTime(instant);
  } else {
    settling = setTimeout(() => freshenAlmanac(instant), settled);
  }
  paint();
  for (const part of document.querySelectorAll('main [hidden]:not(form)')) part.hidden = false;
}

function merged() {
  const known = almanac.key === almanacKey() ? almanac.bodies : new Map();
  return state.shown.bodies.map((body) => ({ ...known.get(body.name), ...body }));
}

function paint() {
  const bodies = merged();
  const { instant } = state.shown;
  dome.show(bodies);
  dome.showStars(starsUp(state.place, instant));
  table.show(bodies, instant, state.place.zone);
  at('summary').textContent = summary(bodies);
  dome.describe(`Sky dome over ${state.place.name}. ${summary(bodies)}`);
  const when = spokenTime(instant, state.place.zone);
  at('caption').textContent =
    `${state.place.name}, ${when}. Degrees, with the air’s refraction; the next rise, transit and set.`;
}

function showTime(instant) {
  const { zone } = state.place;
  hours.show(instant, state.place, state.instant === undefined);
  at('when').textContent = spokenTime(instant, zone);
  drawPaths(instant);
}

// --- the almanac: rise, transit and set cost much more than positions, and those of now change slowly ---

function almanacKey() {
  return writeAddress(state.place, state.instant);
}

function keepAlmanac(answer) {
  almanac = { key: almanacKey(), asked: Date.now(), bodies: new Map(answer.planets.map((body) => [body.name, body])) };
}

function isOld(instant) {
  if (almanac.key !== almanacKey() || Date.now() - almanac.asked > almanacAge) return true;
  const passed = (text) => text && Date.parse(text) < instant;
  return [...almanac.bodies.values()].some(({ rise, transit, set }) => [rise, transit, set].some(passed));
}

async function freshenAlmanac(instant) {
  if (!isOld(instant)) return;
  const key = almanacKey();
  almanac = { ...almanac, asked: Date.now(), bodies: almanac.key === key ? almanac.bodies : new Map(), key };
  try {
    const answer = await ask(skyUrl(state.place, almanacFields, state.instant && timestamp(state.instant)));
    if (key !== almanacKey()) return;
    keepAlmanac(answer);
    paint();
  } catch (error) {
    // It is asked again: now with the next sky of the feed, then after a while.
    if (key === almanac.key) almanac.asked = 0;
    if (!(error instanceof Away)) return refused(error.message);
    if (state.instant !== undefined && key === almanacKey()) settling = setTimeout(() => freshenAlmanac(instant), 1500);
  }
}

// --- ways over the sky ---

async function drawPaths(instant) {
  const day = dayAround(instant, state.place.zone);
  const chosen = state.pointed ?? state.chosen;
  const sun = await track('sun', day);
  if (sun === undefined) return;
  hours.showDaylight(sun);
  dome.showPath('sun', 'sun', chosen === 'sun' ? [] : sun);
  const points = chosen ? await track(chosen, day) : [];
  if (points === undefined || chosen !== (state.pointed ?? state.chosen)) return;
  dome.showPath('chosen', chosen, points, hourMarks(points));
}

/** A body's track over a day, asked for once; nothing when it was for another place or could not be had. */
async function track(name, { from, to }) {
  const url = trackOf(name, from, to);
  if (!tracks.has(url)) {
    tracks.set(url, ask(url).then((answer) => answer.track, () => void tracks.delete(url)));
    if (tracks.size > 60) tracks.delete(tracks.keys().next().value);
  }
  const points = await tracks.get(url);
  return url === trackOf(name, from, to) ? points : undefined;
}

function trackOf(name, from, to) {
  const [start, end] = [Math.max(from, known.from), Math.min(to, known.to - 1000)];
  return trackUrl(name, state.place, timestamp(start), timestamp(end), trackStep);
}

/** Every third full hour of the place's clock. */
function hourMarks(points) {
  // The day's last point is midnight again.
  return points.slice(0, -1)
    .map((place) => ({ ...place, text: clock(Date.parse(place.time), state.place.zone) }))
    .filter(({ text }) => /^(0[0369]|1[258]|21):00$/.test(text))
    .map(({ az, alt, text }) => ({ az, alt, text: `${Number(text.slice(0, 2))}h` }));
}

function select(name) {
  state.chosen = state.chosen === name ? undefined : name;
  dome.select(state.chosen);
  table.select(state.chosen);
  if (state.shown) {
    paint();
    drawPaths(state.shown.instant);
  }
}

function point(name) {
  if (state.pointed === name) return;
  state.pointed = name;
  if (state.shown) drawPaths(state.shown.instant);
}

// --- what a person must know ---

function notify(text) {
  if (at('notice').textContent !== text) at('notice').textContent = text;
  document.body.classList.toggle('away', text !== '');
}

function away() {
  notify(state.shown
    ? 'The server is away. This is the last sky it gave; the page goes on by itself as soon as it is back.'
    : 'The server is away. The sky comes by itself as soon as it is back.');
}

function refused(message) {
  notify('');
  observer.complain(`${capital(message)}.`.replace(/\.\.$/, '.'));
}

function open() {
  const { place, instant, problems } = readAddress(location.search);
  const samePlace = sameSpot(place, state.place);
  Object.assign(state, { place, instant });
  observer.complain(problems.join(' '));
  if (problems.length > 0) at('place-problem').closest('section').hidden = false;
  show(samePlace);
}

addEventListener('popstate', open);
open();
