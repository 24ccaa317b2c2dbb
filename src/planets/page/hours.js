// Hours: the controls that say when: a slider through the place's day, drawn over that day's light; a date; and Now. Choosing
// gives onTime(instant), or onTime() for now.
import { clock, dayAround, dayStart, longDate, offsetName } from './calendar.js';
import { svg } from './glyphs.js';
import { skyColours } from './tint.js';

const minute = 60_000;
const first = Date.UTC(1850, 0, 1);
const keySteps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 60, PageDown: -60 };
const last = Date.UTC(2150, 0, 1) - minute;

export class Hours {
  #day;
  #zone;
  #instant;
  #daylight;

  constructor(page, onTime) {
    this.page = page;
    this.onTime = onTime;
    page.slider.addEventListener('input', () => this.#choose(this.#day.from + page.slider.valueAsNumber * minute));
    page.slider.addEventListener('keydown', (event) => this.#step(event));
    page.date.addEventListener('change', () => this.#pickDate());
    page.now.addEventListener('click', () => onTime());
  }

  /** Shows an instant in the place's zone; `live` when it is now. */
  show(instant, zone, live) {
    this.#instant = instant;
    this.#zone = zone;
    this.#day = dayAround(instant, zone);
    const { slider, date, now, chosen } = this.page;
    slider.max = this.#day.minutes;
    slider.value = (instant - this.#day.from) / minute;
    slider.setAttribute('aria-valuetext', clock(instant, zone));
    if (document.activeElement !== date) date.value = this.#day.date;
    now.setAttribute('aria-pressed', String(live));
    const offset = document.createElement('small');
    offset.textContent = offsetName(instant, zone);
    chosen.replaceChildren(clock(instant, zone), ' ', offset);
  }

  /** Colours the slider by the Sun's altitude: `track` is the Sun's, over the day shown. */
  showDaylight(track) {
    if (track === this.#daylight) return;
    this.#daylight = track;
    const { daylight, scale } = this.page;
    const { from, to, minutes } = this.#day;
    daylight.setAttribute('viewBox', `0 0 ${minutes} 10`);
    const stops = track.map(({ time, alt }) =>
      svg('stop', { offset: ((Date.parse(time) - from) / (to - from)).toFixed(4), 'stop-color': skyColours(alt).middle }));
    daylight.replaceChildren(
      svg('defs', {}, svg('linearGradient', { id: 'day' }, ...stops)),
      svg('rect', { width: minutes, height: 10, fill: track.length ? 'url(#day)' : 'none' }));
    scale.replaceChildren(...[0, 6, 12, 18, 24].map((hour) => {
      const mark = document.createElement('span');
      mark.textContent = `${hour}h`;
      return mark;
    }));
  }

  /** Arrows move by five minutes, the page keys by an hour. */
  #step(event) {
    const step = keySteps[event.key];
    if (!step) return;
    event.preventDefault();
    const whole = Math.abs(step) * minute;
    const aim = this.#instant - this.#day.from + step * minute;
    const rounded = step > 0 ? Math.floor(aim / whole) * whole : Math.ceil(aim / whole) * whole;
    this.#choose(this.#day.from + Math.min(this.#day.minutes * minute, Math.max(0, rounded)));
  }

  #choose(instant) {
    this.onTime(Math.min(last, Math.max(first, Math.round(instant / minute) * minute)));
  }

  #pickDate() {
    const { date } = this.page;
    if (!date.validity.valid || date.value === '') return;
    const sinceMidnight = this.#instant - this.#day.from;
    this.#choose(dayStart(date.value, this.#zone) + sinceMidnight);
  }
}

/** 'Monday 23 November 2026, 11:50' */
export function spokenTime(instant, zone) {
  return `${longDate(instant, zone)}, ${clock(instant, zone)}`;
}

