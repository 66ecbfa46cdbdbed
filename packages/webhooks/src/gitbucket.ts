/**
 * GitBucket.
 *
 * Sends: GitHub's own `X-Github-Event` and `X-Github-Delivery` (another one at each send), a form by default. A `push` has neither `deleted` nor
 * `created`: zeros in `after` are a deletion. `create` has the full ref. The test button sends `push`; there is no ping. `clone_url` has `/git/` in
 * its path, and `ssh_url` no colon on port 22: `git@host/owner/name.git`.
 * Signs: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 over the body as sent, also over a form's text.
 * Loses: branches deleted on its web page. Never tries again.
 * https://github.com/gitbucket/gitbucket: WebHookService.scala, ApiRepository.scala, GitRepositoryServlet.scala
 */
import type { Server } from './delivery.ts';
import { github } from './github.ts';

export const gitbucket: Server = { ...github, title: 'GitBucket' };
