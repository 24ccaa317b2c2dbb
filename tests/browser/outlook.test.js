// What the page sends people to look at, from the sky as the API gives it. No browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summary } from '../../src/planets/page/outlook.js';

const noon = { name: 'sun', az: 180, alt: 40 };
const afterSunrise = { name: 'sun', az: 100, alt: 0.5 };
const civil = { name: 'sun', az: 100, alt: -3 };
const nautical = { name: 'sun', az: 100, alt: -9 };
const midnight = { name: 'sun', az: 0, alt: -40 };
const moon = (az, alt) => ({ name: 'moon', az, alt, magnitude: -9 });
const venus = (az, alt, magnitude) => ({ name: 'venus', az, alt, magnitude });
const jupiter = (az, alt) => ({ name: 'jupiter', az, alt, magnitude: -2.7 });

const skies = [
  ['the Moon beside a Sun that is up', [noon, moon(182.2, 40)], []],
  ['the Moon at new, a hand away from the Sun', [noon, moon(155, 40)], []],
  ['the Moon by day, well away from the Sun', [noon, moon(90, 30)], ['the Moon']],
  ['Venus by day, at her brightest', [noon, venus(130, 40, -4.5)], ['Venus']],
  ['Venus by day, bright and in the glare', [noon, venus(190, 40, -4.2)], []],
  ['Venus by day, behind the Sun and not so bright', [noon, venus(145, 40, -3.8)], []],
  ['Jupiter by day', [noon, jupiter(80, 30)], []],
  ['Jupiter and the Moon just after sunrise', [afterSunrise, jupiter(280, 20), moon(200, 30)], ['the Moon']],
  ['Jupiter in the glare of a Sun just below the horizon', [civil, jupiter(95, 2)], []],
  ['the Moon in the glare of a Sun just below the horizon', [civil, moon(95, 2)], []],
  ['the young Moon in the dusk', [nautical, moon(100, 8)], ['the Moon']],
  ['Jupiter and the Moon at night', [midnight, jupiter(80, 30), moon(200, 30)], ['Jupiter', 'the Moon']],
  ['the Moon below the horizon', [midnight, moon(200, -3), jupiter(80, 30)], ['Jupiter']],
];

for (const [name, bodies, seen] of skies) {
  test(`look for: ${name}`, () => {
    const advice = summary(bodies).match(/ Look for (.*)\.$/)?.[1].split(/, | and /) ?? [];
    assert.deepEqual(advice, seen, summary(bodies));
  });
}

test('what is not known yet is not denied: positions alone are no reason to say that nothing can be seen', () => {
  const bodies = [midnight, { name: 'venus', az: 80, alt: 30 }];
  assert.equal(summary(bodies), 'Night, the Sun 40° below the horizon.');
});
