// What the page tells people to look for, from the sky as the API gives it. No browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skyState, summary } from '../../src/planets/page/outlook.js';

const sun = (alt) => ({ name: 'sun', az: 180, alt, sight: null });
const body = (name, sight, alt = 30) => ({ name, az: 80, alt, sight });

const skies = [
  ['what the eye sees', [sun(-40), body('jupiter', 'eye'), body('moon', 'eye')], ' Look for Jupiter and the Moon.'],
  ['not what needs glass, nor what is not seen', [sun(-40), body('uranus', 'binoculars'), body('pluto', null), body('mars', 'eye')], ' Look for Mars.'],
  ['not what has set since it was asked for', [sun(-40), body('venus', 'eye', -0.1), body('mars', 'eye')], ' Look for Mars.'],
  ['nothing at night', [sun(-40), body('uranus', 'binoculars')], ' No planet the eye can see is up.'],
  ['nothing in twilight', [sun(-3), body('jupiter', null)], ' No planet is up that shines through the twilight.'],
  ['nothing by day', [sun(40), body('moon', null)], ' Nothing else stands out by day.'],
];

for (const [name, bodies, words] of skies) {
  test(`look for: ${name}`, () => {
    assert.equal(summary(bodies).replace(/^[^.]*\./, ''), words);
  });
}

test('the states of the sky', () => {
  for (const [altitude, state] of [[40, 'Daylight'], [5, 'Low sunlight'], [-0.2, 'Low sunlight'], [-0.4, 'Civil twilight'], [-7, 'Nautical twilight'],
    [-13, 'Astronomical twilight'], [-19, 'Night']])
    assert.equal(skyState(altitude), state);
});

test('what is not known yet is not denied: positions alone are no reason to say that nothing can be seen', () => {
  const bodies = [{ name: 'sun', az: 0, alt: -40 }, { name: 'venus', az: 80, alt: 30 }];
  assert.equal(summary(bodies), 'Night, the Sun 40° below the horizon.');
});
