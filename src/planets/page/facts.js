// Facts: a few words about the chosen body, next to where it was chosen: on the dome beside the body, in the table below its row.
// Without a chosen body there is a hint below the table.
import { element } from './almanac.js';
import { constellations } from './constellations.js';
import { companion } from './lens.js';
import { aspect } from './space.js';
import { capital, decimal, distance, duration, phaseName, spoken, whereabouts } from './words.js';

const hint = 'Choose a body, here or on the dome, to see its way over the sky.';
const margin = 8;

export class Facts {
  #text = '';

  /** about: the element that moves; home: where it stands with the hint; dome: the section around the dome */
  constructor({ about, home, dome }) {
    Object.assign(this, { about, home, dome });
    this.row = element('tr', { class: 'facts', role: 'row' }, element('td', { role: 'cell', colspan: 7 }));
  }

  get text() {
    return this.#text;
  }

  /** `bodies` are all of the sky; `spot` is where on the screen the body stands on the dome, `row` its row in the table; one of the two, or neither. */
  show(body, bodies, { spot, row }) {
    const parts = body ? sentence(body, bodies) : [hint];
    const paragraph = element('p', body ? {} : { class: 'hint' }, ...parts);
    this.#text = body ? paragraph.textContent : '';
    this.about.replaceChildren(paragraph);
    this.about.classList.toggle('beside', spot !== undefined);
    const target = spot ? this.dome : row ? this.row.firstChild : this.home;
    if (this.about.parentNode !== target) target.append(this.about);
    if (row && row.nextSibling !== this.row) row.after(this.row);
    if (!row) this.row.remove();
    if (spot) this.#putBeside(spot);
    else this.about.removeAttribute('style');
  }

  /**
   * Below a body of the upper half and above one of the lower, so that it never leaves the dome; where it would hide more of the
   * points of `others` than elsewhere around the body or at an edge of the drawing, there.
   */
  #putBeside({ x, y, reach, middle, others = [], edges }) {
    const [frame, { width, height }] = [this.dome.getBoundingClientRect(), this.about.getBoundingClientRect()];
    const [below, above] = [y + reach, y - reach - height];
    const { top: ceiling, bottom: floor } = edges ?? frame;
    const tops = [...(y < middle ? [below, above] : [above, below]), ceiling + margin, floor - height - margin];
    const lefts = [x - width / 2, x - width + reach, x - reach].map((left) =>
      Math.min(Math.max(left, frame.left + margin), frame.right - width - margin));
    const hidden = ({ left, top }) => others.filter((other) =>
      other.x > left - margin && other.x < left + width + margin && other.y > top - margin && other.y < top + height + margin).length;
    const ways = tops.flatMap((top) => lefts.map((left) => ({ left, top })));
    const inside = ways.filter(({ top }) => top >= ceiling && top + height <= floor);
    const best = (inside.length > 0 ? inside : ways).reduce((one, other) => (hidden(other) < hidden(one) ? other : one));
    this.about.style.left = `${(best.left - frame.left).toFixed(1)}px`;
    this.about.style.top = `${(best.top - frame.top).toFixed(1)}px`;
  }
}

function sentence(body, bodies) {
  const sun = bodies.find((other) => other.name === 'sun');
  const near = companion(body, bodies);
  const { name, constellation, light_time: light, magnitude } = body;
  const facts = [whereabouts(body)];
  if (near) facts.push(`${decimal(near.apart, 1)}° from ${spoken(near.body.name)}`);
  if (constellation) facts.push(`in ${constellations.get(constellation) ?? constellation}`);
  if (magnitude !== undefined && name !== 'sun') facts.push(`magnitude ${decimal(magnitude, 1)}`);
  if (body.distance !== undefined) facts.push(`${distance(body.distance)} away`);
  if (body.heliocentric && sun?.geocentric) facts.push(...spaceWords(body, sun));
  if (light !== undefined) facts.push(`its light is ${duration(light)} old`);
  if (name === 'moon' && body.phase !== undefined && body.ra !== undefined && sun?.ra !== undefined) {
    const waxing = (body.ra - sun.ra + 360) % 360 < 180;
    facts.push(`${phaseName(body.phase, waxing)}, ${Math.round(body.phase * 100)} % lit`);
  }
  return [element('strong', {}, capital(spoken(name))), ` is ${facts.join(', ')}.`];
}

/** How far from the Sun a planet is, in space and as it is seen. */
function spaceWords(body, sun) {
  if (body.name === 'sun') return [];
  const { fromSun, elongation, isEvening } = aspect(body, sun);
  const seen = `seen ${Math.round(elongation)}° from the Sun, on its ${isEvening ? 'evening' : 'morning'} side`;
  return body.name === 'moon' ? [seen] : [`${distance(fromSun)} from the Sun`, seen];
}
