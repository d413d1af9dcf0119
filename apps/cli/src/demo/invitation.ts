/** What to open and try while the demo runs. */
export function invitation(gatewayUrl: string, simulatorUrl: string, hasPage: boolean): string {
  const feed = gatewayUrl === 'http://127.0.0.1:3000' ? '' : ` --url ${gatewayUrl}`;
  const page = hasPage ? `  ${gatewayUrl}/                  live view\n` : '';
  return `
Live: a simulated Binance (${simulatorUrl}) and a gateway connected to it. Ctrl-C stops both.

Open
${page}  ${gatewayUrl}/docs              REST control, try it in the browser
  ${gatewayUrl}/health/exchanges  health of every exchange
  ${gatewayUrl}/metrics           Prometheus metrics

Try in another terminal
  curl -s ${gatewayUrl}/health/exchanges
  curl -s -G ${gatewayUrl}/v1/book --data-urlencode exchange=binance --data-urlencode symbol=BTC/USDT --data-urlencode depth=5
  npm run cli -- tail${feed} --exchange binance --channel trades --symbol BTC/USDT
  npm run cli -- tail${feed} --exchange binance --channel candles --symbol ETH/USDT --param interval=1m

`;
}
