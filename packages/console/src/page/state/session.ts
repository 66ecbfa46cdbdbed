/** What the server says of itself when the page starts. */
import { signal } from '@preact/signals';
import type { Start } from '../../model/answers.ts';

export const session = signal<Start | undefined>(undefined);

export const mayAct = (): boolean => session.value?.allowActions === true;
