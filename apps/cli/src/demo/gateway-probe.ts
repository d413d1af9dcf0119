import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_INTERVAL_MS = 200;

/** Resolves once the gateway says that it is ready; rejects when the signal aborts. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!(await answers(`${url}/health/ready`, signal))) {
    await sleep(PROBE_INTERVAL_MS, undefined, { signal });
  }
}

/** Whether the gateway shows a page at its root. */
export function hasPage(url: string): Promise<boolean> {
  return answers(`${url}/`, AbortSignal.timeout(PROBE_INTERVAL_MS * 5));
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet: asked again by whoever needs it.
    return false;
  }
}
