const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/*
 * Jest runs every test in an AsyncLocalStorage of its file's own, to know to which test an unhandled rejection belongs.
 * Before Node 24 that puts hooks on every promise of the process, one more with each file, and they cost more than the
 * promises: virtual time is made of promises. Without it an unhandled rejection fails the file and not the test.
 */
const run = AsyncLocalStorage.prototype.run;
AsyncLocalStorage.prototype.run = function (store, callback, ...args) {
  return isOfJest(store) ? callback(...args) : run.call(this, store, callback, ...args);
};

function isOfJest(store) {
  return typeof store === 'object' && store !== null && ('test' in store || 'hook' in store);
}

module.exports = TestEnvironment;
