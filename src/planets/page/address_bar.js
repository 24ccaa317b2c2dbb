// Address bar: writes into the page's address what is shown, as a step of the browser's history or in place of the last one.
//
// What was planned is written once, when what was chosen has come: the page calls write() then.

const pause = 150; // ms: browsers refuse to have their address changed many times a second

export class AddressBar {
  #how; // 'pushState', 'replaceState', or not at all
  #later;

  /** The next address is a step of the history, or takes the last one's place. */
  plan(isStep) {
    this.#how = isStep ? 'pushState' : 'replaceState';
  }

  /** The next address takes the last one's place, unless a step is planned already. */
  touch() {
    this.#how ??= 'replaceState';
  }

  /** Nothing is planned any more. */
  forget() {
    this.#how = undefined;
    clearTimeout(this.#later);
  }

  /** Writes what address() gives by then, if anything is planned. */
  write(address) {
    const how = this.#how;
    if (!how) return;
    this.forget();
    const put = () => history[how](null, '', address());
    if (how === 'pushState') put();
    else this.#later = setTimeout(put, pause);
  }
}
