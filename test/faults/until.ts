/** How often a condition is looked at. */
const LOOK_MS = 5;

/**
 * Waits until it holds.
 * @throws Error that says what did not happen, once the deadline has passed
 */
export async function until(what: string, holds: () => boolean, deadlineMs = 40_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
