import { Module } from '@nestjs/common';
import { FeedDocumentController } from './feed-document.controller.ts';
import { PageController } from './page.controller.ts';

@Module({ controllers: [FeedDocumentController, PageController] })
export class PageModule {}
