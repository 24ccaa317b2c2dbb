// Space: the solar system from above the north of the Earth's orbit, as a map. Where a body lies in that plane, how far out on the disc
// a distance is drawn, and the orbits. Pure; positions are the API's vectors, orbits are ellipses of mean elements (E. M. Standish,
// JPL, for 1800 to 2050), which the planets leave by less than a hundredth of their distance.
import { degree } from './geometry.js';

/** Of the disc that the map is drawn on, and of what lies beyond it. */
export const edge = 112;
export const beyond = 118;

/** How far a map reaches, in au: to Pluto at its furthest, or to Mars. */
export const reaches = { all: 50, inner: 1.75 };
export const scales = ['even', 'true'];
const marks = { all: { even: [1, 5, 10, 20, 40], true: [10, 20, 30, 40] }, inner: { even: [0.5, 1, 1.5], true: [0.5, 1, 1.5] } };
// Distances by their logarithm, from so near on in even steps: au.
const nearest = { all: 0.3, inner: 0.35 };

const obliquity = [Math.sin(23.4392911 * degree), Math.cos(23.4392911 * degree)];

/** Whether all of them have their place in space, which is asked for only where it is shown. */
export function hasSpace(bodies) {
  return bodies.length > 0 && bodies.every(({ heliocentric }) => heliocentric);
}

/** From the axes of the ICRS to those of the ecliptic of J2000: x to the equinox, z to the north. */
export function ecliptic({ x, y, z }) {
  const [sin, cos] = obliquity;
  return { x, y: y * cos + z * sin, z: z * cos - y * sin };
}

// Semi-major axis in au, eccentricity; inclination, longitudes of perihelion and of the ascending node in degrees.
const elements = {
  mercury: [0.38709927, 0.20563593, 7.00497902, 77.45779628, 48.33076593],
  venus: [0.72333566, 0.00677672, 3.39467605, 131.60246718, 76.67984255],
  earth: [1.00000261, 0.01671123, 0, 102.93768193, 0],
  mars: [1.52371034, 0.0933941, 1.84969142, -23.94362959, 49.55953891],
  jupiter: [5.202887, 0.04838624, 1.30439695, 14.72847983, 100.47390909],
  saturn: [9.53667594, 0.05386179, 2.48599187, 92.59887831, 113.66242448],
  uranus: [19.18916464, 0.04725744, 0.77263783, 170.9542763, 74.01692503],
  neptune: [30.06992276, 0.00859048, 1.77004347, 44.96476227, 131.78422574],
  pluto: [39.48211675, 0.2488273, 17.14001206, 224.06891629, 110.30393684],
};

export const orbiting = Object.keys(elements);

/** A closed orbit as ecliptic points. */
export function orbit(name, count = 180) {
  const [a, e, inclination, perihelion, node] = elements[name];
  const [sinI, cosI, sinN, cosN] = [Math.sin(inclination * degree), Math.cos(inclination * degree), Math.sin(node * degree), Math.cos(node * degree)];
  const turn = (perihelion - node) * degree;
  return Array.from({ length: count }, (_, i) => {
    const anomaly = (2 * Math.PI * i) / count;
    const [along, aside] = [a * (Math.cos(anomaly) - e), a * Math.sqrt(1 - e * e) * Math.sin(anomaly)];
    const [u, v] = [along * Math.cos(turn) - aside * Math.sin(turn), along * Math.sin(turn) + aside * Math.cos(turn)];
    return { x: u * cosN - v * cosI * sinN, y: u * sinN + v * cosI * cosN, z: v * sinI };
  });
}

/** A map of a reach ('all', 'inner') and a scale ('even': by the logarithm of the distance, or 'true'). */
export class Chart {
  constructor({ reach, scale }) {
    Object.assign(this, { reach, scale, most: reaches[reach], marks: marks[reach][scale] });
  }

  /** How far from the middle so many au are drawn. */
  distance(au) {
    if (this.scale === 'true') return (edge * au) / this.most;
    const steps = (value) => Math.log1p(value / nearest[this.reach]);
    return (edge * steps(au)) / steps(this.most);
  }

  /** {x, y, out} of an ecliptic point: the equinox is on the right, y downward; what is further away is `out`, in its direction. */
  put({ x, y }) {
    const far = Math.hypot(x, y);
    const out = far > this.most;
    const share = far === 0 ? 0 : (out ? beyond : this.distance(far)) / far;
    return { x: x * share, y: -y * share, out };
  }

  /** The line of sight from one ecliptic point to another, as points of the map: straight only where the scale is true. */
  sight(from, to, count = 64) {
    const points = [];
    for (let i = 0; i <= count; i += 1) {
      const share = (i / count) ** 2;
      const point = this.put({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share });
      if (point.out) break;
      points.push(point);
    }
    return points;
  }
}

/**
 * Where everything is: Map of name -> {x, y, z} in au from the Sun, in the ecliptic's axes, the Earth too. bodies: the API's, with
 * `geocentric` and `heliocentric`.
 */
export function positions(bodies) {
  const sun = bodies.find(({ name }) => name === 'sun');
  const found = new Map(bodies.map(({ name, heliocentric }) => [name, ecliptic(heliocentric)]));
  const { x, y, z } = ecliptic(sun.geocentric);
  return found.set('earth', { x: -x, y: -y, z: -z });
}

function size({ x, y, z }) {
  return Math.hypot(x, y, z);
}

/** {fromSun, fromEarth} in au, and {elongation, isEvening}: how far from the Sun it is seen, and on which side of it. */
export function aspect({ geocentric, heliocentric }, sun) {
  const [body, light] = [ecliptic(geocentric), ecliptic(sun.geocentric)];
  const cosine = (body.x * light.x + body.y * light.y + body.z * light.z) / (size(body) * size(light));
  return {
    fromSun: size(heliocentric), fromEarth: size(geocentric),
    elongation: Math.acos(Math.min(1, Math.max(-1, cosine))) / degree,
    isEvening: light.x * body.y - light.y * body.x > 0,
  };
}
