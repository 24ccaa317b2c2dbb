// Shell: asks the browser to keep the page on the device (service_worker.js), so that it opens without its server and can be
// installed. A browser that keeps nothing, or a page that came neither by https nor from this machine, does without.

/** To be called when the first sky is shown: what is kept for later does not hold up what is wanted now. */
export function keepPage() {
  navigator.serviceWorker?.register('service_worker.js').catch(() => {});
}
