import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** The feed's protocol for machines, AsyncAPI 3. */
@ApiExcludeController()
@Controller('docs/feed.yaml')
export class FeedDocumentController {
  private readonly document = readFileSync(join(__dirname, '..', '..', 'asyncapi.yaml'), 'utf8');

  @Get()
  @Header('Content-Type', 'application/yaml; charset=utf-8')
  show(): string {
    return this.document;
  }
}
