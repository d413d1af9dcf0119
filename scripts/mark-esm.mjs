// The second build of market-data is made of ES modules, and Node tells them by the nearest package.json.
import { writeFileSync } from 'node:fs';

const packageFile = new URL('../libs/market-data/dist/esm/package.json', import.meta.url);
writeFileSync(packageFile, `${JSON.stringify({ type: 'module' })}\n`);
