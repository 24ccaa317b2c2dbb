// Hours: the controls that say when: a slider through the place's day, drawn over that day's light; a date; and Now. Choosing
// gives onTime(instant), or onTime() for now. The slider ends within its day: only a key that is pressed anew, never one that
// is held, goes on into the next.
import { clock, dayAround, dayStart, known, longDate, nextDate, offsetName } from './calendar.js';
import { svg } from './glyphs.js';
import { skyColours } from './tint.js';

const minute = 60_000;
const keySteps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 60, PageDown: -60 };

export class Hours {
  #day;
  #place;
  #instant;
  #daylight;

  constructor(page, onTime) {
    this.page = page;
    this.onTime = onTime;
    page.slider.addEventListener('input', () => this.#choose(within(this.#day, page.slider.valueAsNumber * minute)));
    page.slider.addEventListener('keydown', (event) => this.#step(event));
    page.date.addEventListener('change', () => this.#pickDate());
    page.date.addEventListener('blur', () => (page.date.value = this.#day.date));
    page.now.addEventListener('click', () => onTime());
  }

  /** Shows an instant on the place's clock; `live` when it is now. */
  show(instant, place, live) {
    const { zone } = place;
    const day = dayAround(instant, zone);
    // Another day, or another place, has another light, which is still to come.
    if (day.from !== this.#day?.from || place.lon !== this.#place.lon || place.lat !== this.#place.lat) this.showDaylight([]);
    [this.#instant, this.#place, this.#day] = [instant, place, day];
    const { slider, date, now, chosen } = this.page;
    slider.max = day.minutes - 1;
    slider.value = Math.floor((instant - day.from) / minute);
    slider.setAttribute('aria-valuetext', clock(instant, zone));
    // A date that is half typed stays until it is whole, or left.
    if (document.activeElement !== date || date.validity.valid) date.value = day.date;
    now.setAttribute('aria-pressed', String(live));
    const offset = document.createElement('small');
    offset.textContent = offsetName(instant, zone);
    chosen.replaceChildren(clock(instant, zone), ' ', offset);
  }

  /** Colours the slider by the Sun's altitude: `track` is the Sun's, over the day shown; an empty one takes the colours away. */
  showDaylight(track) {
    if (track === this.#daylight) return;
    this.#daylight = track;
    const { daylight, scale } = this.page;
    if (track.length === 0) return daylight.replaceChildren();
    const { from, to, minutes } = this.#day;
    daylight.setAttribute('viewBox', `0 0 ${minutes} 10`);
    const stops = track.map(({ time, alt }) =>
      svg('stop', { offset: ((Date.parse(time) - from) / (to - from)).toFixed(4), 'stop-color': skyColours(alt).middle }));
    daylight.replaceChildren(
      svg('defs', {}, svg('linearGradient', { id: 'day' }, ...stops)),
      svg('rect', { width: minutes, height: 10, fill: 'url(#day)' }));
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
    const whole = Math.abs(step);
    const aim = Math.floor((this.#instant - this.#day.from) / minute) + step;
    const rounded = (step > 0 ? Math.floor(aim / whole) : Math.ceil(aim / whole)) * whole * minute;
    this.#choose(event.repeat ? within(this.#day, rounded) : this.#day.from + rounded);
  }

  #choose(instant) {
    this.onTime(Math.min(known.to - minute, Math.max(known.from, Math.ceil(instant / minute) * minute)));
  }

  #pickDate() {
    const { date } = this.page;
    if (!date.validity.valid || date.value === '') return;
    const { zone } = this.#place;
    const day = { from: dayStart(date.value, zone), to: dayStart(nextDate(date.value), zone) };
    this.#choose(within(day, this.#instant - this.#day.from));
  }
}

/** The instant so long after a day's midnight, held within its first and its last minute. */
function within({ from, to }, sinceMidnight) {
  // By the clocks of long ago a day may begin between two minutes.
  const [start, end] = [Math.ceil(from / minute) * minute, Math.ceil(to / minute - 1) * minute];
  return Math.min(end, Math.max(start, from + sinceMidnight));
}

/** 'Monday 23 November 2026, 11:50' */
export function spokenTime(instant, zone) {
  return `${longDate(instant, zone)}, ${clock(instant, zone)}`;
}

