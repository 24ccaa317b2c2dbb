// Hours: the controls that say when: a slider through the place's day, drawn over that day's light; steps; a date; and Now.
// Choosing gives onTime(instant), or onTime() for now. The slider ends within its day: only a key that is pressed anew, never one
// that is held, goes on into the next.
import { addDays, atClock, clock, dayAround, dayStart, known, longDate, offsetName, sinceMidnight } from './calendar.js';
import { svg } from './glyphs.js';
import { skyColours } from './tint.js';

const minute = 60_000;
const usualDay = 1440;
const keySteps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 60, PageDown: -60 };
const spans = { minute, hour: 60 * minute };

export class Hours {
  #day;
  #place;
  #instant;
  #daylight;

  constructor(page, onTime) {
    this.page = page;
    this.onTime = onTime;
    page.slider.addEventListener('input', () => this.#choose(within(this.#day, page.slider.valueAsNumber * minute)));
    page.slider.addEventListener('keydown', (event) => this.#key(event));
    page.date.addEventListener('change', () => this.#pickDate());
    page.date.addEventListener('blur', () => (page.date.value = this.#day.date));
    page.now.addEventListener('click', () => this.#choose());
    for (const button of page.steps.querySelectorAll('button'))
      button.addEventListener('click', () => this.#step(button.dataset.unit, Number(button.dataset.count)));
  }

  /** Shows an instant on the place's clock; `live` when it is now. */
  show(instant, place, live) {
    const { zone } = place;
    const day = dayAround(instant, zone);
    // Another day, or another place, has another light, which is still to come.
    if (day.from !== this.#day?.from || place.lon !== this.#place.lon || place.lat !== this.#place.lat) this.showDaylight([]);
    if (day.from !== this.#day?.from || zone !== this.#place.zone) this.#showScale(day, zone);
    [this.#instant, this.#place, this.#day] = [instant, place, day];
    const { slider, date, now, chosen } = this.page;
    slider.max = day.minutes - 1;
    slider.value = Math.floor((instant - day.from) / minute);
    const time = clock(instant, zone);
    // Where the clocks change an hour may come twice.
    slider.setAttribute('aria-valuetext', day.minutes === usualDay ? time : `${time}, ${offsetName(instant, zone)}`);
    // A date that is half typed stays until it is whole, or left.
    if (document.activeElement !== date || date.validity.valid) date.value = day.date;
    now.setAttribute('aria-pressed', String(live));
    const offset = document.createElement('small');
    offset.textContent = offsetName(instant, zone);
    chosen.replaceChildren(time, ' ', offset);
  }

  /** Colours the slider by the Sun's altitude: `track` is the Sun's, over the day shown; an empty one takes the colours away. */
  showDaylight(track) {
    if (track === this.#daylight) return;
    this.#daylight = track;
    const { daylight } = this.page;
    if (track.length === 0) return daylight.replaceChildren();
    const { from, to, minutes } = this.#day;
    daylight.setAttribute('viewBox', `0 0 ${minutes} 10`);
    const stops = track.map(({ time, alt }) =>
      svg('stop', { offset: ((Date.parse(time) - from) / (to - from)).toFixed(4), 'stop-color': skyColours(alt).middle }));
    daylight.replaceChildren(
      svg('defs', {}, svg('linearGradient', { id: 'day' }, ...stops)),
      svg('rect', { width: minutes, height: 10, fill: 'url(#day)' }));
  }

  /** A day of 23 or 25 hours has its hours elsewhere. */
  #showScale({ date, from, to }, zone) {
    this.page.scale.replaceChildren(...[0, 6, 12, 18, 24].map((hour) => {
      const mark = document.createElement('span');
      mark.textContent = `${hour}h`;
      const instant = hour === 24 ? to : atClock(date, hour * 60 * minute, zone);
      mark.style.left = `${((100 * (instant - from)) / (to - from)).toFixed(3)}%`;
      return mark;
    }));
  }

  /** Arrows move by five minutes, or by one with Shift; the page keys by an hour, or by a day with Shift. */
  #key(event) {
    const step = keySteps[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const isPage = event.key.startsWith('Page');
    if (event.shiftKey && isPage) return this.#step('day', Math.sign(step));
    const whole = event.shiftKey ? 1 : Math.abs(step);
    const aim = Math.floor((this.#instant - this.#day.from) / minute) + Math.sign(step) * whole;
    const rounded = (step > 0 ? Math.floor(aim / whole) : Math.ceil(aim / whole)) * whole * minute;
    this.#choose(event.repeat ? within(this.#day, rounded) : this.#day.from + rounded);
  }

  /** `count` units later: a day later the clock shows the same. */
  #step(unit, count) {
    const instant = Math.floor(this.#instant / minute) * minute;
    if (unit !== 'day') return this.#choose(instant + count * spans[unit]);
    const { zone } = this.#place;
    this.#choose(atClock(addDays(this.#day.date, count), sinceMidnight(instant, zone), zone));
  }

  #choose(instant) {
    if (instant === undefined) {
      this.#say('');
      return this.onTime();
    }
    const held = holdWithinKnown(Math.ceil(instant / minute) * minute);
    this.#say(held.words);
    this.onTime(held.instant);
  }

  #pickDate() {
    const { date } = this.page;
    const { rangeUnderflow, rangeOverflow, valid } = date.validity;
    if (rangeUnderflow || rangeOverflow) this.#say(limitWords);
    if (!valid || date.value === '') return;
    const { zone } = this.#place;
    const day = { from: dayStart(date.value, zone), to: dayStart(addDays(date.value, 1), zone) };
    const instant = atClock(date.value, sinceMidnight(this.#instant, zone), zone);
    this.#choose(within(day, instant - day.from));
  }

  #say(text) {
    if (this.page.limit.textContent !== text) this.page.limit.textContent = text;
  }
}

const limitWords = 'The sky is known from 1 January 1850 to 31 December 2149, by UTC.';

/** {instant, words}: the instant, or the nearest that the sky is known of and a sentence that says so. */
export function holdWithinKnown(instant) {
  const last = known.to - minute;
  if (instant < known.from) return { instant: known.from, words: `${limitWords} This is the first moment of it.` };
  if (instant > last) return { instant: last, words: `${limitWords} This is the last minute of it.` };
  return { instant, words: '' };
}

/** The instant so long after a day's midnight, held within its first and its last minute. */
function within({ from, to }, sinceStart) {
  // By the clocks of long ago a day may begin between two minutes.
  const [start, end] = [Math.ceil(from / minute) * minute, Math.ceil(to / minute - 1) * minute];
  return Math.min(end, Math.max(start, from + sinceStart));
}

/** 'Monday 23 November 2026, 11:50' */
export function spokenTime(instant, zone) {
  return `${longDate(instant, zone)}, ${clock(instant, zone)}`;
}
