// A server under test: the real binary, on a port that it chose and keeps when it is started again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const patience = 15_000;

export class Server {
  #process;
  #log = '';

  constructor(...flags) {
    this.flags = flags;
    this.port = 0;
    // A test run that breaks off leaves no server behind.
    process.once('exit', () => this.#process?.kill('SIGTERM'));
  }

  get base() {
    return `http://127.0.0.1:${this.port}/`;
  }

  async start() {
    this.#log = '';
    const flags = ['-b', `127.0.0.1:${this.port}`, '-w', '1', ...this.flags];
    this.#process = spawn(process.env.ORRERY_BINARY, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    await this.#ready();
    this.port = Number(this.#log.match(/Listening at: http:\/\/127\.0\.0\.1:(\d+)/)[1]);
    return this;
  }

  #ready() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${why}; it said:\n${this.#log}`));
      const limit = setTimeout(() => fail('the server did not become ready'), patience);
      this.#process.once('exit', (code) => fail(`the server ended with ${code}`));
      this.#process.stderr.on('data', (bytes) => {
        this.#log += bytes;
        if (!this.#log.includes('Generation 1 serves')) return;
        clearTimeout(limit);
        resolve();
      });
    });
  }

  /** Gives the server a new generation of workers; the old one has left when this resolves. */
  async reload() {
    this.#process.kill('SIGHUP');
    while (!/Generation 2 serves/.test(this.#log)) await once(this.#process.stderr, 'data');
  }

  async stop() {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT');
    await ended;
  }

  /** The API's own answer, for what the page is compared with. */
  async ask(path) {
    const response = await fetch(this.base + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
