/**
 * Whether a text is of a pattern, from its first letter to its last: `*` stands for any text, everything else for itself.
 * It takes the earliest place for each part and never looks back, so that no pattern takes long.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const [head = '', ...parts] = pattern.split('*');
  const tail = parts.pop();
  if (tail === undefined) return text === pattern;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
