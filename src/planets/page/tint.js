// Tint: the colours of the sky by the Sun's altitude, from day through the three twilights into night. Colours between two rows
// are mixed; the glow is the light around the Sun's place on the horizon, its strength from 0 to 1.

const rows = [
  // Sun's altitude, zenith, half-way, horizon, glow, strength, stars
  [-18, '#040817', '#08102b', '#101b3f', '#27355f', 0.0, 1.0],
  [-12, '#070e28', '#0d1a44', '#1c2c60', '#4d4a78', 0.35, 0.8],
  [-6, '#0f1e4c', '#22397a', '#434f8c', '#c66a5e', 0.75, 0.25],
  [-1, '#1d3f7f', '#40659f', '#7d7ea4', '#ff9250', 0.95, 0.0],
  [4, '#215a9f', '#4682bb', '#86a3bd', '#ffc886', 0.85, 0.0],
  [12, '#1d66b5', '#3d88cc', '#71aadb', '#fff0d6', 0.55, 0.0],
  [35, '#155cae', '#337fcb', '#5fa3dd', '#f4faff', 0.45, 0.0],
];

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function mix(from, to, share) {
  const other = channels(to);
  const mixed = channels(from).map((value, i) => Math.round(value + (other[i] - value) * share));
  return `rgb(${mixed.join(' ')})`;
}

/** {zenith, middle, horizon, glow, strength, stars} for the Sun at this altitude in degrees. */
export function skyColours(altitude) {
  const clamped = Math.min(Math.max(altitude, rows[0][0]), rows.at(-1)[0]);
  const above = Math.max(1, rows.findIndex((row) => row[0] >= clamped));
  const [low, high] = [rows[above - 1], rows[above]];
  const share = (clamped - low[0]) / (high[0] - low[0]);
  const [zenith, middle, horizon, glow] = [1, 2, 3, 4].map((i) => mix(low[i], high[i], share));
  const [strength, stars] = [5, 6].map((i) => low[i] + (high[i] - low[i]) * share);
  return { zenith, middle, horizon, glow, strength, stars };
}
