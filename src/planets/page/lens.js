// Lens: a round piece of the sky, enlarged, around a chosen body that another one stands close to. Up is towards the zenith, as one
// sees it who looks there. It lies on the side of the dome that the two are not on.
import { degree, project, radius, separation } from './geometry.js';
import { glyph, sizeOf, svg } from './glyphs.js';
import { decimal, titles } from './words.js';

const close = 5; // degrees: what is closer is hard to tell apart on the dome
const share = 0.6; // of the lens's radius at which each of the two stands
const letters = 12; // pixels
const apparent = { sun: 0.267, moon: 0.259 }; // degrees a disc's radius has

/** {body, apart}: which body is nearest to another one, and how many degrees away; nothing where none is close, or one is down. */
export function companion(body, bodies) {
  const others = bodies.filter(({ name, alt }) => name !== body.name && alt >= 0)
    .map((other) => ({ body: other, apart: separation(body, other) })).sort((one, other) => one.apart - other.apart);
  return body.alt >= 0 && others.length > 0 && others[0].apart < close ? others[0] : undefined;
}

export class Lens {
  group = svg('g', { class: 'lens', 'aria-hidden': 'true' });
  /** What it covers of the dome, as a list of none or one: {x, y, size}. */
  discs = [];

  /** `chosen` is a body of `bodies`, or nothing; `scale` how many pixels a unit has, `fill` the sky's colour; aspectOf(body) as glyph() takes it. */
  show(chosen, bodies, { scale, fill, aspectOf }) {
    const near = chosen && companion(chosen, bodies);
    this.discs = [];
    if (!near) return this.group.replaceChildren();
    // The Moon passes before the Sun.
    const pair = near.body.name === 'sun' ? [near.body, chosen] : [chosen, near.body];
    const isUpper = (body) => pair.every(({ alt }) => body.alt >= alt);
    const size = Math.min(42, 84 / scale);
    const unit = (2 * share * size) / Math.max(near.apart, 0.5); // a degree
    const middle = { az: chosen.az + turn(chosen.az, near.body.az) / 2, alt: (chosen.alt + near.body.alt) / 2 };
    const parts = pair.map((body) => this.#body(body, offset(body, middle, unit), { unit, scale, isUpper: isUpper(body), aspect: aspectOf(body) }));
    const at = opposite(project(middle), size);
    this.discs = [{ ...at, size }];
    // On the side of the zenith.
    const beside = at.y > 0 ? -size - 4 / scale : size + letters / scale;
    const words = svg('text', centred(beside, scale), `${decimal(near.apart, 1)}° apart`);
    const glass = svg('circle', { class: 'glass', r: size.toFixed(2), fill });
    return this.group.replaceChildren(leader(project(middle), at, size),
      svg('g', { transform: `translate(${at.x.toFixed(2)} ${at.y.toFixed(2)})` }, glass, ...parts, words));
  }

  #body({ name, magnitude }, { x, y }, { unit, scale, isUpper, aspect }) {
    const usual = sizeOf(name, magnitude);
    // What has a disc for the eye is as large as it is.
    const factor = Math.max(1.3, ((apparent[name] ?? 0) * unit) / usual);
    const away = usual * factor + (isUpper ? 0.4 : 1.1) * (letters / scale);
    const text = svg('text', centred(isUpper ? -away : away, scale), titles[name]);
    return svg('g', { class: `seen ${name}`, transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` },
      svg('g', { transform: `scale(${factor.toFixed(3)})` }, ...glyph(name, magnitude, aspect, 'halo')), text);
  }
}

/** Where a text stands. */
function centred(y, scale) {
  return { y: y.toFixed(2), 'text-anchor': 'middle', 'font-size': (letters / scale).toFixed(2) };
}

/** From one azimuth to another by the shorter way. */
function turn(from, to) {
  return ((to - from + 540) % 360) - 180;
}

function offset({ az, alt }, middle, unit) {
  return { x: turn(middle.az, az) * Math.cos(middle.alt * degree) * unit, y: (middle.alt - alt) * unit };
}

/** Where the lens lies: beyond the zenith, as far from it as the dome has room. */
function opposite({ x, y }, size) {
  const far = Math.hypot(x, y);
  const away = radius - size - 3;
  return far < 1 ? { x: 0, y: away } : { x: (-x / far) * away, y: (-y / far) * away };
}

function leader(from, to, size) {
  const long = Math.hypot(to.x - from.x, to.y - from.y);
  const point = (at) => `${(from.x + ((to.x - from.x) * at) / long).toFixed(2)} ${(from.y + ((to.y - from.y) * at) / long).toFixed(2)}`;
  return svg('path', { class: 'to-lens', d: long > size + 8 ? `M${point(8)}L${point(long - size)}` : '' });
}
