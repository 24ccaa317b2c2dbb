// The page's conductor: it holds what is wanted and what is shown, asks for the sky that is wanted, and hands the one that came
// to the dome, the table and the words. Nothing else on the page keeps state that another part needs.
//
//   wanted  the place and the time that were chosen; the controls show these
//   shown   the sky that came last, with its place: headline, address, dome and table all tell this one, and change together
//   view    what the drawing shows of it: the dome, or the map of the solar system
//
//   now   Relay gives positions every few seconds; the slower numbers are asked for anew when they grow old
//   then  one question at a time, the latest choice next; the slower numbers when the choice has settled
import { readAddress, writeAddress } from './address.js';
import { AddressBar } from './address_bar.js';
import { Almanac } from './almanac.js';
import { almanacFields, ask, Away, pictureUrl, skyFields, skyUrl, spaceFields } from './api.js';
import { timestamp } from './calendar.js';
import { Curtain } from './curtain.js';
import { Dome } from './dome.js';
import { Facts } from './facts.js';
import { holdWithinKnown, Hours, spokenTime } from './hours.js';
import { recallPlace, rememberPlace } from './memory.js';
import { Notice } from './notice.js';
import { Numbers } from './numbers.js';
import { Next } from './next.js';
import { Observer } from './observer.js';
import { mapSummary, Orrery } from './orrery.js';
import { summary } from './outlook.js';
import { coordinates, zoneTitle } from './places.js';
import { Player } from './player.js';
import { Relay } from './relay.js';
import { Share } from './share.js';
import { keepPage } from './shell.js';
import { hasSpace } from './space.js';
import { nothingBehind, placeOf, ringPole, skyBehind } from './stars.js';
import { skyColours } from './tint.js';
import { Tonight } from './tonight.js';
import { usualView, Views } from './views.js';
import { Ways } from './ways.js';
import { capital } from './words.js';

const at = (id) => document.getElementById(id);
const settled = 250;

const wanted = { place: undefined, instant: undefined }; // no instant: now
let shown; // {place, instant, live, bodies}
let view = usualView;
const marked = { chosen: undefined, pointed: undefined, where: 'table' };
let asking = false;
let settling;
let unsaid = false; // a choice of which nothing has been said
let hoursTurn = 0;

const curtain = new Curtain([showSummary, showDome, showBehind, showTable]);
const controls = new Curtain([() => headline(shown ?? coming()), showHours]);
const addressBar = new AddressBar();
const notice = new Notice(at('notice'));
const dome = new Dome(at('dome'), { onSelect: (name) => select(name, 'dome'), onPoint: point });
const orrery = new Orrery(at('orrery'), { onSelect: (name) => select(name, 'dome'), onPoint() {} });
const views = new Views(
  { names: at('views'), options: { inner: at('inner'), scaled: at('scaled') }, parts: document.querySelectorAll('[data-of]') }, changeView);
const ways = new Ways(dome);
const table = new Almanac(at('rows'), { onSelect: (name) => select(name, 'table'), onPoint: point });
const facts = new Facts({ about: at('about'), home: at('table'), dome: at('dome').parentNode });
const tonight = new Tonight(
  { title: at('tonight-title'), sun: at('tonight-sun'), moon: at('tonight-moon'), lines: at('tonight-lines') },
  { onPick: (name, instant) => visitMoment(name, instant) });
const next = new Next(at('next-lines'), { onPick: (name, instant) => visitMoment(name, instant) });
const share = new Share(
  { share: at('share'), copy: at('copy'), embed: at('embed'), snippet: at('snippet'), code: at('code') },
  { link: addressShown, picture: pictureShown, onDone: tellShared });
const observer = new Observer(
  { form: at('place-form'), input: at('place'), list: at('place-list'), locate: at('locate'), edit: at('edit'),
    details: at('details'), zone: at('zone'), elevation: at('elevation'), problem: at('place-problem') },
  (place) => {
    rememberPlace(place);
    go({ place, instant: wanted.instant });
  });
const hours = new Hours(
  { slider: at('slider'), daylight: at('daylight'), scale: at('scale'), date: at('date'), now: at('now'),
    chosen: at('chosen-time'), steps: at('steps'), limit: at('time-limit') },
  (instant) => {
    player.stop();
    go({ place: wanted.place, instant });
  });
const player = new Player({ play: at('play'), speed: at('speed') }, {
  at: () => wanted.instant ?? Date.now(),
  onTime: play,
  onStop: () => shown && record(),
});
const numbers = new Numbers({
  sameSpot,
  onCome: () => shown && curtain.drawSoon(),
  onRefusal: refused,
  onAway: () => shown && (settling = setTimeout(settle, 1500)),
});
const relay = new Relay({
  onSky(answer, mode) {
    if (mode) document.body.dataset.feed = mode;
    arrived(answer, wanted.place);
  },
  onAway: away,
  onRefusal: refused,
});

/** Goes to a place and a time (undefined = now). A change of time is no step of the history: a slider makes many. */
function go({ place, instant }) {
  unsaid = true;
  at('shared').textContent = '';
  addressBar.plan(!sameSpot(place, shown?.place));
  observer.complain();
  want(place, instant);
}

/** Time runs: to an instant, or to the end of what is known. */
function play(instant) {
  const held = holdWithinKnown(instant);
  at('time-limit').textContent = held.words;
  go({ place: wanted.place, instant: held.instant });
  return held.words === '';
}

function sameSpot(one, other) {
  return one !== undefined && other !== undefined && writeAddress(one) === writeAddress(other);
}

function want(place, instant) {
  if (place !== wanted.place) observer.show(place);
  Object.assign(wanted, { place, instant });
  // The answer comes while the page tells what was asked.
  if (shown) showHours();
  else controls.rise();
  if (instant === undefined) return relay.start(place);
  relay.stop();
  document.body.dataset.feed = 'chosen';
  askThen();
}

/** What is wanted, as it is going to be shown. */
const coming = () => ({ ...wanted, instant: wanted.instant ?? Date.now(), live: wanted.instant === undefined });

/** One question at a time; while it is out only the latest choice waits. */
async function askThen() {
  if (asking) return;
  asking = true;
  try {
    while (wanted.instant !== undefined && !(await askOnce(wanted.place, wanted.instant)));
  } finally {
    asking = false;
  }
}

/** True when what was asked for is still wanted and there is no more to ask. */
async function askOnce(place, instant) {
  const fields = withSpace(skyFields);
  const isWanted = () => wanted.place === place && wanted.instant === instant && withSpace(skyFields) === fields;
  try {
    const answer = await ask(skyUrl(place, fields, timestamp(instant)));
    // On the way to a later time an earlier sky may be shown; another place's may not.
    if (wanted.place === place && wanted.instant !== undefined) arrived(answer, place);
  } catch (error) {
    if (error instanceof Away) {
      if (wanted.instant !== undefined) away();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return false;
    }
    if (isWanted()) refused(error.message);
  }
  return isWanted();
}

/** A sky has come, from the relay or as the answer for a chosen time. */
function arrived(answer, place) {
  notice.show('');
  shown = { place, instant: Date.parse(answer.time), live: wanted.instant === undefined, bodies: answer.planets };
  at('json').dataset.time = answer.time;
  record();
  headline(shown);
  showHours();
  clearTimeout(settling);
  if (curtain.isDown) unveil();
  else curtain.drawSoon();
  if (shown.live) settle();
  else settling = setTimeout(settle, settled);
  drawWays();
}

async function unveil() {
  // Before there is anything below it that could jump.
  showSummary();
  // What is measured on the screen is known once it is on it. From the top down no part moves another.
  await curtain.rise(Array.from(document.querySelectorAll('main section[hidden]'), (part) => () => (part.hidden = false)));
  keepPage();
}

/** What costs more than positions, when the choice has come to rest. */
function settle() {
  numbers.freshen(shown, withSpace(almanacFields));
  showNight(shown);
  next.show(shown.instant, shown.place);
  sayShown();
}

async function showNight({ place, instant }) {
  await tonight.show(place, instant).catch((error) => refused(error.message));
}

/** A line of the night, or of what is next, leads to its moment and its body. */
function visitMoment(name, instant) {
  player.stop();
  if (marked.chosen !== name) select(name, 'dome');
  go({ place: wanted.place, instant: Math.round(instant / 60_000) * 60_000 });
}

/** Writes the address of what is shown, once it is what was chosen. */
function record() {
  const { live, instant } = shown;
  if (!player.runs && (live || timestamp(instant) === timestamp(wanted.instant))) addressBar.write(addressShown);
}

// --- what is given to others ---

function addressShown() {
  const { place, live, instant } = shown;
  return writeAddress(place, live ? undefined : instant, view, marked.chosen);
}

function pictureShown() {
  const { place, live, instant } = shown;
  const words = live ? `The sky over ${place.name} now` : `The sky over ${place.name}, ${spokenTime(instant, place.zone)}`;
  return { address: pictureUrl(place, live ? undefined : timestamp(instant)), words };
}

function tellShared(words) {
  at('shared').textContent = words;
  say(words);
}

// --- what is shown ---

function headline({ place, instant, live }) {
  at('place-name').textContent = place.name;
  document.title = `${place.name}: planets over the horizon`;
  at('when').textContent = spokenTime(instant, place.zone);
  at('where').textContent = [coordinates(place.lon, place.lat), zoneTitle(place.zone)].filter((text) => text !== place.name).join(' · ');
  at('json').href = skyUrl(place, almanacFields, live ? undefined : timestamp(instant));
}

function showSummary() {
  const words = summary(numbers.merged(shown));
  at('summary').textContent = words;
  dome.describe(`Sky dome over ${shown.place.name}. ${words}`);
  share.show();
}

function showDome() {
  const bodies = numbers.merged(shown);
  dome.show(bodies, placeOf(ringPole, shown.place, shown.instant));
  if (view.name === 'orrery') showMap(bodies);
}

function showBehind() {
  const { place, instant, bodies } = shown;
  const sun = bodies.find(({ name }) => name === 'sun');
  dome.showBehind(skyColours(sun.alt).stars > 0 ? skyBehind(place, instant) : nothingBehind);
}

function showTable() {
  const { place, instant } = shown;
  const bodies = numbers.merged(shown);
  table.show(bodies, instant, place);
  showFacts(bodies);
  at('caption').textContent =
    `${place.name}, ${spokenTime(instant, place.zone)}. Degrees, with the air’s refraction; the next rise, transit and set, and of what is up when it rose.`;
}

function showMap(bodies) {
  if (!hasSpace(bodies)) return;
  orrery.show(bodies, view);
  orrery.describe(`The solar system from above, ${spokenTime(shown.instant, shown.place.zone)}. ${mapSummary(bodies)}`);
}

/** The fields to ask for; those of space only where they are shown. */
function withSpace(fields) {
  return view.name === 'orrery' ? `${fields},${spaceFields}` : fields;
}

function drawWays() {
  ways.draw(marked.pointed ?? marked.chosen, shown.place, shown.instant);
}

/** The hours are those of the place that is wanted, and so is their light. */
async function showHours() {
  const { place } = wanted;
  const now = shown?.live ? shown.instant : Date.now();
  const instant = wanted.instant ?? now;
  hours.show(instant, place, wanted.instant === undefined);
  const turn = (hoursTurn += 1);
  const sun = await ways.track('sun', place, instant);
  if (sun && turn === hoursTurn) hours.showDaylight(sun);
}

// --- what a person chooses to look at ---

function select(name, where) {
  marked.chosen = marked.chosen === name ? undefined : name;
  marked.where = where;
  mark();
  if (!shown) return;
  note();
  curtain.draw();
  drawWays();
  say(facts.text);
}

function mark() {
  for (const part of [dome, orrery, table]) part.select(marked.chosen);
}

/** What is looked at belongs into the address; it is no step of the history. */
function note() {
  addressBar.touch();
  record();
}

function changeView(next) {
  setView(next);
  if (!shown) return;
  note();
  curtain.draw();
  say(view.name === 'sky' ? at('dome').getAttribute('aria-label') : at('orrery').getAttribute('aria-label'));
  if (view.name === 'sky' || hasSpace(numbers.merged(shown))) return;
  unsaid = true;
  if (shown.live) numbers.freshen(shown, withSpace(almanacFields));
  else askThen();
}

function setView(next) {
  view = next;
  views.show(view);
}

function showFacts(bodies) {
  const { chosen, where } = marked;
  const besides = chosen === undefined ? {} : where === 'dome' ? { spot: (view.name === 'sky' ? dome : orrery).spot(chosen) } : { row: table.row(chosen) };
  facts.show(bodies.find((body) => body.name === chosen), bodies, besides);
}

function point(name) {
  if (marked.pointed === name) return;
  marked.pointed = name;
  if (shown) drawWays();
}

// --- what a person must know ---

/** The one announcement of a change, for who hears the page. */
function say(text) {
  if (at('said').textContent !== text) at('said').textContent = text;
}

/** What was chosen has come. The slider speaks for itself, and so does a limit; a sky that moves by itself says nothing. */
function sayShown() {
  if (!unsaid || player.runs) return;
  unsaid = false;
  if (document.activeElement === at('slider') || at('time-limit').textContent !== '') return;
  const words = view.name === 'orrery' && hasSpace(numbers.merged(shown)) ? mapSummary(numbers.merged(shown)) : at('summary').textContent;
  say(`${shown.place.name}, ${at('when').textContent}. ${words}`);
}

function away() {
  const next = sameSpot(wanted.place, shown?.place) ? undefined : wanted.place.name;
  notice.away(shown?.place.name, next);
}

function refused(message) {
  notice.show('');
  observer.complain(`${capital(message)}.`.replace(/\.\.$/, '.'));
}

function open() {
  const home = recallPlace();
  const { place, instant, view: linked, body, problems } = readAddress(location.search, home);
  player.stop();
  // An address that does not tell the place would mean another one to a friend.
  addressBar.forget();
  if (home && place === home) addressBar.touch();
  setView(linked);
  Object.assign(marked, { chosen: body, where: 'dome' });
  mark();
  observer.complain(problems.join(' '));
  if (problems.length > 0) at('place-problem').closest('section').hidden = false;
  want(place, instant);
  if (shown) return;
  // What the first sky will want beside it is asked for at the same time: each question waits for the network once.
  numbers.freshen(coming(), withSpace(almanacFields));
  showNight(coming());
}

addEventListener('popstate', open);
// In a task of its own: what stands on the page already is shown before.
setTimeout(open);
