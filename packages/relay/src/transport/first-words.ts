/** What an answer that is none of git's says to people, whatever form it comes in. */
import type http from 'node:http';
import { printable } from '../protocol/pkt-line.ts';
import { decodeWords } from '../protocol/ref-name.ts';
import type { Redact } from '../redact.ts';
import { decoded } from './content-encoding.ts';

/** Servers and fronts explain themselves at the beginning. */
const MOST_CHARACTERS = 4000;
/** Where JSON has a sentence: GitHub, GitLab and Gitea, AWS's gateways, OAuth, RFC 9457. */
const FIELDS = ['message', 'Message', 'error_description', 'detail', 'error', 'title', 'errors'] as const;

/** Plain text whole, of JSON its sentence, of a page its title; in one line, or nothing. Secrets go before it is cut. */
export async function firstWords(response: http.IncomingMessage, redact: Redact): Promise<string> {
  let text = '';
  try {
    for await (const chunk of decoded(response, () => {})) {
      text += chunk.toString('latin1');
      if (text.length > MOST_CHARACTERS) break;
    }
  } catch {
    // What has come is enough.
  }
  const type = response.headers['content-type'] ?? '';
  // A byte that is not UTF-8 is shown as such.
  if (/^text\/plain/i.test(type)) return inOneLine(redact(decodeWords(text)));
  if (/^application\/([\w.-]+\+)?json/i.test(type)) return inOneLine(redact(sentenceIn(parse(text))));
  return /html/i.test(type) ? titleOf(redact(decodeWords(text))) : '';
}

function inOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/);
  return printable(lines.filter((line) => line.trim() !== '').join('; '));
}

function parse(bytes: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The first string that is meant for people: other fields may be anything. */
function sentenceIn(value: unknown, depth = 0): string {
  if (typeof value === 'string') return depth === 0 ? '' : value;
  if (depth > 3 || typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return sentenceIn(value[0], depth + 1);
  for (const field of FIELDS) {
    const said = sentenceIn((value as Record<string, unknown>)[field], depth + 1);
    if (said !== '') return said;
  }
  return '';
}

function titleOf(page: string): string {
  const [, title = ''] = /<title[^>]*>([^<]{1,300})/i.exec(page) ?? [];
  return title.trim() === '' ? '' : `a page with the title ${JSON.stringify(printable(title.replace(/\s+/g, ' ')))}`;
}
