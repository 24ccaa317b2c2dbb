// Geometry: from azimuth and altitude to the dome's disc, whose centre is the zenith and whose edge, at `radius`, the horizon.
// Equal steps of altitude are equal steps on the disc. It is seen from below, as the sky is: with north up, east is left.
// Bodies below the horizon stand on the rim around the disc, the deeper the further out.

export const radius = 100;
export const rim = { inner: 100, outer: 119 };

export const degree = Math.PI / 180;

export function distanceFromZenith(altitude) {
  if (altitude >= 0) return (radius * (90 - altitude)) / 90;
  return rim.inner + 5 + ((rim.outer - rim.inner - 9) * -altitude) / 90;
}

/** {x, y} on the dome, y downward. */
export function project({ az, alt }) {
  return polar(az, distanceFromZenith(alt));
}

export function polar(azimuth, distance) {
  return { x: -distance * Math.sin(azimuth * degree), y: -distance * Math.cos(azimuth * degree) };
}

function unit({ az, alt }) {
  const flat = Math.cos(alt * degree);
  return [flat * Math.sin(az * degree), flat * Math.cos(az * degree), Math.sin(alt * degree)];
}

/** Azimuth and altitude, at a latitude, of a direction of the equator's frame turned to the meridian: to it, east of it, to the pole. */
export function horizontal([meridian, east, pole], lat) {
  const [sinLat, cosLat] = [Math.sin(lat * degree), Math.cos(lat * degree)];
  const north = pole * cosLat - meridian * sinLat;
  const up = pole * sinLat + meridian * cosLat;
  return { az: (Math.atan2(east, north) / degree + 360) % 360, alt: Math.asin(Math.min(1, Math.max(-1, up))) / degree };
}

/** The angle between two directions, in degrees. */
export function separation(a, b) {
  const [one, other] = [unit(a), unit(b)];
  const cosine = one.reduce((sum, value, i) => sum + value * other[i], 0);
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / degree;
}

/** The direction on the dome, in degrees clockwise from rightward, in which `to` is seen from `from`. */
export function bearing(from, to) {
  const [a, b] = [unit(from), unit(to)];
  const step = a.map((value, i) => value + 0.01 * b[i]);
  const near = { az: Math.atan2(step[0], step[1]) / degree, alt: Math.atan2(step[2], Math.hypot(step[0], step[1])) / degree };
  const [start, end] = [from, near].map((point) => polar(point.az, 90 - point.alt));
  return Math.atan2(end.y - start.y, end.x - start.x) / degree;
}
