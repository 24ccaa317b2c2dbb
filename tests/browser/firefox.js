// What Playwright's driver of Firefox leaves out in silence: fingers, paper, colour schemes, reduced motion, pages without scripts. Firefox
// can do all of it: the first by WebDriver BiDi, the others as its own developer tools do, in the browser's own windows.

/** Opens the browser's own windows to override() below. */
export const flags = ['-remote-allow-system-access'];

/** Gives a page what its `options` ask for, and methods that do what the driver's only seem to do. */
export async function complete(page, { hasTouch, colorScheme, reducedMotion, javaScriptEnabled }) {
  const session = page._connection.toImpl(page).delegate._session;
  page.tap = (selector) => tap(page, session, selector);
  page.emulateMedia = ({ media }) => override(session, { mediumOverride: media });
  await override(session, {
    ...(hasTouch && { touchEventsOverride: 'enabled' }),
    ...(colorScheme && { prefersColorSchemeOverride: colorScheme }),
    ...(javaScriptEnabled === false && { allowJavascript: false }),
    ...(reducedMotion && { prefersReducedMotionOverride: reducedMotion }),
  });
}

async function tap(page, session, selector) {
  const target = page.locator(selector);
  await target.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await target.boundingBox();
  const actions = [{ type: 'pointerMove', x: Math.round(x + width / 2), y: Math.round(y + height / 2) },
    { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }];
  await session.send('input.performActions',
    { context: session.sessionId, actions: [{ type: 'pointer', id: 'finger', parameters: { pointerType: 'touch' }, actions }] });
}

/** Sets properties of the pages of all windows; a test has one. */
async function override(session, properties) {
  const expression = `for (const { browsingContext } of gBrowser.browsers) Object.assign(browsingContext, ${JSON.stringify(properties)})`;
  const { contexts } = await session.send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 });
  for (const { context } of contexts) {
    const { type, exceptionDetails } = await session.send('script.evaluate', { expression, target: { context }, awaitPromise: false });
    if (type !== 'success') throw new Error(exceptionDetails.text);
  }
}
