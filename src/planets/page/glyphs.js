// Glyphs: how each body looks on the dome. Everything is drawn around (0, 0) in dome units for a dome of usual size; the dome
// scales it up where it is small.
import { bearing, degree, separation } from './geometry.js';

const space = 'http://www.w3.org/2000/svg';

export const colours = {
  sun: '#ffd75e', moon: '#f2efe4', mercury: '#cdc4b8', venus: '#fff1c4', mars: '#ff8458', jupiter: '#f4d8a4',
  saturn: '#ecd086', uranus: '#a9ece6', neptune: '#86a6ff', pluto: '#cfb399', earth: '#6fa8ff',
};

/** An SVG element with attributes and children. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** The radius a body is drawn with: the brighter the larger. */
export function sizeOf(name, magnitude) {
  if (name === 'sun') return 4.6;
  if (name === 'moon') return 4.2;
  return Math.min(2.6, Math.max(0.9, 1.95 - 0.15 * (magnitude ?? 2)));
}

/** Soft light around each body: one gradient a body. A drawing that is hidden lends none to another, so each has its own `owner`. */
export function haloGradients(owner) {
  return Object.entries(colours).map(([name, colour]) =>
    svg('radialGradient', { id: `${owner}-${name}` },
      svg('stop', { offset: 0, 'stop-color': colour, 'stop-opacity': 0.75 }),
      svg('stop', { offset: 0.35, 'stop-color': colour, 'stop-opacity': 0.22 }),
      svg('stop', { offset: 1, 'stop-color': colour, 'stop-opacity': 0 })));
}

/** Its ring as it is seen: `open` is the sine of how far its north side, or with a minus its south side, is turned to us. */
function saturn(size, { open, angle }) {
  const [rx, ry] = [size * 2.1, size * 2.1 * Math.abs(open)];
  // A ring that is seen from its edge is still a line.
  const ring = { transform: `rotate(${angle.toFixed(1)})`, fill: 'none', 'stroke-width': (size * (0.12 + 0.3 * Math.abs(open))).toFixed(2) };
  // What is nearer passes below the middle when north, above, is turned to us.
  const nearer = `M${-rx} 0A${rx} ${ry} 0 0 ${open > 0 ? 0 : 1} ${rx} 0`;
  return [
    svg('ellipse', { ...ring, class: 'ring', rx, ry, stroke: colours.saturn, opacity: 0.8 }),
    svg('circle', { r: size, fill: colours.saturn }),
    svg('path', { ...ring, d: nearer, stroke: '#fff0c0' }),
  ];
}

/** How Saturn's ring is seen: `pole` is where on the sky its north pole points, {az, alt}. */
export function ringAspect(saturnBody, pole) {
  return { open: -Math.cos(separation(saturnBody, pole) * degree), angle: bearing(saturnBody, pole) + 90 };
}

function sun(size) {
  return [svg('circle', { r: size, fill: '#fff3c0' }), svg('circle', { r: size * 0.82, fill: colours.sun })];
}

/** The Moon's lit part: half a disc and half an ellipse, its bright limb to the right. */
export function litPart(size, lit) {
  const waist = size * (1 - 2 * lit);
  return `M0 ${-size}A${size} ${size} 0 0 1 0 ${size}A${Math.abs(waist)} ${size} 0 0 ${waist > 0 ? 0 : 1} 0 ${-size}Z`;
}

function moon(size, { lit, angle }) {
  return [
    svg('circle', { r: size, fill: '#2b3247', stroke: '#8d94ab', 'stroke-width': size * 0.06 }),
    svg('path', { class: 'lit', d: litPart(size, lit), fill: colours.moon, transform: `rotate(${angle})` }),
  ];
}

/** What the Moon shows: the lit part from the API's phase, turned to where the Sun is on this sky. */
export function moonAspect(moonBody, sunBody) {
  return { lit: moonBody.phase ?? 1, angle: bearing(moonBody, sunBody) };
}

/** The children of a body's group: halo, of the gradients of `owner`, and disc. */
export function glyph(name, magnitude, aspect, owner) {
  const size = sizeOf(name, magnitude);
  const halo = svg('circle', { class: 'halo', r: size * (name === 'sun' ? 4.2 : 3.2), fill: `url(#${owner}-${name})` });
  if (name === 'sun') return [halo, ...sun(size)];
  if (name === 'moon') return [halo, ...moon(size, aspect)];
  if (name === 'saturn') return [halo, ...saturn(size, aspect)];
  return [halo, svg('circle', { r: size, fill: colours[name] })];
}
