// Dome: the sky as a disc, drawn in SVG. It shows what it is given and computes no astronomy: positions come from the API, and
// geometry.js says where on the disc they are. Bodies are buttons; the arrow keys move among them.
import { distanceFromZenith, polar, project, radius, rim } from './geometry.js';
import { glyph, haloGradients, moonAspect, ringAspect, sizeOf, svg } from './glyphs.js';
import { discBox, overlap } from './labels.js';
import { Lens } from './lens.js';
import { Names } from './names.js';
import { Roving } from './roving.js';
import { sightOf } from './sight.js';
import { skyColours } from './tint.js';
import { capital, degrees, direction, titles } from './words.js';

const extent = 130;
const usualScale = 2.6; // pixels a dome unit has on a desktop screen; glyphs are drawn for it
const touchable = { least: 6, alone: 22 }; // pixels around a body
const rings = [30, 60];
const centred = { 'text-anchor': 'middle', 'dominant-baseline': 'central' };
const cardinals = [['N', 0], ['E', 90], ['S', 180], ['W', 270]];
const starClasses = [
  { faintest: 0.6, width: 1.5, opacity: 1 }, { faintest: 1.7, width: 1.15, opacity: 0.9 },
  { faintest: 2.4, width: 0.85, opacity: 0.8 }, { faintest: 3.4, width: 0.62, opacity: 0.65 },
  { faintest: 9, width: 0.5, opacity: 0.45 },
];
// Who gets the better place for its name.
const importance = ['sun', 'moon', 'venus', 'jupiter', 'mars', 'saturn', 'mercury', 'uranus', 'neptune', 'pluto'];

export class Dome {
  #bodies = new Map(); // name -> {group, drawn}
  #positions = [];
  #pole;
  #chosen;
  #behind = { stars: [], lines: [], names: [] };
  #scale = usualScale;
  #drawn = new Map(); // kind of path -> its parts

  /** Draws into `root`, an empty <svg>. handlers: onSelect(name), onPoint(name or undefined). */
  constructor(root, handlers) {
    this.root = root;
    this.roving = new Roving(handlers);
    this.names = new Names();
    root.setAttribute('viewBox', `${-extent} ${-extent} ${2 * extent} ${2 * extent}`);
    root.append(this.#definitions(), this.#rimPart(), this.#skyPart(), this.#gridPart());
    this.paths = svg('g', { class: 'paths' });
    this.lens = new Lens();
    root.append(this.paths, this.names.group, this.roving.group, this.lens.group);
    new ResizeObserver(() => this.#resized()).observe(root);
  }

  #definitions() {
    this.stops = [0, 0.6, 1].map((offset) => svg('stop', { offset }));
    this.glowStops = [1, 0.38, 0.09, 0].map((opacity, i) =>
      svg('stop', { offset: [0, 0.22, 0.55, 1][i], 'stop-opacity': opacity }));
    this.glow = svg('radialGradient', { id: 'sun-glow', gradientUnits: 'userSpaceOnUse' }, ...this.glowStops);
    return svg('defs', {},
      svg('radialGradient', { id: 'sky-gradient', gradientUnits: 'userSpaceOnUse', cx: 0, cy: 0, r: radius }, ...this.stops),
      svg('radialGradient', { id: 'rim-gradient', gradientUnits: 'userSpaceOnUse', cx: 0, cy: 0, r: rim.outer },
        svg('stop', { offset: 0.83, 'stop-color': '#0a0f1d' }), svg('stop', { offset: 0.9, 'stop-color': '#182238' }),
        svg('stop', { offset: 1, 'stop-color': '#10172a' })),
      svg('clipPath', { id: 'above' }, svg('circle', { r: radius })),
      this.glow, ...haloGradients('halo'));
  }

  #rimPart() {
    const ticks = [];
    for (let azimuth = 0; azimuth < 360; azimuth += 5) {
      const long = azimuth % 45 === 0 ? 3.2 : azimuth % 15 === 0 ? 2.2 : 1.2;
      const [from, to] = [polar(azimuth, rim.outer), polar(azimuth, rim.outer - long)];
      ticks.push(`M${from.x.toFixed(2)} ${from.y.toFixed(2)}L${to.x.toFixed(2)} ${to.y.toFixed(2)}`);
    }
    this.cardinals = cardinals.map(([name, azimuth]) => {
      const { x, y } = polar(azimuth, rim.outer + 6);
      return svg('text', { ...centred, class: `cardinal ${name === 'N' ? 'north' : ''}`, x, y }, name);
    });
    return svg('g', { class: 'rim', 'aria-hidden': 'true' }, svg('circle', { r: rim.outer, fill: 'url(#rim-gradient)' }),
      svg('circle', { class: 'edge', r: rim.outer, fill: 'none' }), svg('path', { class: 'ticks', d: ticks.join('') }),
      ...this.cardinals);
  }

  #skyPart() {
    this.glowDisc = svg('circle', { r: radius, fill: 'url(#sun-glow)' });
    this.stars = svg('g', { class: 'stars', 'clip-path': 'url(#above)' });
    const sky = svg('circle', { r: radius, fill: 'url(#sky-gradient)' });
    this.behindNames = svg('g', { class: 'behind-names' });
    return svg('g', { class: 'sky', 'aria-hidden': 'true' }, sky, this.glowDisc, this.stars, this.behindNames);
  }

  #gridPart() {
    this.ringNames = rings.map((altitude) =>
      svg('text', { ...centred, class: 'ring-name', x: 0, y: distanceFromZenith(altitude) }, `${altitude}°`));
    return svg('g', { class: 'grid', 'aria-hidden': 'true' },
      ...rings.map((altitude) => svg('circle', { r: distanceFromZenith(altitude) })),
      svg('path', { d: `M0 ${-radius}V${radius}M${-radius} 0H${radius}` }), svg('circle', { class: 'horizon', r: radius }),
      ...this.ringNames);
  }

  /** How much larger than on a desktop things are drawn, so that they can be seen and touched on a phone. */
  get #zoom() {
    return Math.min(1.9, Math.max(1, usualScale / this.#scale));
  }

  #resized() {
    this.#scale = this.root.clientWidth / (2 * extent) || usualScale;
    const letters = (pixels) => (pixels / this.#scale).toFixed(2);
    for (const text of this.cardinals) text.setAttribute('font-size', letters(15));
    for (const text of this.ringNames) text.setAttribute('font-size', letters(11));
    this.names.resize(this.#scale);
    for (const part of [this.paths, this.behindNames]) part.setAttribute('font-size', letters(11));
    for (const body of this.#bodies.values()) body.drawn = '';
    this.show(this.#positions);
    this.showBehind(this.#behind);
  }

  /**
   * Moves every body to its azimuth and altitude; tints the sky. positions: the API's `planets`, each with its `sight`; pole:
   * where on the sky the north pole of Saturn's ring points.
   */
  show(positions, pole = this.#pole) {
    if (positions.length === 0) return;
    this.#positions = positions;
    this.#pole = pole;
    if (this.#bodies.size === 0) {
      for (const name of frontLast(positions)) this.#add(name);
      this.select(this.#chosen);
    }
    const sun = positions.find(({ name }) => name === 'sun');
    this.#tint(sun);
    for (const position of positions) this.#put(position, sun);
    this.#putNames();
  }

  /** The backdrop of the night, as stars.js gives it. */
  showBehind(behind) {
    this.#behind = behind;
    const classes = starClasses.map(() => '');
    for (const { magnitude, ...place } of behind.stars) {
      const { x, y } = project(place);
      classes[starClasses.findIndex(({ faintest }) => magnitude < faintest)] += `M${x.toFixed(2)} ${y.toFixed(2)}h0`;
    }
    // A line without length and with round ends is a dot.
    const dots = classes.map((d, i) =>
      svg('path', { d, 'stroke-width': starClasses[i].width * Math.sqrt(this.#zoom), opacity: starClasses[i].opacity }));
    const lines = behind.lines.map((ends) => ends.map(onSphere).map(({ x, y }, i) => `${'ML'[i]}${x.toFixed(1)} ${y.toFixed(1)}`).join(''));
    this.stars.replaceChildren(svg('path', { class: 'figures', d: lines.join('') }), ...dots);
    this.#putBehindNames();
  }

  /** Names of constellations and bright stars, where nothing that matters more is in the way. */
  #putBehindNames() {
    const [height, letter] = [12 / this.#scale, 6.2 / this.#scale];
    const taken = [...this.#discs(), ...this.names.boxes, ...rings.map((altitude) => ringNameBox(altitude, 8 / this.#scale))];
    const put = (kind, { name, ...place }, below) => {
      const { x, y } = project(place);
      const half = { x: (name.length * letter) / 2, y: height / 2 };
      const box = { left: x - half.x, right: x + half.x, top: y + below - half.y, bottom: y + below + half.y };
      const isOut = Math.hypot(Math.max(-box.left, box.right), Math.max(-box.top, box.bottom)) > radius;
      if (isOut || taken.some((other) => overlap(box, other) > 0)) return [];
      taken.push(box);
      return [svg('text', { ...centred, class: kind, x: x.toFixed(2), y: (y + below).toFixed(2) }, name)];
    };
    const bright = this.#behind.stars.filter(({ name }) => name);
    this.behindNames.replaceChildren(...bright.flatMap((star) => put('star-name', star, height * 0.85)),
      ...this.#behind.names.flatMap((figure) => put('figure-name', figure, 0)));
  }

  #tint(sun) {
    const colours = skyColours(sun.alt);
    ['zenith', 'middle', 'horizon'].forEach((name, i) => this.stops[i].setAttribute('stop-color', colours[name]));
    for (const stop of this.glowStops) stop.setAttribute('stop-color', colours.glow);
    const { x, y } = polar(sun.az, Math.min(distanceFromZenith(sun.alt), radius));
    // Low light runs along the whole horizon; a high Sun shines around itself.
    const reach = Math.min(110, Math.max(62, 116 - 2 * sun.alt));
    for (const [key, value] of Object.entries({ cx: x, cy: y, r: reach })) this.glow.setAttribute(key, value.toFixed(2));
    this.glowDisc.setAttribute('opacity', colours.strength.toFixed(3));
    for (const part of [this.stars, this.behindNames]) part.setAttribute('opacity', colours.stars.toFixed(3));
  }

  #put(position, sun) {
    const { name, alt, magnitude } = position;
    const body = this.#bodies.get(name);
    const { x, y } = project(position);
    body.group.setAttribute('transform', `translate(${x.toFixed(3)} ${y.toFixed(3)})`);
    body.group.classList.toggle('below', alt < 0);
    const { clear, words } = sightOf(position);
    const told = [titles[name], alt < 0 ? 'below the horizon' : `${degrees(alt, 0)} up`, direction(position.az), words];
    body.group.setAttribute('aria-label', told.filter(Boolean).join(', '));
    const aspect = this.#aspect(position, sun);
    const reach = Math.max(this.#touch(position), sizeOf(name, magnitude) * this.#zoom + 1.5);
    const looks = JSON.stringify([magnitude, reach.toFixed(1), clear, ...Object.values(aspect).map((value) => value.toFixed(2))]);
    if (body.drawn === looks) return;
    body.drawn = looks;
    const scaled = svg('g', { transform: `scale(${this.#zoom.toFixed(3)})`, opacity: clear }, ...glyph(name, magnitude, aspect, 'halo'));
    const touch = svg('circle', { class: 'touch', r: reach.toFixed(2) });
    body.group.replaceChildren(scaled, touch);
  }

  #aspect(position, sun) {
    if (position.name === 'moon') return moonAspect(position, sun);
    return position.name === 'saturn' ? ringAspect(position, this.#pole) : {};
  }

  /** How far around it a body takes a touch: a finger's width where it stands alone, less beside another. */
  #touch(position) {
    const { x, y } = project(position);
    const others = this.#positions.filter(({ name }) => name !== position.name).map(project);
    const nearest = Math.min(...others.map((other) => Math.hypot(other.x - x, other.y - y)));
    return Math.min(touchable.alone / this.#scale, Math.max(touchable.least / this.#scale, nearest / 2));
  }

  /** Where on the screen a body stands: {x, y, reach, middle, others, edges}: the dome's own height, what the lens covers, the dome's box. */
  spot(name) {
    const position = this.#positions.find((other) => other.name === name);
    if (!position) return undefined;
    const edges = this.root.getBoundingClientRect();
    const { left, top, width } = edges;
    const scale = width / (2 * extent);
    const onScreen = ({ x, y }) => ({ x: left + (x + extent) * scale, y: top + (y + extent) * scale });
    const reach = (this.#room(position) + 4.5) * scale + 16;
    // A box that covers none of these points leaves most of the lens to be seen.
    const others = this.lens.discs.flatMap(({ x, y, size }) => [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]].map(([i, j]) => onScreen({ x: x + i * size, y: y + j * size })));
    return { ...onScreen(project(position)), reach, middle: top + extent * scale, others, edges };
  }

  #add(name) {
    const body = { group: this.roving.add(name), drawn: '' };
    this.names.add(name, titles[name]);
    this.#bodies.set(name, body);
  }

  /** The radius that nothing else should enter. */
  #room({ name, magnitude }) {
    const size = sizeOf(name, magnitude) * this.#zoom;
    if (this.roving.isChosen(name)) return Math.max(size + 1.5, 12 / this.#scale);
    return name === 'saturn' ? size * 1.8 : size;
  }

  #putNames() {
    this.#putLens();
    const order = [...this.#positions].sort((a, b) => importance.indexOf(a.name) - importance.indexOf(b.name));
    const items = order.map((position) => ({ name: position.name, ...project(position), size: this.#room(position),
      home: position.alt < 0 ? rim.outer : radius }));
    const obstacles = cardinals.map(([, azimuth]) => ({ ...polar(azimuth, rim.outer + 6), size: 7 / this.#scale }));
    this.names.mark('below', (name) => order.find((position) => position.name === name).alt < 0);
    this.names.place(items, { scale: this.#scale, room: extent - 1, obstacles: [...obstacles, ...this.lens.discs] });
    this.#putRingNames();
    this.#putHours();
  }

  #putLens() {
    const chosen = this.#positions.find(({ name }) => this.roving.isChosen(name));
    const [sun, fill] = [this.#positions.find(({ name }) => name === 'sun'), this.stops[1].getAttribute('stop-color')];
    this.lens.show(chosen, this.#positions, { scale: this.#scale, fill, aspectOf: (position) => this.#aspect(position, sun) });
  }

  /** Marks the chosen body; nothing for none. */
  select(name) {
    this.#chosen = name;
    this.roving.select(name);
    this.names.mark('chosen', (other) => other === name);
  }

  /**
   * Draws the way of the body `name` over the sky: `track` as the API gives it, `hours` [{az, alt, text}] the marks along it.
   * `kind` is 'sun' for the faint everyday line, 'chosen' for the one asked for. An empty track removes it.
   */
  showPath(kind, name, track, hours = []) {
    const last = this.#drawn.get(kind);
    if (last?.track === track && last.name === name) return;
    last?.group.remove();
    this.#drawn.delete(kind);
    if (track.length === 0) return;
    const marks = hours.filter(({ alt }) => alt >= 0);
    const texts = marks.map(({ text }) => svg('text', centred, text));
    const dots = marks.map((mark) => svg('circle', { cx: project(mark).x, cy: project(mark).y }));
    const group = svg('g', { class: `path ${kind}` }, svg('path', { class: 'line', d: line(track) }), ...dots, ...texts);
    this.#drawn.set(kind, { name, track, group, marks, texts, dots });
    this.paths.append(group);
    this.#putHours();
  }

  /** Shows what is written on the dome itself where no body and no name is in the way. */
  #putRingNames() {
    this.ringNames.forEach((text, i) => {
      const free = this.#isFree(ringNameBox(rings[i], 8 / this.#scale));
      text.setAttribute('visibility', free ? 'visible' : 'hidden');
    });
  }

  /** Puts the hours beside their marks, where no body and no name is in the way. */
  #putHours() {
    for (const { marks, texts, dots } of this.#drawn.values()) {
      marks.forEach(({ az, alt }, i) => {
        const beside = polar(az, distanceFromZenith(alt) - 10 / this.#scale - 1);
        texts[i].setAttribute('x', beside.x.toFixed(2));
        texts[i].setAttribute('y', beside.y.toFixed(2));
        texts[i].setAttribute('visibility', this.#isFree(discBox({ ...beside, size: 8 / this.#scale })) ? 'visible' : 'hidden');
        dots[i].setAttribute('r', (2.4 / this.#scale).toFixed(2));
      });
    }
  }

  #isFree(box) {
    return ![...this.#discs(), ...this.names.boxes].some((other) => overlap(box, other) > 0);
  }

  #discs() {
    return [...this.#positions.map((position) => ({ ...project(position), size: this.#room(position) })), ...this.lens.discs].map(discBox);
  }

  /** What a person who cannot see the dome is told first. */
  describe(text) {
    this.root.setAttribute('aria-label', capital(text));
  }
}

function ringNameBox(altitude, size) {
  return discBox({ x: 0, y: distanceFromZenith(altitude), size });
}

/** The names of bodies from the back to the front: the faint behind the bright, the Moon before the Sun. */
function frontLast(positions) {
  const names = positions.map(({ name }) => name).filter((name) => name !== 'sun' && name !== 'moon');
  return [...names.reverse(), 'sun', 'moon'];
}

/** As project(), but the sky goes on below the horizon: for lines that are cut off there. */
function onSphere({ az, alt }) {
  return polar(az, (radius * (90 - alt)) / 90);
}

/** The part of a track above the horizon, as one SVG path with a gap where it is below; it ends at the horizon itself. */
function line(track) {
  let text = '';
  track.forEach((point, i) => {
    const before = track[i - 1];
    const crosses = before && before.alt < 0 !== point.alt < 0;
    if (crosses) text += step(before.alt < 0 ? 'M' : 'L', crossing(before, point));
    if (point.alt >= 0) text += step(text === '' ? 'M' : 'L', point);
  });
  return text;
}

function step(pen, place) {
  const { x, y } = project(place);
  return `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
}

function crossing(a, b) {
  const share = a.alt / (a.alt - b.alt);
  const turn = ((b.az - a.az + 540) % 360) - 180;
  return { az: a.az + turn * share, alt: 0 };
}
