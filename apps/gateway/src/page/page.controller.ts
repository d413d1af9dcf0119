import { dirname, join } from 'node:path';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';

const PAGE = join(__dirname, '..', '..', 'page');
const SOCKET_IO_CLIENT = join(dirname(require.resolve('socket.io/package.json')), 'client-dist');
/** Nothing from elsewhere runs on this page, and nothing it loads leaves for elsewhere. */
const POLICY =
  "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A page that shows the feed at work: subscriptions, last prices, a live book. */
@ApiExcludeController()
@Controller()
export class PageController {
  @Get()
  @Header('Content-Security-Policy', POLICY)
  page(@Res() response: Response): void {
    response.sendFile('index.html', { root: PAGE });
  }

  @Get('page/page.js')
  script(@Res() response: Response): void {
    response.sendFile('page.js', { root: PAGE });
  }

  @Get('page/page.css')
  style(@Res() response: Response): void {
    response.sendFile('page.css', { root: PAGE });
  }

  @Get('page/socket.io.js')
  client(@Res() response: Response): void {
    response.sendFile('socket.io.min.js', { root: SOCKET_IO_CLIENT });
  }
}
