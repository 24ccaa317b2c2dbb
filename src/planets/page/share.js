// Share: gives what is shown to others: the page's link, by the device's own sharing or copied; a picture of this sky for another page;
// and the coming events as a calendar. What was done goes to onDone(words), once.

export class Share {
  /**
   * page: {share, copy, embed, snippet, code}: the buttons, what the embed button opens and the text in it. handlers: link() gives the
   * address of what is shown, picture() that of its picture and its words, both as this page names them; onDone(words).
   */
  constructor(page, handlers) {
    Object.assign(this, { page, handlers });
    page.share.hidden = !navigator.share;
    page.share.addEventListener('click', () => this.#share());
    page.copy.addEventListener('click', () => this.#copy(this.#link(), 'The link is copied.'));
    page.embed.addEventListener('click', () => this.#open(page.snippet.hidden));
    page.code.addEventListener('focus', () => page.code.select());
  }

  /** What is shown has changed. */
  show() {
    if (!this.page.snippet.hidden) this.#write();
  }

  async #share() {
    const { words } = this.handlers.picture();
    // A person who changes the mind is no error.
    await navigator.share({ title: document.title, text: words, url: this.#link() }).catch(() => {});
  }

  async #copy(text, done) {
    const isCopied = await (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(() => true, () => false);
    // Browsers give the clipboard only to pages served by https or from this machine; there the text can be marked.
    if (isCopied) return this.handlers.onDone(done);
    this.#open(true, text);
    this.page.code.focus();
    return this.handlers.onDone('The browser does not let this page copy. The link is marked: copy it by hand.');
  }

  #open(open, text) {
    this.page.snippet.hidden = !open;
    this.page.embed.setAttribute('aria-expanded', String(open));
    if (open) this.#write(text);
  }

  #write(text) {
    const { address, words } = this.handlers.picture();
    this.page.code.value = text ?? snippet(this.#link(), absolute(address), words);
  }

  #link() {
    return absolute(this.handlers.link());
  }
}

/** As others need it. */
function absolute(address) {
  return new URL(address, location.href).href;
}

/** HTML that shows the picture and leads to the page. */
export function snippet(link, picture, words) {
  const safe = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<a href="${safe(link)}"><img src="${safe(picture)}" width="600" height="640" alt="${safe(words)}"></a>`;
}
