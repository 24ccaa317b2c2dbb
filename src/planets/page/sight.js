// Sight: how a body is seen, as words and as how clear a drawing shows it. What is seen with what, the server says by the field `sight`:
// one of these, null for what is not to be seen, and nothing of a sky that came without it. Pure.

const sights = {
  eye: { words: 'with the eye', clear: 1 },
  binoculars: { words: 'in binoculars', clear: 0.75 },
  telescope: { words: 'in a telescope', clear: 0.6 },
  large_telescope: { words: 'in a large telescope', clear: 0.5 },
};
/** From what is best seen to what is not seen at all. */
export const sightOrder = [...Object.keys(sights), null];

/** 'with the eye' */
export function sightWords(sight) {
  return sights[sight].words;
}

/** {words, clear}, clear from 0 to 1, of a body of a sky. The Sun and the Moon are always drawn whole, and so is what is down. */
export function sightOf({ name, alt, sight }) {
  if (alt < 0 || sight === undefined || name === 'sun' || name === 'moon') return { clear: 1, words: '' };
  return sights[sight] ?? { clear: 0.4, words: 'not to be seen now' };
}
