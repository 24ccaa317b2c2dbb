// Words: numbers and states of the sky as a person says them.

const points = ['N', 'NNE', 'NE', 'ENE', 'E', 'ESE', 'SE', 'SSE', 'S', 'SSW', 'SW', 'WSW', 'W', 'WNW', 'NW', 'NNW'];
const directions = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];

export const titles = {
  sun: 'Sun', moon: 'Moon', mercury: 'Mercury', venus: 'Venus', mars: 'Mars', jupiter: 'Jupiter', saturn: 'Saturn',
  uranus: 'Uranus', neptune: 'Neptune', pluto: 'Pluto',
};

/** 'the Sun', 'Mars' */
export function spoken(name) {
  return name === 'sun' || name === 'moon' ? `the ${titles[name]}` : titles[name];
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number with a real minus sign and no '-0.0'. */
export function decimal(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

export function degrees(value, digits = 2) {
  return `${decimal(value, digits)}°`;
}

export function compassPoint(azimuth) {
  return points[Math.round(azimuth / 22.5) % 16];
}

export function direction(azimuth) {
  return directions[Math.round(azimuth / 45) % 8];
}

/** ['Mars', 'Venus', 'the Moon'] -> 'Mars, Venus and the Moon' */
export function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Where a body stands: '32° up in the north-east', '4° below the horizon'. */
export function whereabouts({ az, alt }) {
  const size = `${Math.abs(Math.round(alt))}°`;
  return alt < 0 ? `${size} below the horizon` : `${size} up in the ${direction(az)}`;
}

/** The Moon's phase from the lit part (0..1) and whether it grows. */
export function phaseName(lit, waxing) {
  if (lit < 0.02) return 'new';
  if (lit > 0.98) return 'full';
  if (lit > 0.46 && lit < 0.54) return waxing ? 'first quarter' : 'last quarter';
  return `${waxing ? 'waxing' : 'waning'} ${lit < 0.5 ? 'crescent' : 'gibbous'}`;
}

/** '8.3 minutes', '4.1 hours', '1.3 seconds' */
export function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} seconds`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}

/** '0.35 au', or kilometres for what is near. */
export function distance(au) {
  if (au < 0.05) return `${Math.round((au * 149597870.7) / 1000).toLocaleString('en')} 000 km`.replace(',', ' ');
  return `${au.toFixed(au < 10 ? 2 : 1)} au`;
}
