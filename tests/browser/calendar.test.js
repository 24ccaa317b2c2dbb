// Days and clocks of time zones, also where the clocks change. No browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, atClock, dayAround, dayWord, sinceMidnight } from '../../src/planets/page/calendar.js';

const hour = 3_600_000;
const london = 'Europe/London';

test('the instant at which a clock shows a time', () => {
  const cases = [
    ['2026-06-21', 10, london, '2026-06-21T09:00Z'],
    ['2026-03-29', 0, london, '2026-03-29T00:00Z'],
    ['2026-03-29', 3, london, '2026-03-29T02:00Z'],
    ['2026-03-29', 1.5, london, '2026-03-29T01:30Z'], // left out: 1:30 is 2:30
    ['2026-10-25', 0, london, '2026-10-24T23:00Z'],
    ['2026-10-25', 2, london, '2026-10-25T02:00Z'],
    ['2026-11-23', 21, 'Australia/Melbourne', '2026-11-23T10:00Z'],
    ['2026-11-23', 5.75, 'Asia/Kathmandu', '2026-11-23T00:00Z'],
    ['1850-01-02', 0, 'Europe/London', '1850-01-02T00:00Z'],
  ];
  for (const [date, hours, zone, instant] of cases) {
    const found = atClock(date, hours * hour, zone);
    // Clocks of long ago are not whole minutes from UTC.
    assert.ok(Math.abs(found - Date.parse(instant)) < 120_000, `${date} ${hours} ${zone}: ${new Date(found).toISOString()}`);
  }
});

test('what a clock shows is found again', () => {
  for (const zone of [london, 'America/New_York', 'Pacific/Apia', 'UTC', 'Asia/Kolkata'])
    for (let instant = Date.UTC(2026, 0, 1, 3, 7); instant < Date.UTC(2027, 0, 1); instant += 97 * hour) {
      const { date } = dayAround(instant, zone);
      assert.equal(atClock(date, sinceMidnight(instant, zone), zone), instant, `${zone} ${new Date(instant).toISOString()}`);
    }
});

test('dates are counted over months, years and leap days', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2028-03-01', -1), '2028-02-29');
  assert.equal(addDays('2026-03-28', 2), '2026-03-30');
});

test('the word for a day', () => {
  const now = Date.parse('2026-11-23T21:00Z');
  const words = { '2026-11-23T05:00Z': '', '2026-11-24T05:00Z': 'tomorrow', '2026-11-22T23:59Z': 'yesterday',
    '2026-11-25T00:00Z': 'Wed 25 Nov' };
  for (const [instant, word] of Object.entries(words)) assert.equal(dayWord(Date.parse(instant), now, london), word);
  // In Melbourne it is the 24th by then.
  assert.equal(dayWord(Date.parse('2026-11-24T05:00Z'), now, 'Australia/Melbourne'), '');
});
