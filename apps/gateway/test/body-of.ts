import type { Test } from 'supertest';

/** The body of an answer, once it is there and all expectations about it hold. */
export async function bodyOf(answer: Test): Promise<unknown> {
  const { body } = (await answer) as { body: unknown };
  return body;
}
