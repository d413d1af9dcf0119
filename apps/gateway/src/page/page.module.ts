import { Module } from '@nestjs/common';
import { FeedDocumentController } from './feed-document.controller.ts';

@Module({ controllers: [FeedDocumentController] })
export class PageModule {}
