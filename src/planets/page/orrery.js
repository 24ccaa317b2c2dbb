// Orrery: the solar system as a map, drawn in SVG: the Sun in the middle, orbits, bodies, and the Earth's line of sight to the chosen
// one. It shows what it is given: positions are the API's vectors, and space.js says where on the map they lie. Bodies are buttons, as
// on the dome. Sizes of bodies, and the Moon's distance from the Earth, are drawn so that they can be seen.
import { colours, glyph, haloGradients, sizeOf, svg } from './glyphs.js';
import { overlap } from './labels.js';
import { Names } from './names.js';
import { Roving } from './roving.js';
import { aspect, beyond, Chart, edge, orbit, orbiting, positions } from './space.js';
import { capital, distance, list, titles } from './words.js';

const extent = 130;
const usualScale = 2.6;
const touchable = { least: 6, alone: 22 };
const moonAway = 8;
const names = Object.keys(titles);
const importance = ['sun', 'earth', 'venus', 'mars', 'jupiter', 'saturn', 'mercury', 'moon', 'uranus', 'neptune', 'pluto'];
const orbits = new Map();
const orbitOf = (name) => orbits.get(name) ?? orbits.set(name, orbit(name)).get(name);

export class Orrery {
  #bodies = [];
  #chart;
  #chosen;
  #scale = usualScale;
  #parts = new Map();
  #spots = new Map();
  #drawn = '';
  #marks = [];

  /** Draws into `root`, an empty <svg>. handlers: onSelect(name), onPoint(name or undefined). */
  constructor(root, handlers) {
    this.root = root;
    this.roving = new Roving(handlers);
    this.names = new Names();
    root.setAttribute('viewBox', `${-extent} ${-extent} ${2 * extent} ${2 * extent}`);
    this.rings = svg('g', { class: 'distances', 'aria-hidden': 'true' });
    this.orbits = svg('g', { class: 'orbits', 'aria-hidden': 'true' });
    this.sight = svg('path', { class: 'line-of-sight', 'aria-hidden': 'true' });
    this.earth = svg('g', { class: 'earth', 'aria-hidden': 'true' }, svg('circle', { r: 2.1, fill: colours.earth }));
    root.append(svg('defs', {}, ...haloGradients('map')), svg('circle', { class: 'space', r: edge + 11 }), this.rings, this.orbits, this.sight, this.names.group,
      this.earth, this.roving.group);
    // The Sun and the inner bodies in front of the outer ones.
    for (const name of [...names].reverse()) this.#parts.set(name, this.roving.add(name));
    for (const name of names) this.names.add(name, titles[name]);
    this.names.add('earth', 'Earth');
    new ResizeObserver(() => this.#resized()).observe(root);
  }

  get #zoom() {
    return Math.min(1.9, Math.max(1, usualScale / this.#scale));
  }

  #resized() {
    this.#scale = this.root.clientWidth / (2 * extent) || usualScale;
    this.names.resize(this.#scale);
    this.rings.setAttribute('font-size', (11 / this.#scale).toFixed(2));
    this.#drawn = '';
    if (this.#bodies.length > 0) this.show(this.#bodies, this.#chart);
  }

  /** bodies: the API's `planets` with their vectors; view: {reach, scale}. */
  show(bodies, { reach, scale }) {
    this.#bodies = bodies;
    this.#chart = new Chart({ reach, scale });
    const drawn = [reach, scale, this.#scale].join();
    if (drawn !== this.#drawn) this.#drawGround();
    this.#drawn = drawn;
    this.places = positions(bodies);
    this.#put();
    this.#drawSight();
    this.#putNames();
  }

  /** Distances and orbits, which stay where they are. */
  #drawGround() {
    const chart = this.#chart;
    const rings = chart.marks.map((au) => svg('circle', { r: chart.distance(au).toFixed(2) }));
    this.#marks = chart.marks.map((au) => this.#distanceMark(au, chart.distance(au) * Math.SQRT1_2));
    this.rings.replaceChildren(svg('circle', { class: 'edge', r: edge }), ...rings, ...this.#marks.map(({ text }) => text));
    const shown = orbiting.filter((name) => orbitOf(name).some((point) => !chart.put(point).out));
    this.orbits.replaceChildren(...shown.map((name) => this.#orbit(name)));
  }

  /** What a ring is, written on its lower right: {text, box}. */
  #distanceMark(au, at) {
    const text = svg('text', { x: (at + 0.6).toFixed(2), y: at.toFixed(2), 'dominant-baseline': 'central' }, `${au} au`);
    const [width, height] = [38 / this.#scale, 12 / this.#scale];
    return { text, box: { left: at, right: at + width, top: at - height / 2, bottom: at + height / 2 } };
  }

  #orbit(name) {
    const points = orbitOf(name).map((point) => this.#chart.put(point));
    const d = points.concat(points[0]).map(({ x, y, out }, i, all) =>
      out ? '' : `${i === 0 || all[i - 1].out ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join('');
    return svg('path', { class: `orbit ${name}`, d, stroke: colours[name] });
  }

  #put() {
    for (const [name, place] of this.places) this.#spots.set(name, this.#chart.put(place));
    this.#spots.set('moon', this.#moonSpot());
    const sun = this.#bodies.find(({ name }) => name === 'sun');
    for (const body of this.#bodies) this.#putBody(body, sun);
    const { x, y } = this.#spots.get('earth');
    this.earth.setAttribute('transform', `translate(${x.toFixed(3)} ${y.toFixed(3)}) scale(${this.#zoom.toFixed(3)})`);
  }

  /** Beside the Earth, in its true direction. */
  #moonSpot() {
    const [earth, moon] = ['earth', 'moon'].map((name) => this.places.get(name));
    const { x, y } = this.#chart.put(earth);
    const turn = Math.atan2(moon.y - earth.y, moon.x - earth.x);
    const away = moonAway * this.#zoom;
    return { x: x + away * Math.cos(turn), y: y - away * Math.sin(turn), out: false };
  }

  #putBody(body, sun) {
    const { name } = body;
    const part = this.#parts.get(name);
    const { x, y, out } = this.#spots.get(name);
    part.setAttribute('transform', `translate(${x.toFixed(3)} ${y.toFixed(3)})`);
    part.classList.toggle('below', out);
    part.setAttribute('aria-label', told(body, sun, out));
    const shape = svg('g', { transform: `scale(${(this.#zoom * sizeFactor(name)).toFixed(3)})` }, ...glyph(name, 0, { lit: 1, angle: -18, open: 0.3 }, 'map'));
    part.replaceChildren(shape, svg('circle', { class: 'touch', r: this.#touch(name).toFixed(2) }));
  }

  /** A finger's width where it stands alone, less beside another. */
  #touch(name) {
    const { x, y } = this.#spots.get(name);
    const others = names.filter((other) => other !== name).map((other) => this.#spots.get(other));
    const nearest = Math.min(...others.map((other) => Math.hypot(other.x - x, other.y - y)));
    return Math.min(touchable.alone / this.#scale, Math.max(touchable.least / this.#scale, nearest / 2));
  }

  #size(name) {
    if (name === 'earth') return 2.1 * this.#zoom;
    const size = sizeOf(name, 0) * this.#zoom * sizeFactor(name) * (name === 'saturn' ? 1.8 : 1);
    return name === this.#chosen ? Math.max(size + 1.5, this.#touch(name)) : size;
  }

  #drawSight() {
    const points = this.#chosen ? this.#chart.sight(this.places.get('earth'), this.places.get(this.#chosen)) : [];
    if (this.#chosen === 'moon') points.splice(0, points.length, this.#spots.get('earth'), this.#spots.get('moon'));
    this.sight.setAttribute('d', points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`).join(''));
  }

  /** Names of what can be told apart: on a true map of everything the inner planets lie within the Sun. */
  #putNames() {
    const sun = this.#spots.get('sun');
    const isApart = (name) => ['sun', this.#chosen].includes(name) ||
      Math.hypot(this.#spots.get(name).x - sun.x, this.#spots.get(name).y - sun.y) > this.#size('sun') + this.#size(name) + (name === 'moon' ? moonAway : 1);
    const items = importance.filter(isApart).map((name) =>
      ({ name, ...this.#spots.get(name), size: this.#size(name), home: beyond + 8 }));
    this.names.mark('below', (name) => this.#spots.get(name).out);
    this.names.place(items, { scale: this.#scale, room: extent - 1 });
    for (const { text, box } of this.#marks)
      text.setAttribute('visibility', this.names.boxes.some((other) => overlap(box, other) > 0) ? 'hidden' : 'visible');
  }

  /** Where on the screen a body stands: {x, y, reach, middle, others, edges}: the map's own height, what else stands on it, its box. */
  spot(name) {
    const place = this.#spots.get(name);
    if (!place) return undefined;
    const edges = this.root.getBoundingClientRect();
    const { left, top, width } = edges;
    const scale = width / (2 * extent);
    const reach = (this.#size(name) + 4.5) * scale + 16;
    const onScreen = ({ x, y }) => ({ x: left + (x + extent) * scale, y: top + (y + extent) * scale });
    const others = [...this.#spots].filter(([other]) => other !== name).map(([, other]) => onScreen(other));
    return { ...onScreen(place), reach, middle: top + extent * scale, others, edges };
  }

  /** Marks the chosen body; nothing for none. */
  select(name) {
    this.#chosen = name;
    this.roving.select(name);
    this.names.mark('chosen', (other) => other === name);
  }

  /** What a person who cannot see the map is told first. */
  describe(text) {
    this.root.setAttribute('aria-label', capital(text));
  }
}

/** The Sun and the Moon are drawn smaller than on the dome. */
function sizeFactor(name) {
  return name === 'sun' ? 0.9 : name === 'moon' ? 0.28 : 1;
}

function told(body, sun, out) {
  const { fromSun, fromEarth } = aspect(body, sun);
  const parts = [titles[body.name]];
  if (body.name !== 'sun' && body.name !== 'moon') parts.push(`${distance(fromSun)} from the Sun`);
  parts.push(`${distance(fromEarth)} from the Earth`);
  if (out) parts.push('beyond this map');
  return parts.join(', ');
}

/** In words: which planet is nearest to the Earth, and on which side of the Sun each is seen. */
export function mapSummary(bodies) {
  const sun = bodies.find(({ name }) => name === 'sun');
  const aspects = bodies.filter(({ name }) => name !== 'sun' && name !== 'moon').map((body) => ({ name: body.name, ...aspect(body, sun) }));
  const near = aspects.reduce((one, other) => (other.fromEarth < one.fromEarth ? other : one));
  const sides = [['evening', true], ['morning', false]].map(([word, evening]) => [word, aspects.filter(({ isEvening }) => isEvening === evening)])
    .filter(([, some]) => some.length > 0).map(([word, some]) => `on its ${word} side ${list(some.map(({ name }) => titles[name]))}`);
  return `${titles[near.name]} is nearest to the Earth, ${distance(near.fromEarth)} away. Seen from the Earth the Sun has ${list(sides)}.`;
}
