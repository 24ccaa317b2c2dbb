// API: the page's questions to its server. Addresses are relative, so that the page works behind a proxy that serves it under
// a path of its own. An answer that is not good becomes a Refusal (the server spoke) or Away (nobody did).

export class Refusal extends Error {}
export class Away extends Error {}

/** What changes from second to second; what the dome needs for any other time; and all that the page shows. */
export const positionFields = 'az,alt';
export const skyFields = 'az,alt,ra,distance,light_time,magnitude,phase,constellation';
// Where bodies are in space, for the map of the solar system.
export const spaceFields = 'geocentric,heliocentric';
// Events cost the server a thousand times what positions do: they are asked for when a choice has settled.
export const almanacFields = `${skyFields},sight,rise,transit,set`;

export function observer({ lon, lat, elevation }) {
  return new URLSearchParams({ lon, lat, elevation });
}

export function skyUrl(place, fields, time) {
  const query = observer(place);
  if (time) query.set('time', time);
  query.set('fields', fields);
  return `planets?${query}`;
}

/** The picture of a sky, as /sky.svg draws it. */
export function pictureUrl(place, time) {
  const query = observer(place);
  if (time) query.set('time', time);
  return `sky.svg?${query}`;
}

export function streamUrl(place, fields, interval) {
  const query = observer(place);
  query.set('interval', interval);
  query.set('fields', fields);
  return `planets/stream?${query}`;
}

export function trackUrl(name, place, from, to, step) {
  const query = observer(place);
  query.set('from', from);
  query.set('to', to);
  query.set('step', step);
  return `planets/${name}/track?${query}`;
}

/** What the night around a time has to show. */
export function tonightUrl(place, time) {
  const query = observer(place);
  query.set('time', time);
  return `tonight?${query}`;
}

/** What is ahead, and what the place sees of eclipses. */
export function eventsUrl(place, from, days) {
  const query = observer(place);
  query.set('time', from);
  query.set('days', days);
  return `events?${query}`;
}

export function placesUrl(name) {
  return `places?${new URLSearchParams({ q: name.slice(0, 60), limit: 20 })}`;
}

/** The JSON at `url`. */
export async function ask(url) {
  let response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(15_000), cache: 'no-cache' });
  } catch (error) {
    throw new Away(error.message);
  }
  // A proxy in front of a server that is away says so with one of these.
  if ([502, 503, 504].includes(response.status)) throw new Away(`status ${response.status}`);
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refusal(body?.error?.message ?? `the server answered ${response.status}`);
  if (body === undefined) throw new Away('the answer broke off');
  return body;
}
